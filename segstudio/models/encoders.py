"""Encoders and their weights: the embedded one, published ones, and any other of timm by its name.

Published weights lie in the person's own folder once they were fetched; nothing here fetches them.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from segstudio.core import places
from segstudio.core.errors import ModelError
from segstudio.models import backbones, lite0
from segstudio.models.encoder_table import (
    ENCODERS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    PublishedWeights,
)

State = dict[str, Tensor]

_NO_PARAMETER = ("num_batches_tracked",)
"""Counters that older files lack and that nothing reads."""


def is_embedded(encoder: str) -> bool:
    """Tell whether the weights of this encoder come with the program."""
    return encoder in ENCODERS and ENCODERS[encoder].weights is None


def title(encoder: str) -> str:
    """Return the name that is shown to people."""
    return ENCODERS[encoder].title if encoder in ENCODERS else encoder.removeprefix("tu-")


def timm_name(encoder: str) -> str:
    """Return the name under which timm builds this encoder.

    Raises
    ------
    ModelError
        When timm has no such model. Names that would make timm download are refused too.
    """
    if encoder in ENCODERS:
        return ENCODERS[encoder].timm_name
    import timm

    name = encoder.removeprefix("tu-")
    if not timm.is_model(name) or ":" in name or "/" in name:
        raise ModelError(
            f"There is no encoder called “{encoder}”. Use lite0, which comes with the program, "
            "or the name of a timm model such as resnet18."
        )
    return name


def normalisation(encoder: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation per colour channel that an encoder expects, for 0 to 1."""
    if encoder in ENCODERS:
        return ENCODERS[encoder].mean, ENCODERS[encoder].std
    known = _known_to_timm(encoder)
    return (tuple(known.mean), tuple(known.std)) if known else (IMAGENET_MEAN, IMAGENET_STD)


def published_weights(encoder: str) -> PublishedWeights | None:
    """Return where weights of an encoder can be fetched, or None where that is not known.

    Raises
    ------
    ModelError
        When there is no such encoder.
    """
    if encoder in ENCODERS:
        return ENCODERS[encoder].weights
    known = _known_to_timm(encoder)
    address = (known.url if known else "") or ""
    # timm and torchvision put the first digits of a file's hash into its name
    digits = re.search(r"-([0-9a-f]{8})\.(?:pth|safetensors)$", address)
    if not digits:
        return None
    return PublishedWeights(address, digits[1], 0, str(known.license or ""))


def weights_file(encoder: str) -> Path:
    """Return where the weights of an encoder lie, or would lie.

    Raises
    ------
    ModelError
        When there is no such encoder.
    """
    published = published_weights(encoder)
    name = published.file_name if published else f"{timm_name(encoder)}.safetensors"
    return places.user_folder() / "encoders" / name


def pretrained_state(encoder: str) -> State:
    """Return the weights of an encoder that was trained on ImageNet.

    They are keyed as in `segmentation_models_pytorch`, for input of three channels.

    Raises
    ------
    ModelError
        When they are not on this computer, or their file is damaged or of another network.
    """
    if is_embedded(encoder):
        return embedded_state(encoder)
    path = weights_file(encoder)
    if not path.is_file():
        raise ModelError(_absence(encoder, path))
    stored = _read(path)
    by_plain_name = {_plain(key): values for key, values in stored.items()}
    state: State = {}
    for key, expected in backbones.build(timm_name(encoder), 3).state_dict().items():
        found = by_plain_name.get(_plain(key.removeprefix("model.")))
        if found is None and key.endswith(_NO_PARAMETER):
            found = torch.zeros_like(expected)
        if found is None or found.shape != expected.shape:
            raise ModelError(
                f"{path.name} does not hold the weights of encoder “{encoder}”: "
                f"{key.removeprefix('model.')} is missing or of another size. Fetch it again."
            )
        state[key] = found
    return state


def embedded_state(encoder: str) -> State:
    """Return the weights of an embedded encoder, keyed as in `segmentation_models_pytorch`.

    Raises
    ------
    ModelError
        When the package that holds them is missing or its file is damaged.
    """
    assert encoder == "lite0"
    return dict(lite0.state())


def fill(network: nn.Module, state: State) -> None:
    """Give an encoder its weights; one of fewer stages leaves the others out.

    Raises
    ------
    ModelError
        When weights are missing or of another size.
    """
    wanted = network.state_dict()
    wrong = [k for k, v in wanted.items() if k not in state or state[k].shape != v.shape]
    if wrong:
        raise ModelError(
            f"The weights are those of another encoder: {wrong[0]} is missing or of another size."
        )
    network.load_state_dict({key: state[key] for key in wanted})


@lru_cache(maxsize=4)
def embedded_sha256(encoder: str) -> str:
    """Return the hash that a model file on this encoder refers to.

    Raises
    ------
    ModelError
        As `embedded_state`.
    """
    return state_sha256(embedded_state(encoder))


def state_sha256(state: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of names, shapes, types and bytes of a state, whatever its order."""
    digest = hashlib.sha256()
    for name in sorted(state):
        values = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {values.dtype} {tuple(values.shape)};".encode())
        digest.update(values.numpy().tobytes())
    return digest.hexdigest()


def _known_to_timm(encoder: str) -> Any:
    """Return what timm says about the weights of a model, or None."""
    import timm

    return timm.models.get_pretrained_cfg(timm_name(encoder))


def _absence(encoder: str, path: Path) -> str:
    if published_weights(encoder) is None:
        return (
            f"Nobody publishes weights of encoder “{encoder}” as a file that can be checked. Save "
            f"them as {path}, or use lite0, whose weights come with the program."
        )
    return (
        f"The weights of encoder “{encoder}” are not on this computer ({path}). Fetch them with "
        f"`segstudio models fetch {encoder}`, or use lite0, whose weights come with the program."
    )


def _read(path: Path) -> State:
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        stored = torch.load(path, map_location="cpu", weights_only=True)
        return {key: values for key, values in stored.items() if isinstance(values, Tensor)}
    except Exception as error:
        # torch raises a dozen kinds for a damaged file; each means the same to a person
        raise ModelError(
            f"The weights in {path.name} are damaged ({type(error).__name__}). Delete {path} and "
            "fetch them again."
        ) from error


def _plain(key: str) -> str:
    """Return a name in which it does not matter that timm numbers flat layers `features_3`."""
    return key.replace(".", "_")

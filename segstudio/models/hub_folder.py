"""Folders that Hugging Face's transformers writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import checkpoint, model_folder, proposed, proposed_classes
from segstudio.models.spec import LARGEST_SIDE, ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork

_SHORT_SIDE = 512
_MULTIPLE = 32
_TRIAL = (64, 96)
"""A size to try whether a network takes any; nobody trains at it."""

_OUTER = "network."
"""What our network puts before the names of the library's weights."""

_PREPROCESSOR = "preprocessor_config.json"


def is_such(path: Path) -> bool:
    """Tell whether a folder's description names a type of model."""
    return path.is_dir() and "model_type" in model_folder.config(path)


def check(path: Path) -> None:
    """Refuse by its description, before there are weights, what could not be used here.

    Raises
    ------
    ModelError
        When the library is not installed, does not run it, or would fetch a part of it.
    """
    config = model_folder.config(path)
    _check_task(path, config)
    _check_whole(path, config)


def propose(path: Path) -> ModelProposal:
    """Return what the folder says."""
    spec, said = _spec(path)
    fields = ("classes", "mean", "std", "channel_order", "short_side", "licence")
    assumed = tuple(name for name in fields if name not in said)
    return proposed.proposal(path, "hub", spec, assumed=assumed)


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model through the library, which knows the names of older versions."""
    from segstudio.models import weights_fit

    path = Path(proposal.path)
    found, _ = _spec(path)
    state = {_OUTER + key: values for key, values in _state(path, found).items()}
    spec = proposed.changed(_sized(found), proposal)
    return spec, weights_fit.filled(spec, state, path.name)


def _spec(path: Path) -> tuple[ModelSpec, set[str]]:
    """Return the description of a folder's model, and the names of those fields that it gives."""
    from segstudio.models import hub_network, weights_guess

    config = model_folder.config(path)
    kind = str(config["model_type"])
    check(path)
    described = hub_network.configuration(config)
    names = _names(path, config, int(described.num_labels))
    channels = int(getattr(described, "num_channels", None) or 3)
    mean, std = weights_guess.normalisation(channels)
    shown = model_folder.read_json(path / _PREPROCESSOR)
    said_mean, said_std = _normalisation(shown, channels)
    short_side = _short_side(shown)
    licence, is_commercial = model_folder.licence(path)
    said = {
        *(["classes"] if config.get("id2label") else []),
        *(["mean", "std", "channel_order"] if said_mean else []),
        *(["short_side"] if short_side else []),
        *(["licence"] if licence else []),
    }
    spec = ModelSpec(
        name=proposed.name_of(path),
        title=proposed.name_of(path),
        architecture="hub",
        arguments={"config": json.loads(described.to_json_string(use_diff=False))},
        encoder=kind,
        encoder_inside=True,
        classes=proposed_classes.table(names),
        channels=channels,
        short_side=short_side or _SHORT_SIDE,
        mean=said_mean or mean,
        std=said_std or std,
        channel_order="bgr" if shown.get("do_flip_channel_order") else "rgb",
        multiple=_MULTIPLE,
        licence=licence,
        is_commercial=is_commercial,
        source=str(config.get("_name_or_path") or path.name),
    )
    return spec, said


def _check_task(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse models for another task than one class per pixel."""
    from segstudio.models import hub_network

    mapping = hub_network.library().MODEL_FOR_SEMANTIC_SEGMENTATION_MAPPING
    known = {kind.model_type for kind in mapping}
    built = config.get("architectures") or []
    is_other = built and not any(str(name).endswith("SemanticSegmentation") for name in built)
    if config["model_type"] not in known or is_other:
        what = str(built[0]) if built else f"model of the type “{config['model_type']}”"
        raise ModelError(
            f"{path.name} holds a {what}, which transformers does not run as a network that gives "
            f"a class per pixel. It does so for {', '.join(sorted(known))}."
        )


def _check_whole(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse a description of which a part would be fetched from another repository."""
    for key, value in config.items():
        if key == "backbone" and isinstance(value, str) and "/" in value:
            raise ModelError(
                f"{path.name} is built on {value}, another repository, which would be fetched "
                "each time. Save the model once more with a newer transformers, and import that."
            )
        if isinstance(value, dict):
            _check_whole(path, value)


def _names(path: Path, config: Mapping[str, Any], count: int) -> tuple[str, ...]:
    proposed_classes.check_count(count, path.name)
    labels = config.get("id2label")
    if not isinstance(labels, dict):
        return proposed_classes.default_names(count)
    by_number = {str(key): str(name) for key, name in labels.items()}
    return proposed_classes.usable((by_number.get(str(k), "") for k in range(count)), path.name)


def _normalisation(
    shown: Mapping[str, Any], channels: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation for inputs of 0 to 1; empty where nothing is said."""
    if not shown:
        return (), ()
    mean, std = shown.get("image_mean"), shown.get("image_std")
    if not shown.get("do_normalize", mean is not None):
        return (0.0,) * channels, (1.0,) * channels
    try:
        read = tuple(map(float, mean or ())), tuple(map(float, std or ()))
    except (TypeError, ValueError):
        return (), ()
    is_whole = len(read[0]) == len(read[1]) == channels and min(read[1]) > 0
    return read if is_whole else ((), ())


def _short_side(shown: Mapping[str, Any]) -> int | None:
    """Return the short side to which images are scaled."""
    size = shown.get("size")
    sides = [v for v in size.values() if type(v) is int] if isinstance(size, dict) else [size]
    numbers = [v for v in sides if type(v) is int and 1 <= v <= LARGEST_SIDE]
    return min(numbers) if numbers else None


def _state(path: Path, spec: ModelSpec) -> "dict[str, Any]":
    """Return the weights, after the library has put them where they belong."""
    from segstudio.models import hub_network, weights_file

    file = model_folder.weights(path)
    checkpoint.check_finite(weights_file.read(file), f"{path.name}/{file.name}")
    config = hub_network.without_training(spec.arguments["config"])
    try:
        with hub_network.quiet():
            network, told = hub_network.library().AutoModelForSemanticSegmentation.from_pretrained(
                path,
                config=hub_network.configuration(config),
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except Exception as error:
        # as many kinds of errors as the library has parts
        raise ModelError(
            f"The weights in {path.name} cannot be put into the network of its description "
            f"({str(error).strip().splitlines()[0][:160]}). Fetch the folder again."
        ) from error
    lost = [*told["missing_keys"], *(key for key, *_ in told["mismatched_keys"])]
    if lost:
        raise ModelError(
            f"The weights in {path.name} do not fit its description: {len(lost)} are missing or "
            f"have another shape, the first is {lost[0]}. Fetch the folder again."
        )
    state: dict[str, Any] = network.float().state_dict()
    return state


def _sized(spec: ModelSpec) -> ModelSpec:
    """Return the description with the only size that the network takes, if it is so."""
    from dataclasses import replace

    import torch

    from segstudio.models import networks

    try:
        with torch.device("meta"):
            networks.build(spec)(torch.zeros(1, spec.channels, *_TRIAL))
    except (RuntimeError, ValueError):
        side = spec.arguments["config"].get("image_size") or spec.short_side
        height, width = side if isinstance(side, list) else (side, side)
        return replace(
            spec,
            arguments={**spec.arguments, "input_size": [height, width]},
            input_size=(height, width),
            multiple=1,
        )
    return spec

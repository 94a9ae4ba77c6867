"""Writing a network as a folder that segmentation-models-pytorch reads with ``from_pretrained``."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from safetensors.torch import save as serialise

from segstudio.core import atomic
from segstudio.core.errors import ModelError
from segstudio.models import backbones, encoders, networks
from segstudio.models import spec as specs
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.models.unet import LEARNED

WEIGHTS, CONFIG = "model.safetensors", "config.json"
_LIBRARY_BINS = [1, 2, 3, 6]


def save(spec: ModelSpec, network: SegmentationNetwork, folder: Path) -> None:
    """Write both files of such a folder.

    The weights' file is a model file of ours as well: it holds the encoder and the description.

    Raises
    ------
    ModelError
        When the library does not have this network, or not with these arguments.
    StorageError
        When the folder cannot be written.
    """
    config = _config(spec, network)
    whole = dataclasses.replace(spec, encoder_inside=True, encoder_sha256="")
    metadata = {"format": "pt", **specs.to_metadata(whole)}
    state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
    atomic.write_bytes(folder / WEIGHTS, serialise(state, metadata=metadata))
    text = json.dumps(config, indent=2, sort_keys=True)
    atomic.write_bytes(folder / CONFIG, text.encode())


def _config(spec: ModelSpec, network: SegmentationNetwork) -> dict[str, Any]:
    """Return what the library needs to build the same network, after it has tried."""
    import segmentation_models_pytorch as library  # seconds to import

    row = networks.ARCHITECTURES.get(spec.architecture)
    if row is None or not row.library_class:
        raise _refusal(spec, "it has no such network")
    try:
        config = {
            **_library_arguments(row.library_class, row.completed(spec.arguments)),
            "encoder_name": f"tu-{encoders.timm_name(spec.encoder)}",
            "encoder_weights": None,
            "in_channels": spec.channels,
            "classes": len(spec.classes),
        }
        built = getattr(library, row.library_class)(**config)
        built.load_state_dict(network.state_dict())
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error) or f"its encoder {spec.encoder} has no other output stride than 32"
        raise _refusal(spec, reason) from error
    return {"_model_class": row.library_class, **config}


def _library_arguments(library_class: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Translate where ours can do more than the library."""
    if arguments.get("decoder_interpolation") == LEARNED:
        raise ValueError("it does not learn how to enlarge maps")
    if "decoder_channels" in arguments and isinstance(arguments["decoder_channels"], list):
        widths = arguments["decoder_channels"][-arguments["encoder_depth"] :]
        return {**arguments, "decoder_channels": widths}
    if library_class == "PSPNet":
        return _pyramid_arguments(arguments)
    return arguments


def _pyramid_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(arguments)
    if list(arguments.pop("psp_bins")) != _LIBRARY_BINS:
        raise ValueError("its pyramid has grids of 1, 2, 3 and 6 cells and no others")
    if arguments.pop("psp_aspp_rates"):
        raise ValueError("it has no atrous pooling before the pyramid")
    stride, depth = arguments.pop("encoder_output_stride"), arguments["encoder_depth"]
    if stride < backbones.COARSEST:
        arguments["output_stride"] = stride  # the library hands it on to the encoder
    return {**arguments, "upsampling": min(stride, 2**depth)}


def _refusal(spec: ModelSpec, reason: str) -> ModelError:
    return ModelError(
        f"Model “{spec.name}” cannot be written for segmentation-models-pytorch: {reason}. "
        "Write it as ONNX instead."
    )

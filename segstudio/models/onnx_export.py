"""Writing a network as ONNX, for images of any size, with our description inside."""

import copy
import io
import warnings
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from segstudio.core import atomic
from segstudio.core.errors import ModelError
from segstudio.models import networks
from segstudio.models import spec as specs
from segstudio.models.network import SegmentationNetwork
from segstudio.models.onnx_network import OnnxNetwork
from segstudio.models.pyramid import GridAverage
from segstudio.models.spec import ModelSpec

INPUT, OUTPUT = "image", "logits"
OPSET = 18
_EXAMPLE = (2, 70, 90)
"""Batch, height and width that the network is followed with; no multiples of anything."""


def export(spec: ModelSpec, network: SegmentationNetwork, path: Path) -> None:
    """Write a network as an ONNX file, whole or not at all.

    Input ``image`` is (N, channels, H, W) float32, normalised with the mean and deviation of the
    description; output ``logits`` is (N, K, H, W). N, H and W are free, from 1 on. The file's
    metadata holds the description as a model file of ours does.

    Raises
    ------
    ModelError
        When ONNX is not installed, or this architecture cannot be written.
    StorageError
        When the folder cannot be written.
    """
    reason = networks.ARCHITECTURES[spec.architecture].no_export if _has_row(spec) else ""
    if reason:
        raise ModelError(f"Model “{spec.name}” cannot be written as ONNX: {reason}")
    try:
        import onnx
    except ImportError as error:
        raise ModelError(
            "Writing ONNX files needs a further package. Run: pip install 'segstudio[onnx]'"
        ) from error
    if isinstance(network, OnnxNetwork):
        content = network.graph.cpu().numpy().tobytes()  # it was one, and is written as it was
    else:
        content = _traced(network, spec.channels)
    model = onnx.load_model_from_string(content)
    onnx.helper.set_model_props(model, specs.to_metadata(spec))
    model.doc_string = spec.title or spec.name
    atomic.write_bytes(path, model.SerializeToString())


def _has_row(spec: ModelSpec) -> bool:
    return spec.architecture in networks.ARCHITECTURES


class _AnySize(nn.Module):
    """A network whose padding is written so that it can be followed for all sizes at once."""

    def __init__(self, network: SegmentationNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor) -> Tensor:
        multiple = self.network.multiple
        # traced numbers: none may become a Python int on its way
        height, width = batch.shape[2], batch.shape[3]
        below = (multiple - height % multiple) % multiple
        right = (multiple - width % multiple) % multiple
        if multiple > 1:
            batch = functional.pad(batch, (0, right, 0, below), mode="replicate")
        decoded = self.network.decode(self.network.encode(batch))
        logits = self.network.classify(decoded, (batch.shape[2], batch.shape[3]))
        return logits[:, :, :height, :width]


def _traced(network: SegmentationNetwork, channels: int) -> bytes:
    free = {0: "batch", 2: "height", 3: "width"}
    batch, height, width = _EXAMPLE
    whole = _AnySize(_exportable(network)).eval()
    written = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # That this exporter is the older one, and that sizes are followed: both are meant. The
        # newer one takes half a minute for a small network.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            whole,
            (torch.zeros(batch, channels, height, width),),
            cast(Any, written),
            dynamo=False,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: free},
            opset_version=OPSET,
        )
    return written.getvalue()


def _exportable(network: SegmentationNetwork) -> SegmentationNetwork:
    """Return a copy on the CPU whose averages over grids are known to ONNX."""
    copied = copy.deepcopy(network).cpu().float()
    for parent in copied.modules():
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.AdaptiveAvgPool2d):
                size: Any = child.output_size
                cells = size if isinstance(size, int) else size[0]
                if cells > 1:
                    setattr(parent, name, GridAverage(cells))
    return copied

"""How much memory a network takes while it runs, found by running it on a small image."""

import weakref
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from segstudio.inference import preprocess
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

PROBE_SIDE = 128

LEAST_BYTES_PER_PIXEL = 600.0
"""A network whose inside torch does not see looks as if it needed nothing."""

MARGIN = 1.5
"""Libraries take work space of their own that no array shows."""


class _Peak(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the arrays that are alive at a time."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.most = 0
        self._now = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for values in tree_leaves(result):
            if isinstance(values, Tensor):
                self._note(values)
        return result

    def _note(self, values: Tensor) -> None:
        storage = values.untyped_storage()
        place, nbytes = storage.data_ptr(), storage.nbytes()
        if place in self._known or not nbytes:
            return
        self._known.add(place)
        self._now += nbytes
        self.most = max(self.most, self._now)
        weakref.finalize(storage, self._forget, place, nbytes)

    def _forget(self, place: int, nbytes: int) -> None:
        self._known.discard(place)
        self._now -= nbytes


@torch.inference_mode()
def bytes_per_pixel(spec: ModelSpec, network: SegmentationNetwork, device: torch.device) -> float:
    """Return the most bytes that a network holds at a time for a pixel of its input.

    Measured in full precision, from the input to the probabilities, with a margin.
    """
    image = np.zeros((PROBE_SIDE, PROBE_SIDE, 3), np.uint8)
    with _Peak() as peak:
        batch = preprocess.to_batch([image], spec, device)  # (1, C, H, W)
        size = int(batch.shape[2]), int(batch.shape[3])
        logits = network.classify(network.decode(network.encode(batch)), size)
        logits.float().softmax(dim=1)
    measured = float(peak.most) / (size[0] * size[1])
    return MARGIN * max(measured, LEAST_BYTES_PER_PIXEL)

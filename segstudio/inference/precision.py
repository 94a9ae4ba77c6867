"""Full or half precision: what a device can do, and whether that is faster and as good."""

import contextlib
import time
from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio.core.arrays import Image

Precision = Literal["auto", "full", "half"]

LEAST_GAIN = 1.2
"""On a processor half precision has to be this much faster to be taken by itself."""

LEAST_AGREEMENT = 0.99
MOST_ERROR = 0.02
"""Of labels that have to be the same, and how far probabilities may be off on average."""

_PROBE_SIDE = 192
_RUNS = 4

Run = Callable[[bool], NDArray[np.float32]]
"""Probabilities (K, h, w) of one image, in half precision or not."""


def half_type(device: torch.device) -> torch.dtype | None:
    """Return the type that stands for half precision on a device; None where there is none.

    A processor without instructions for bfloat16 takes many times as long with it.
    """
    if device.type == "cpu":
        return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else None
    return torch.float16


def running(device: torch.device, *, half: bool) -> contextlib.AbstractContextManager[object]:
    """Return the context in which networks run in half precision, or just run."""
    kind = half_type(device)
    if not half or kind is None:
        return contextlib.nullcontext()
    return torch.autocast(device.type, kind)


def pays(run: Run, device: torch.device, clock: Callable[[], float] = time.perf_counter) -> bool:
    """Tell by a trial whether half precision is as good and, on a processor, faster."""
    if half_type(device) is None:
        return False
    full, half = run(False), run(True)  # the first runs are slower: not timed
    if not agrees(full, half):
        return False
    return device.type != "cpu" or _gain(run, clock) >= LEAST_GAIN


def agrees(full: NDArray[np.float32], half: NDArray[np.float32]) -> bool:
    """Tell whether probabilities (K, h, w) of half precision may stand for those of full."""
    if not np.isfinite(half).all():
        return False
    same = float((full.argmax(axis=0) == half.argmax(axis=0)).mean())
    return same >= LEAST_AGREEMENT and float(np.abs(full - half).mean()) <= MOST_ERROR


def probe_image() -> Image:
    """Return an image with areas, edges and texture; the same one every time."""
    random = np.random.default_rng(0)
    side = _PROBE_SIDE
    coarse = random.integers(0, 256, (side // 24, side // 24, 3))
    areas = np.repeat(np.repeat(coarse, 24, axis=0), 24, axis=1)
    texture = random.integers(-24, 25, areas.shape)
    return np.asarray(np.clip(areas + texture, 0, 255), np.uint8)


def _gain(run: Run, clock: Callable[[], float]) -> float:
    """Return how many times faster half precision is; in turn, as other programs come and go."""
    best = {False: float("inf"), True: float("inf")}
    for number in range(2 * _RUNS):
        half = number % 2 == 1
        started = clock()
        run(half)
        best[half] = min(best[half], clock() - started)
    return best[False] / best[True] if best[True] else 1.0

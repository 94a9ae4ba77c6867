"""The CRF's mean field in torch: needs no compiler, holds no lock, runs on a graphics card too.

Krähenbühl and Koltun, "Efficient Inference in Fully Connected CRFs with Gaussian Edge Potentials"
(NIPS 2011), algorithm 1, with Potts compatibility.
"""

from collections.abc import Generator, Iterator
from typing import TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from segstudio.inference import appearance
from segstudio.inference.appearance import Appearance
from segstudio.inference.mean_field import CrfSettings, checked_size

Result = TypeVar("Result")

CPU = torch.device("cpu")
CHUNK = 16_384
"""Pixels whose beliefs are renewed at once."""
REACH = 3.0
"""The smoothness kernel ends after this many widths: 0.3 % of it lie beyond."""


def mean_field(
    image: NDArray[np.uint8],
    unary: NDArray[np.float32],
    settings: CrfSettings,
    device: torch.device = CPU,
) -> Generator[float, None, NDArray[np.float32]]:
    """Do what `segstudio.inference.mean_field.mean_field` does, without pydensecrf2.

    Parameters
    ----------
    image, unary, settings
        As there.
    device : torch.device
    """
    height, width = checked_size(image, unary, settings)
    energy = torch.from_numpy(np.require(unary, np.float32, ["C", "W"])).to(device)  # (K, H, W)
    smoothness = appear = None
    if settings.gaussian_compat > 0:
        smoothness = _Smoothness((height, width), settings.gaussian_sxy, device)
    yield 0.01
    if settings.bilateral_compat > 0:
        prepare = appearance.prepare(image, settings.bilateral_sxy, settings.bilateral_srgb, device)
        appear = yield from _paused(prepare, 0.1)
    beliefs = torch.softmax(-energy, dim=0)
    for number in range(settings.iterations):
        done = 0.2 + 0.8 * number / settings.iterations
        yield done
        yield from _paused(_step(beliefs, energy, appear, smoothness, settings), done)
    result: NDArray[np.float32] = beliefs.cpu().numpy()
    return result


def _step(
    beliefs: Tensor,
    energy: Tensor,
    appear: Appearance | None,
    smoothness: "_Smoothness | None",
    settings: CrfSettings,
) -> Generator[None, None, None]:
    """Renew the beliefs in place."""
    message = None
    if appear is not None:
        message = yield from appear.message(beliefs.flatten(1))
        yield
    # From here on they turn into what the next ones are made of.
    for plane, cost in zip(beliefs, energy, strict=True):
        if smoothness is None:
            plane.zero_()
        else:
            smoothness.filter(plane).mul_(settings.gaussian_compat)
        plane.sub_(cost)
    yield
    for pixels in _chunks(energy[0].numel()):
        logits = beliefs.flatten(1)[:, pixels]
        if appear is not None and message is not None:
            logits.add_(appear.at(pixels, message).T, alpha=settings.bilateral_compat)
        logits.copy_(torch.softmax(logits.contiguous(), dim=0))


def _chunks(count: int) -> Iterator[slice]:
    """Yield pieces of pixels that a processor's cache holds for many classes."""
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))


def _paused(steps: Generator[None, None, Result], done: float) -> Generator[float, None, Result]:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield done


class _Smoothness:
    """The kernel that knows only the distance, normalised on both sides."""

    def __init__(self, shape: tuple[int, int], width_px: float, device: torch.device) -> None:
        radius = min(int(np.ceil(REACH * width_px)), max(shape))
        self._taps = cv2.getGaussianKernel(2 * radius + 1, width_px, cv2.CV_32F)
        self._kernel = torch.from_numpy(self._taps.reshape(1, 1, -1)).to(device)
        self._on_cpu = device.type == "cpu"
        self._norm = torch.ones(shape, device=device)  # (H, W)
        self._blur(self._norm)
        self._norm.rsqrt_()

    def filter(self, plane: Tensor) -> Tensor:
        """Filter a plane, (H, W), in place and return it."""
        plane.mul_(self._norm)
        self._blur(plane)
        return plane.mul_(self._norm)

    def _blur(self, plane: Tensor) -> None:
        if self._on_cpu:
            # torch takes seven times as long for it on a processor.
            values = plane.numpy()
            cv2.sepFilter2D(
                values, -1, self._taps, self._taps, dst=values, borderType=cv2.BORDER_CONSTANT
            )
            return
        radius = self._kernel.shape[-1] // 2
        blurred = plane
        for _axis in range(2):
            blurred = functional.conv1d(blurred[:, None], self._kernel, padding=radius)[:, 0].T
        plane.copy_(blurred)

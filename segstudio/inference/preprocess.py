"""From an image of any size to what a network takes."""

import math

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.arrays import Image
from segstudio.core.errors import ModelError
from segstudio.models.spec import ModelSpec

LARGEST_ENLARGEMENT = 8.0
"""A smaller image is not blown up to the working size: there is nothing more to see in it."""

PROBABILITIES_BUDGET_BYTES = 1_000_000_000
"""What the probabilities of one image may take; beyond it the working size is lowered."""

DETAIL_FACTORS = {"1": 1.0, "2": 2.0, "4": 4.0, "native": math.inf}


def working_size(height: int, width: int, spec: ModelSpec, detail: str = "1") -> tuple[int, int]:
    """Return height and width at which the model sees an image.

    Parameters
    ----------
    height, width : int
        Of the image, in pixels.
    detail : {"1", "2", "4", "native"}
        How many times finer than the model's own working size, at most the image's own size.
    """
    fit = spec.short_side / min(height, width)
    finest = max(fit, 1.0)
    scale = min(fit * DETAIL_FACTORS[detail], finest, LARGEST_ENLARGEMENT)
    bytes_needed = 2 * len(spec.classes) * height * width * scale * scale
    if bytes_needed > PROBABILITIES_BUDGET_BYTES:
        scale *= math.sqrt(PROBABILITIES_BUDGET_BYTES / bytes_needed)
    return max(1, round(height * scale)), max(1, round(width * scale))


def scaled(image: Image, size: tuple[int, int]) -> Image:
    """Return the image at another (height, width); averaged when it shrinks."""
    height, width = image.shape[:2]
    if (height, width) == size:
        return image
    shrinks = size[0] * size[1] < height * width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size[1], size[0]), interpolation=method), np.uint8)


def to_batch(images: list[Image], spec: ModelSpec, device: torch.device) -> Tensor:
    """Normalise and pad images of one size.

    Parameters
    ----------
    images : list of (h, w, 3) uint8, RGB
        At working size, all alike.

    Returns
    -------
    (N, channels, H, W) float32 tensor, channels last
        H and W are the next multiples of ``spec.multiple``; the padding, at the bottom and on the
        right, repeats the border.
    """
    height, width = images[0].shape[:2]
    below = -height % spec.multiple
    right = -width % spec.multiple
    border = cv2.BORDER_REPLICATE
    padded = [
        cv2.copyMakeBorder(_channels(image, spec), 0, below, 0, right, border) for image in images
    ]
    stacked = np.stack(padded)
    if stacked.ndim == 3:  # cv2 drops a single channel
        stacked = stacked[..., None]
    batch = torch.from_numpy(stacked).to(device).permute(0, 3, 1, 2)  # (N, C, H, W)
    scale = 1.0 / (255.0 * torch.tensor(spec.std, device=device)).view(1, -1, 1, 1)
    offset = torch.tensor(spec.mean, device=device).view(1, -1, 1, 1) * 255.0
    return ((batch.float() - offset) * scale).contiguous(memory_format=torch.channels_last)


def _channels(image: Image, spec: ModelSpec) -> NDArray[np.uint8]:
    if spec.channels == 3:
        return image if spec.channel_order == "rgb" else np.ascontiguousarray(image[..., ::-1])
    if spec.channels == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    raise ModelError(
        f"Model “{spec.name}” takes {spec.channels} channels, a picture has 3. "
        "Choose another model for pictures."
    )

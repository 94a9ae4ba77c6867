"""Further variation of crops, by torchvision's transforms, which move image and mask alike."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch

from segstudio.core.classes import IGNORE_INDEX
from segstudio.training.labelled import Labelled
from segstudio.training.recipe import Variety

_GREY = (124, 116, 104)
"""The mean colour of photos, for what a turn brings in from outside of the image."""


def varied(crop: Labelled, variety: Variety, seed: int) -> Labelled:
    """Return another version of a crop, the same for the same seed.

    What lies outside of the crop is grey and counts for nothing.
    """
    if variety == "light":
        return crop
    from torchvision import tv_tensors

    planes = tv_tensors.Image(torch.from_numpy(crop.image).permute(2, 0, 1))
    masks = [crop.labels] if crop.weights is None else [crop.labels, crop.weights]
    labels = tv_tensors.Mask(torch.from_numpy(np.stack(masks)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        planes, labels = _transforms(variety)(planes, labels)
        if variety == "strong":
            planes = _holes()(planes)  # what is under one still counts: the rest tells it
    moved = np.ascontiguousarray(planes.permute(1, 2, 0).numpy())
    return Labelled(moved, *(np.ascontiguousarray(plane) for plane in labels.numpy()))


@lru_cache(maxsize=3)
def _transforms(variety: Variety) -> Any:
    from torchvision import tv_tensors
    from torchvision.transforms import v2

    outside = {tv_tensors.Image: _GREY, tv_tensors.Mask: IGNORE_INDEX}
    turned = v2.RandomRotation(
        15 if variety == "strong" else 180, v2.InterpolationMode.BILINEAR, fill=outside
    )
    if variety == "turned":
        return v2.Compose([v2.RandomVerticalFlip(), turned])
    if variety == "microscope":
        light = v2.ColorJitter(brightness=(0.25, 1.75), contrast=(0.5, 1.5), hue=0.1)
        return v2.Compose(
            [v2.RandomVerticalFlip(), turned, v2.RandomApply([light], 0.7), v2.RandomGrayscale(0.2)]
        )
    return v2.Compose(
        [
            v2.RandomApply([turned], p=0.5),
            v2.RandomApply([v2.GaussianBlur(5, (0.3, 2.0))], p=0.3),
            v2.RandomGrayscale(0.1),
        ]
    )


@lru_cache(maxsize=1)
def _holes() -> Any:
    from torchvision.transforms import v2

    return v2.RandomErasing(p=0.3, scale=(0.02, 0.15), value=list(_GREY))

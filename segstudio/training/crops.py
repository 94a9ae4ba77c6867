"""Where training batches come from: varied crops of images, made on the spot."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.inference import preprocess
from segstudio.models.network import Features
from segstudio.models.spec import ModelSpec
from segstudio.training import augment
from segstudio.training.augment import Augmentation
from segstudio.training.examples import Example
from segstudio.training.group import Group
from segstudio.training.recipe import Variety
from segstudio.training.variety import varied

MEMORY_BUDGET_BYTES = 1_000_000_000
"""Decoded images that are kept between the steps."""


@dataclass(frozen=True)
class Batch:
    """One step's worth of crops.

    Attributes
    ----------
    labels : (N, crop, crop) uint8 tensor
    images : (N, C, crop, crop) float tensor, optional
        What the encoder reads.
    features : list of (N, C, h, w) tensors, optional
        What the decoder reads, where it is known already; maps that it does not read are empty.
    """

    labels: Tensor
    images: Tensor | None = None
    features: Features | None = None


class Source(Protocol):
    """Gives batches by number, the same for the same number.

    Of several processes each gets its own crops of the batch.
    """

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step, from crops of the given images only."""
        ...


@dataclass(frozen=True)
class CropSettings:
    """Size, number and variation of crops."""

    size: int
    short_side: int
    per_image: int
    batch: int
    seed: int
    augmentation: Augmentation = field(default_factory=Augmentation)
    variety: Variety = "light"


class Photos:
    """Images and masks by number, kept in memory as far as the budget goes.

    Attributes
    ----------
    sha256 : str
        Of all pixels and labels; empty before `pixel_counts`.
    """

    def __init__(self, examples: Sequence[Example], classes: ClassTable) -> None:
        self._examples = examples
        self._classes = classes
        self._kept: dict[int, tuple[Image, LabelMap]] = {}
        self._kept_bytes = 0
        self.sha256 = ""

    def __len__(self) -> int:
        return len(self._examples)

    def get(self, number: int) -> tuple[Image, LabelMap]:
        """Return image and mask (of channel numbers)."""
        if number in self._kept:
            return self._kept[number]
        image, mask = self._examples[number].read(self._classes)
        if self._kept_bytes + image.nbytes + mask.nbytes <= MEMORY_BUDGET_BYTES:
            self._kept[number] = image, mask
            self._kept_bytes += image.nbytes + mask.nbytes
        return image, mask

    def pixel_counts(self) -> NDArray[np.int64]:
        """Return how many labelled pixels of each class every image has, (images, K).

        It reads every image, and so finds out what all of them are (`sha256`).
        """
        digest = hashlib.sha256()
        classes = len(self._classes)
        counts = np.zeros((len(self), classes), np.int64)
        for number in range(len(self)):
            image, mask = self.get(number)
            digest.update(image.tobytes())
            digest.update(mask.tobytes())
            counts[number] = np.bincount(mask.ravel(), minlength=IGNORE_INDEX + 1)[:classes]
        self.sha256 = digest.hexdigest()
        return counts

    def crop(self, number: int, settings: CropSettings, variant: int) -> tuple[Image, LabelMap]:
        """Return one varied crop of an image, the same for the same variant."""
        image, mask = self.get(number)
        random = np.random.default_rng((settings.seed, number, variant))
        crop, crop_mask = augment.random_crop(
            image,
            mask,
            size=settings.size,
            short_side=settings.short_side,
            random=random,
            augmentation=settings.augmentation,
        )
        return varied(crop, crop_mask, settings.variety, int(random.integers(2**31)))


class LiveCrops:
    """Makes new crops for every step, for the whole network to run on.

    Parameters
    ----------
    shares : (images,) array, optional
        How often each image is drawn, compared with the others; without it all alike.
    """

    def __init__(
        self,
        photos: Photos,
        spec: ModelSpec,
        device: torch.device,
        settings: CropSettings,
        group: Group,
        shares: NDArray[np.int64] | None = None,
    ) -> None:
        self._photos = photos
        self._spec = spec
        self._device = device
        self._settings = settings
        self._group = group
        self._shares = shares

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step; gradients reach the encoder."""
        settings = self._settings
        random = np.random.default_rng((settings.seed, step, 1))
        numbers = np.asarray(images)
        shares = None if self._shares is None else self._shares[numbers]
        chances = None if shares is None else shares / shares.sum()
        chosen = random.choice(numbers, settings.batch, p=chances)
        crops = [
            self._photos.crop(int(number), settings, step * settings.batch + place)
            for place, number in enumerate(chosen)
            if place % self._group.size == self._group.rank
        ]
        batch = preprocess.to_batch([c[0] for c in crops], self._spec, self._device)
        labels = padded([c[1] for c in crops], batch.shape[-1])
        return Batch(torch.from_numpy(labels).to(self._device), images=batch)


def padded(masks: list[LabelMap], side: int) -> NDArray[np.uint8]:
    """Stack masks, filled up to the padded size of their images."""
    stacked = np.full((len(masks), side, side), IGNORE_INDEX, np.uint8)
    for row, mask in zip(stacked, masks, strict=True):
        row[: mask.shape[0], : mask.shape[1]] = mask
    return stacked

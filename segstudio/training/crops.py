"""Where training batches come from: varied crops of images, made on the spot."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.inference import preprocess
from segstudio.models.network import Features
from segstudio.models.spec import ModelSpec
from segstudio.training import augment
from segstudio.training.augment import Augmentation
from segstudio.training.examples import Example
from segstudio.training.group import Group
from segstudio.training.labelled import FULL_WEIGHT, Labelled
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
    weights : (N, crop, crop) uint8 tensor, optional
        How much each pixel counts, of `FULL_WEIGHT`; without it all count fully.
    """

    labels: Tensor
    images: Tensor | None = None
    features: Features | None = None
    weights: Tensor | None = None


class Source(Protocol):
    """Gives batches by number, the same for the same number.

    Of several processes each gets its own crops of the batch.
    """

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step, from crops of the given images only."""
        ...


@dataclass(frozen=True)
class CropSettings:
    """Size, number and variation of crops.

    Attributes
    ----------
    is_aimed : bool
        Whether each crop is around a labelled pixel, of rare classes as often as of others; where
        few pixels are labelled, most others would show none.
    """

    size: int
    short_side: int
    per_image: int
    batch: int
    seed: int
    augmentation: Augmentation = field(default_factory=Augmentation)
    variety: Variety = "light"
    is_aimed: bool = False


class Photos:
    """Images and masks by number, kept in memory as far as the budget goes."""

    def __init__(self, examples: Sequence[Example], classes: ClassTable) -> None:
        self._examples = examples
        self._classes = classes
        self._kept: dict[int, Labelled] = {}
        self._kept_bytes = 0
        self._digest = hashlib.sha256()

    def __len__(self) -> int:
        return len(self._examples)

    def get(self, number: int) -> Labelled:
        """Return an image with its labels."""
        if number in self._kept:
            return self._kept[number]
        found = self._examples[number].read(self._classes)
        if self._kept_bytes + found.nbytes <= MEMORY_BUDGET_BYTES:
            self._kept[number] = found
            self._kept_bytes += found.nbytes
        return found

    @property
    def sha256(self) -> str:
        """Of all pixels and labels that were counted."""
        return self._digest.hexdigest()

    def count(self, number: int) -> NDArray[np.int64]:
        """Return how many labelled pixels of each class an image has, (K,); for once each."""
        found = self.get(number)
        self._digest.update(found.image.tobytes())
        self._digest.update(found.labels.tobytes())
        counts = np.bincount(found.labels.ravel(), minlength=IGNORE_INDEX + 1)
        return counts[: len(self._classes)].astype(np.int64)

    def pixel_counts(self) -> NDArray[np.int64]:
        """Read all images; return how many labelled pixels of each class they have, (images, K)."""
        return np.stack([self.count(number) for number in range(len(self))])

    def crop(self, number: int, settings: CropSettings, variant: int) -> Labelled:
        """Return one varied crop of an image, the same for the same variant."""
        photo = self.get(number)
        random = np.random.default_rng((settings.seed, number, variant))
        crop = augment.random_crop(
            photo,
            size=settings.size,
            short_side=settings.short_side,
            random=random,
            augmentation=settings.augmentation,
            around=_labelled_pixel(photo.labels, random) if settings.is_aimed else None,
        )
        return varied(crop, settings.variety, int(random.integers(2**31)))


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
        batch = preprocess.to_batch([c.image for c in crops], self._spec, self._device)
        labels = torch.from_numpy(padded([c.labels for c in crops], batch.shape[-1]))
        weights = weights_of(crops, batch.shape[-1])
        return Batch(
            labels.to(self._device),
            images=batch,
            weights=None if weights is None else torch.from_numpy(weights).to(self._device),
        )


def padded(masks: Sequence[LabelMap], side: int) -> NDArray[np.uint8]:
    """Stack masks, filled up to the padded size of their images."""
    stacked = np.full((len(masks), side, side), IGNORE_INDEX, np.uint8)
    for row, mask in zip(stacked, masks, strict=True):
        row[: mask.shape[0], : mask.shape[1]] = mask
    return stacked


def weights_of(crops: Sequence[Labelled], side: int) -> NDArray[np.uint8] | None:
    """Stack the weights of crops like `padded`; None where all pixels count fully."""
    if all(crop.weights is None for crop in crops):
        return None
    full = np.full(crops[0].labels.shape, FULL_WEIGHT, np.uint8)
    return padded([full if crop.weights is None else crop.weights for crop in crops], side)


def _labelled_pixel(labels: LabelMap, random: np.random.Generator) -> tuple[int, int] | None:
    """Return a labelled pixel: of any class alike, or of any place alike; None without any."""
    found = labels != IGNORE_INDEX
    if random.random() < 0.5:
        present = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)[:IGNORE_INDEX])
        if present.size:
            found = labels == random.choice(present)
    places = np.flatnonzero(found)
    if not places.size:
        return None
    row, column = divmod(int(random.choice(places)), labels.shape[1])
    return row, column

"""Where training batches come from: cached encoder features, or crops made on the spot."""

import itertools
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import StorageError
from segstudio.inference import preprocess
from segstudio.inference.predictor import Predictor
from segstudio.models.network import Features
from segstudio.training import augment, dataset
from segstudio.training.augment import Augmentation
from segstudio.training.dataset import Pair

MEMORY_BUDGET_BYTES = 1_000_000_000
"""Decoded images that are kept between the steps."""

_ENCODED_AT_ONCE = 8

_LEAST_BATCHES = 4
"""Crops that are encoded however long it takes, in batches: fewer are learned by heart."""


@dataclass(frozen=True)
class Batch:
    """One step's worth of crops.

    Attributes
    ----------
    features : list of (N, C, h, w) tensors
        What the decoder reads; maps that it does not read are empty.
    labels : (N, crop, crop) uint8 tensor
    """

    features: Features
    labels: Tensor


class Source(Protocol):
    """Gives batches by number, the same for the same number."""

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


class Photos:
    """Images and masks by number, kept in memory as far as the budget goes."""

    def __init__(self, pairs: Sequence[Pair], classes: ClassTable) -> None:
        self._pairs = pairs
        self._classes = classes
        self._kept: dict[int, tuple[Image, LabelMap]] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._pairs)

    def get(self, number: int) -> tuple[Image, LabelMap]:
        """Return image and mask (of channel numbers)."""
        if number in self._kept:
            return self._kept[number]
        image, mask = dataset.read_pair(self._pairs[number], self._classes)
        if self._kept_bytes + image.nbytes + mask.nbytes <= MEMORY_BUDGET_BYTES:
            self._kept[number] = image, mask
            self._kept_bytes += image.nbytes + mask.nbytes
        return image, mask

    def pixel_counts(self) -> NDArray[np.int64]:
        """Return how many labelled pixels of each class every image has, (images, K)."""
        classes = len(self._classes)
        counts = np.zeros((len(self), classes), np.int64)
        for number in range(len(self)):
            flat = self.get(number)[1].ravel()
            counts[number] = np.bincount(flat, minlength=IGNORE_INDEX + 1)[:classes]
        return counts

    def crop(self, number: int, settings: CropSettings, variant: int) -> tuple[Image, LabelMap]:
        """Return one varied crop of an image, the same for the same variant."""
        image, mask = self.get(number)
        return augment.random_crop(
            image,
            mask,
            size=settings.size,
            short_side=settings.short_side,
            random=np.random.default_rng((settings.seed, number, variant)),
            augmentation=settings.augmentation,
        )


class LiveCrops:
    """Makes new crops for every step and runs the whole network on them."""

    def __init__(self, photos: Photos, predictor: Predictor, settings: CropSettings) -> None:
        self._photos = photos
        self._predictor = predictor
        self._settings = settings

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step; gradients reach the encoder."""
        settings = self._settings
        random = np.random.default_rng((settings.seed, step, 1))
        chosen = random.choice(np.asarray(images), settings.batch)
        crops = [
            self._photos.crop(int(number), settings, step * settings.batch + place)
            for place, number in enumerate(chosen)
        ]
        predictor = self._predictor
        batch = preprocess.to_batch([c[0] for c in crops], predictor.spec, predictor.device)
        return Batch(
            predictor.network.encode(batch),
            _to_labels([c[1] for c in crops], batch.shape[-1], predictor.device),
        )


class CachedCrops:
    """A fixed set of crops whose encoder features were computed once, kept in mapped files.

    Parameters
    ----------
    images : sequence of int
        Which images they are of.
    seconds : float
        When to stop before every image has all its crops. Each image gets one before any gets
        another, in an order that mixes the images, so that fewer crops are of all kinds too.
    """

    def __init__(
        self,
        photos: Photos,
        predictor: Predictor,
        settings: CropSettings,
        report: Callable[[float], None],
        *,
        images: Sequence[int],
        seconds: float = math.inf,
    ) -> None:
        self._settings = settings
        self._predictor = predictor
        order = np.random.default_rng((settings.seed, 3)).permutation(np.asarray(images))
        self._of_image = np.tile(order, settings.per_image)
        self._filled = 0
        self._folder = tempfile.TemporaryDirectory(prefix="segstudio-features-")
        self._maps: list[NDArray[np.float16]] = []
        self._labels = np.empty(0, np.uint8)
        try:
            self._fill(photos, report, seconds)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return self._filled

    def close(self) -> None:
        """Give the disk space back."""
        self._maps = []
        self._labels = np.empty(0, np.uint8)
        self._folder.cleanup()

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step: every crop comes once before any comes again."""
        own = np.flatnonzero(np.isin(self._of_image[: self._filled], np.asarray(images)))
        first = step * self._settings.batch
        places = range(first, first + self._settings.batch)
        chosen = own[[self._shuffled(len(own), place) for place in places]]
        device = self._predictor.device
        features = [
            torch.from_numpy(kept[chosen].astype(np.float32)).to(device).permute(0, 3, 1, 2)
            for kept in self._maps
        ]  # (N, C, h, w), channels last
        labels = torch.from_numpy(self._labels[chosen]).to(device)
        return Batch(features, labels)

    def _shuffled(self, count: int, place: int) -> int:
        epoch, within = divmod(place, count)
        order = np.random.default_rng((self._settings.seed, epoch, 2)).permutation(count)
        return int(order[within])

    def _fill(self, photos: Photos, report: Callable[[float], None], seconds: float) -> None:
        total = len(self._of_image)
        least = _LEAST_BATCHES * self._settings.batch
        started = time.monotonic()
        for crops in self._grouped(photos):
            features, labels = self._encoded(crops)
            if not self._maps:
                self._allocate(total, features, labels)
            first, self._filled = self._filled, self._filled + len(crops)
            for kept, values in zip(self._maps, features, strict=True):
                kept[first : self._filled] = values
            self._labels[first : self._filled] = labels
            spent = time.monotonic() - started
            if spent >= seconds and self._filled >= least:
                break
            report(max(self._filled / total, min(1.0, spent / seconds)))
        report(1.0)

    def _grouped(self, photos: Photos) -> Iterator[list[tuple[Image, LabelMap]]]:
        settings = self._settings
        one_of_each = len(self._of_image) // settings.per_image
        every = (
            photos.crop(int(number), settings, place // one_of_each)
            for place, number in enumerate(self._of_image)
        )
        while crops := list(itertools.islice(every, _ENCODED_AT_ONCE)):
            yield crops

    @torch.inference_mode()
    def _encoded(
        self, crops: list[tuple[Image, LabelMap]]
    ) -> tuple[list[NDArray[np.float16]], NDArray[np.uint8]]:
        predictor = self._predictor
        batch = preprocess.to_batch([c[0] for c in crops], predictor.spec, predictor.device)
        features = predictor.network.tapped(predictor.network.encode(batch))
        labels = _padded([c[1] for c in crops], batch.shape[-1])
        return [values.permute(0, 2, 3, 1).half().cpu().numpy() for values in features], labels

    def _allocate(
        self, total: int, features: list[NDArray[np.float16]], labels: NDArray[np.uint8]
    ) -> None:
        folder = Path(self._folder.name)
        needed = total * (labels[0].nbytes + sum(f[0].nbytes for f in features))
        free = shutil.disk_usage(folder).free
        if needed > 0.9 * free:
            raise StorageError(
                f"The features need {needed / 1e9:.1f} GB in {folder.parent}, where "
                f"{free / 1e9:.1f} GB are free. Free some space, set TMPDIR to another disk, or "
                "train with fewer crops."
            )
        self._maps = [
            np.memmap(folder / f"{level}.bin", np.float16, "w+", shape=(total, *f.shape[1:]))
            if f.size
            else np.empty((total, *f.shape[1:]), np.float16)  # a file of 0 bytes cannot be mapped
            for level, f in enumerate(features)
        ]
        self._labels = np.memmap(
            folder / "labels.bin", np.uint8, "w+", shape=(total, *labels.shape[1:])
        )


def _padded(masks: list[LabelMap], side: int) -> NDArray[np.uint8]:
    """Stack masks, filled up to the padded size of their images."""
    stacked = np.full((len(masks), side, side), IGNORE_INDEX, np.uint8)
    for row, mask in zip(stacked, masks, strict=True):
        row[: mask.shape[0], : mask.shape[1]] = mask
    return stacked


def _to_labels(masks: list[LabelMap], side: int, device: torch.device) -> Tensor:
    return torch.from_numpy(_padded(masks, side)).to(device)

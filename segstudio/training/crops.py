"""Where training batches come from: cached encoder features, or crops made on the spot."""

import hashlib
import itertools
import shutil
import tempfile
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
from segstudio.models.spec import ModelSpec
from segstudio.training import augment
from segstudio.training.augment import Augmentation
from segstudio.training.examples import Example
from segstudio.training.group import Group
from segstudio.training.recipe import Variety
from segstudio.training.variety import varied

MEMORY_BUDGET_BYTES = 1_000_000_000
"""Decoded images that are kept between the steps."""

_ENCODED_AT_ONCE = 8


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
    """Makes new crops for every step, for the whole network to run on."""

    def __init__(
        self,
        photos: Photos,
        spec: ModelSpec,
        device: torch.device,
        settings: CropSettings,
        group: Group,
    ) -> None:
        self._photos = photos
        self._spec = spec
        self._device = device
        self._settings = settings
        self._group = group

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step; gradients reach the encoder."""
        settings = self._settings
        random = np.random.default_rng((settings.seed, step, 1))
        chosen = random.choice(np.asarray(images), settings.batch)
        crops = [
            self._photos.crop(int(number), settings, step * settings.batch + place)
            for place, number in enumerate(chosen)
            if place % self._group.size == self._group.rank
        ]
        batch = preprocess.to_batch([c[0] for c in crops], self._spec, self._device)
        labels = _padded([c[1] for c in crops], batch.shape[-1])
        return Batch(torch.from_numpy(labels).to(self._device), images=batch)


class CachedCrops:
    """A fixed set of crops whose encoder features were computed once, kept in mapped files."""

    def __init__(
        self,
        photos: Photos,
        predictor: Predictor,
        settings: CropSettings,
        report: Callable[[float], None],
        group: Group,
    ) -> None:
        self._settings = settings
        self._group = group
        self._predictor = predictor
        self._folder = tempfile.TemporaryDirectory(prefix="segstudio-features-")
        self._maps: list[NDArray[np.float16]] = []
        self._labels = np.empty(0, np.uint8)
        try:
            self._fill(photos, report)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the disk space back."""
        self._maps = []
        self._labels = np.empty(0, np.uint8)
        self._folder.cleanup()

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step: every crop comes once before any comes again."""
        settings = self._settings
        own = len(images) * settings.per_image
        first = step * settings.batch
        places = range(first + self._group.rank, first + settings.batch, self._group.size)
        numbers = [self._shuffled(own, place) for place in places]
        chosen = np.array(
            [images[n // settings.per_image] * settings.per_image + n % settings.per_image
             for n in numbers]
        )  # fmt: skip
        device = self._predictor.device
        features = [
            torch.from_numpy(kept[chosen].astype(np.float32)).to(device).permute(0, 3, 1, 2)
            for kept in self._maps
        ]  # (N, C, h, w), channels last
        labels = torch.from_numpy(self._labels[chosen]).to(device)
        return Batch(labels, features=features)

    def _shuffled(self, count: int, place: int) -> int:
        epoch, within = divmod(place, count)
        order = np.random.default_rng((self._settings.seed, epoch, 2)).permutation(count)
        return int(order[within])

    def _fill(self, photos: Photos, report: Callable[[float], None]) -> None:
        total = len(photos) * self._settings.per_image
        for first, crops in self._grouped(photos):
            features, labels = self._encoded(crops)
            if not self._maps:
                self._allocate(total, features, labels)
            last = first + len(crops)
            for kept, values in zip(self._maps, features, strict=True):
                kept[first:last] = values
            self._labels[first:last] = labels
            report(last / total)

    def _grouped(self, photos: Photos) -> Iterator[tuple[int, list[tuple[Image, LabelMap]]]]:
        settings = self._settings
        every = (
            photos.crop(number, settings, variant)
            for number in range(len(photos))
            for variant in range(settings.per_image)
        )
        first = 0
        while crops := list(itertools.islice(every, _ENCODED_AT_ONCE)):
            yield first, crops
            first += len(crops)

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

"""Training batches of encoder features that were computed once."""

import contextlib
import itertools
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio.core.errors import StorageError
from segstudio.inference import preprocess
from segstudio.inference.predictor import Predictor
from segstudio.training.crops import Batch, CropSettings, Photos, padded, weights_of
from segstudio.training.group import Group
from segstudio.training.labelled import FULL_WEIGHT, Labelled

_ENCODED_AT_ONCE = 8

_LEAST_BATCHES = 4
"""Crops that are encoded however long it takes, in batches: fewer are learned by heart."""


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
        group: Group,
        *,
        images: Sequence[int],
        seconds: float = math.inf,
    ) -> None:
        self._settings = settings
        self._group = group
        self._predictor = predictor
        order = np.random.default_rng((settings.seed, 3)).permutation(np.asarray(images))
        self._of_image = np.tile(order, settings.per_image)
        self._filled = 0
        self._folder = tempfile.TemporaryDirectory(prefix="segstudio-features-")
        self._maps: list[NDArray[np.float16]] = []
        self._labels = np.empty(0, np.uint8)
        self._weights: NDArray[np.uint8] | None = None
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
        self._weights = None
        self._folder.cleanup()

    def batch(self, images: Sequence[int], step: int) -> Batch:
        """Return the batch of a step: every crop comes once before any comes again."""
        own = np.flatnonzero(np.isin(self._of_image[: self._filled], np.asarray(images)))
        batch, group = self._settings.batch, self._group
        first = step * batch
        places = range(first + group.rank, first + batch, group.size)
        chosen = own[[self._shuffled(len(own), place) for place in places]]
        device = self._predictor.device
        features = [
            torch.from_numpy(kept[chosen].astype(np.float32)).to(device).permute(0, 3, 1, 2)
            for kept in self._maps
        ]  # (N, C, h, w), channels last
        labels = torch.from_numpy(self._labels[chosen]).to(device)
        if self._weights is None:
            return Batch(labels, features=features)
        weights = torch.from_numpy(self._weights[chosen]).to(device)
        return Batch(labels, features=features, weights=weights)

    def _shuffled(self, count: int, place: int) -> int:
        epoch, within = divmod(place, count)
        order = np.random.default_rng((self._settings.seed, epoch, 2)).permutation(count)
        return int(order[within])

    def _fill(self, photos: Photos, report: Callable[[float], None], seconds: float) -> None:
        total = len(self._of_image)
        least = _LEAST_BATCHES * self._settings.batch
        started = time.monotonic()
        for crops in self._grouped(photos):
            features = self._encoded(crops)
            labels = padded([crop.labels for crop in crops], features[0].shape[1])
            if not self._maps:
                self._allocate(total, features, labels)
            first, self._filled = self._filled, self._filled + len(crops)
            for kept, values in zip(self._maps, features, strict=True):
                kept[first : self._filled] = values
            self._labels[first : self._filled] = labels
            self._keep_weights(crops, first)
            # All processes have to stop at the same crop: they draw from the same ones.
            spent = self._group.agreed(time.monotonic() - started, self._predictor.device)
            if spent >= seconds and self._filled >= least:
                break
            report(max(self._filled / total, min(1.0, spent / seconds)))
        report(1.0)

    def _grouped(self, photos: Photos) -> Iterator[list[Labelled]]:
        settings = self._settings
        one_of_each = len(self._of_image) // settings.per_image
        every = (
            photos.crop(int(number), settings, place // one_of_each)
            for place, number in enumerate(self._of_image)
        )
        while crops := list(itertools.islice(every, _ENCODED_AT_ONCE)):
            yield crops

    @torch.inference_mode()
    def _encoded(self, crops: list[Labelled]) -> list[NDArray[np.float16]]:
        predictor = self._predictor
        batch = preprocess.to_batch([c.image for c in crops], predictor.spec, predictor.device)
        features = predictor.network.tapped(predictor.network.encode(batch))
        return [values.permute(0, 2, 3, 1).half().cpu().numpy() for values in features]

    def _keep_weights(self, crops: list[Labelled], first: int) -> None:
        weights = weights_of(crops, len(self._labels[0]))
        if weights is None and self._weights is None:
            return
        if self._weights is None:
            self._weights = np.full(self._labels.shape, FULL_WEIGHT, np.uint8)
        rows = slice(first, first + len(crops))
        self._weights[rows] = FULL_WEIGHT if weights is None else weights

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
        # What is mapped stays without a name, and goes even when the process is killed. Windows
        # keeps the names until the end.
        for file in folder.iterdir():
            with contextlib.suppress(OSError):
                file.unlink()

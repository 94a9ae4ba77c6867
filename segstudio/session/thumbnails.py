"""Small pictures of the images, made in the background for the rows that are in sight."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.errors import SegstudioError
from segstudio.formats.images import thumbnail
from segstudio.formats.overlay import blend
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.thumbnail_cache import ThumbnailCache

WAITING = 200
"""Rows that may wait; the oldest wishes go first: they have been scrolled past."""


@dataclass(frozen=True)
class Wish:
    """One thumbnail to make.

    Attributes
    ----------
    changed_at : float
        When the labels changed last, to tell a kept thumbnail from a stale one.
    read_labels : callable or None
        Reads the (H, W) uint8 label map in the thread of the job, None where there is none; without
        it the image is shown bare.
    """

    path: Path
    changed_at: float = 0.0
    read_labels: Callable[[], LabelMap | None] | None = None


class Thumbnails(QObject):
    """Makes thumbnails one after the other, the newest wish first."""

    made = Signal(object)
    """(path, (h, w, 3) uint8 RGB array)"""

    def __init__(
        self,
        runner: JobRunner,
        size: tuple[int, int],
        parent: QObject | None = None,
        cache: ThumbnailCache | None = None,
    ) -> None:
        """Make thumbnails that fit `size` (width, height) in pixels."""
        super().__init__(parent)
        self._runner = runner
        self._size = size
        self._cache = cache or ThumbnailCache()
        self._colours: NDArray[np.uint8] = np.zeros((256, 3), np.uint8)
        self._wishes: OrderedDict[Path, Wish] = OrderedDict()
        self._lock = threading.Lock()
        self._job: Job | None = None

    def set_colours(self, colours: NDArray[np.uint8]) -> bool:
        """Take the (256, 3) uint8 colours of the classes; returns whether they are others."""
        if np.array_equal(colours, self._colours):
            return False
        self._colours = colours
        return True

    def want(self, wish: Wish) -> None:
        """Ask for one; `made` answers, unless the picture cannot be read."""
        with self._lock:
            self._wishes[wish.path] = wish
            self._wishes.move_to_end(wish.path)
            while len(self._wishes) > WAITING:
                self._wishes.popitem(last=False)
        if self._job is None:
            self._job = self._runner.new("thumbnails", self._work)
            self._job.ended.connect(self._on_ended)
            self._job.start()

    def forget(self) -> None:
        """Drop all wishes, for other images."""
        with self._lock:
            self._wishes.clear()

    def _work(self, job: Job) -> None:
        while not job.stop.is_set():
            with self._lock:
                if not self._wishes:
                    return
                path, wish = self._wishes.popitem(last=True)
            try:
                picture = self._kept_or_made(wish)
            except (SegstudioError, OSError):
                continue  # the row shows its name; opening the image tells what is wrong with it
            self.made.emit((path, picture))

    def _kept_or_made(self, wish: Wish) -> Image:
        key = self._key(wish)
        picture = self._cache.get(key)
        if picture is None:
            picture = self._make(wish)
            self._cache.put(key, picture)
        return picture

    def _key(self, wish: Wish) -> str:
        facts = wish.path.stat()
        parts: list[object] = [wish.path, facts.st_size, facts.st_mtime_ns, self._size]
        if wish.read_labels is not None:
            colours = hashlib.sha256(self._colours.tobytes()).hexdigest()
            parts += [wish.changed_at, colours]
        return "\n".join(map(str, parts))

    def _make(self, wish: Wish) -> Image:
        picture = thumbnail(wish.path, self._size)
        try:
            labels = wish.read_labels() if wish.read_labels is not None else None
        except SegstudioError:
            labels = None  # opening the image tells what is wrong with them
        if labels is None:
            return picture
        height, width = picture.shape[:2]
        return blend(picture, shrunk(labels, height, width), self._colours)

    def _on_ended(self, _job: Job) -> None:
        self._job = None
        with self._lock:
            waiting = list(self._wishes.values())
        if waiting:
            self.want(waiting[-1])


def shrunk(labels: LabelMap, height: int, width: int) -> LabelMap:
    """Return every so many-th pixel of a label map, taken from the middle of what it stands for."""
    rows = ((np.arange(height) + 0.5) * labels.shape[0] / height).astype(np.intp)
    columns = ((np.arange(width) + 0.5) * labels.shape[1] / width).astype(np.intp)
    return np.asarray(labels[rows[:, None], columns])

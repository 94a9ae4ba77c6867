"""Small pictures of the images, made in the background for the rows that are in sight."""

import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.arrays import Image
from segstudio.core.errors import SegstudioError
from segstudio.formats.images import thumbnail
from segstudio.session.jobs import Job, JobRunner

WAITING = 200
"""Rows that may wait; the oldest wishes go first: they have been scrolled past."""


class Thumbnails(QObject):
    """Reads thumbnails one after the other, the newest wish first."""

    made = Signal(object)
    """(path, (h, w, 3) uint8 RGB array)"""

    def __init__(
        self, runner: JobRunner, size: tuple[int, int], parent: QObject | None = None
    ) -> None:
        """Make thumbnails that fit `size` (width, height) in pixels."""
        super().__init__(parent)
        self._runner = runner
        self._size = size
        self._wishes: OrderedDict[Path, None] = OrderedDict()
        self._lock = threading.Lock()
        self._job: Job | None = None

    def want(self, path: Path) -> None:
        """Ask for one; `made` answers, unless the picture cannot be read."""
        with self._lock:
            self._wishes[path] = None
            self._wishes.move_to_end(path)
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
                path, _ = self._wishes.popitem(last=True)
            try:
                picture: Image = thumbnail(path, self._size)
            except SegstudioError:
                continue  # the row shows its name; opening the image tells what is wrong with it
            self.made.emit((path, picture))

    def _on_ended(self, _job: Job) -> None:
        self._job = None
        with self._lock:
            waiting = list(self._wishes)
        if waiting:
            self.want(waiting[-1])

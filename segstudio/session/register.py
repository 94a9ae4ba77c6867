"""What is known of each open image, and keeping it up to date."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.patch import Patch
from segstudio.project.project import Project
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.saving import Saver
from segstudio.session.settings import Settings

_DONE = (ImageState.DONE, ImageState.CHECKED)
COUNT_PATIENCE_S = 60.0


@dataclass(frozen=True)
class _Count:
    """The records of a list as they were when a count was asked for, and with what it found."""

    project: Project
    images: ImageList
    before: tuple[ImageRecord, ...]
    after: list[ImageRecord]


class Register(QObject):
    """Changes records of images and has them stored."""

    record_changed = Signal(int)
    """What is known of the image of a row is something else."""
    records_changed = Signal()
    """What is known of many images is something else."""

    def __init__(
        self, runner: JobRunner, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.images = ImageList()
        self.saver = Saver(self.describe, self)
        self._runner = runner
        self._settings = settings
        self.saver.stored.connect(self._on_stored)
        self.saver.paused.connect(self._on_paused)

    def use(self, images: ImageList) -> None:
        """Turn to other images."""
        self.images = images

    def describe(self, document: Document) -> ImageRecord:
        """Return what is known of a document after its last step, and note it."""
        counts = document.counts
        fields: dict[str, Any] = {
            "classes": tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts)),
            "width": document.width,
            "height": document.height,
            "changed_at": time.time(),
            "author": self._settings.get("annotator"),
        }
        if not document.state.is_finished:
            document.state = fields["state"] = document.state_by_steps()
        info = document.segment_info
        if info is not None:
            fields |= {"model": info.model, "unsure": 1 - info.sure}
        self._change(document.path, **fields)
        return self.images.record(document.path)

    def change(self, path: Path, **fields: Any) -> None:
        """Change what is known of an image, and have it stored."""
        if self._change(path, **fields):
            self.saver.record_changed(self.images.record(path), fields)

    def show(self, path: Path, **fields: Any) -> None:
        """Change what is shown of an image; nothing is stored."""
        self._change(path, **fields)

    def step_elsewhere(self, record: ImageRecord, patch: Patch) -> None:
        """Have a step stored of an image that is not in memory; `record` is known of it then."""
        self.images.put(record)
        row = self.images.row_of(self.images.path_of(record.name))
        if row is not None:
            self.record_changed.emit(row)
        self.saver.stepped_elsewhere(record, patch, self.images.path_of(record.name))

    def set_state(self, path: Path, state: ImageState, document: Document | None) -> None:
        """Set how far an image is; `document` is the image's where it is in memory."""
        before = self.images.state(path)
        if document is not None:
            document.state = state
        fields: dict[str, Any] = {"state": state}
        is_done = state in _DONE
        if is_done != (before in _DONE):
            fields["done_at"] = time.time() if is_done else 0.0
        if document is not None:
            # Stored only where nothing is known of the image yet: labels have a size of their own.
            self.show(path, width=document.width, height=document.height)
        self.change(path, **fields)

    def reopened_state(self, path: Path, document: Document | None) -> ImageState:
        """Return the state of an image that is not done any more."""
        if document is not None:
            state = document.state_by_steps()
        else:
            record = self.images.record(path)
            state = ImageState.IN_WORK if record.has_labels else ImageState.NEW
        was_done = self.images.state(path) in _DONE
        return ImageState.IN_WORK if state is ImageState.NEW and was_done else state

    def _change(self, path: Path, **fields: Any) -> bool:
        row = self.images.change(path, **fields)
        if row is not None:
            self.record_changed.emit(row)
        return row is not None

    def _on_stored(self, path: Path) -> None:
        """Make a checkpoint from time to time."""
        project, name = self.saver.project, self.images.name_of(path)
        if project is None:
            return
        if project.wants_folding(name) and not self._runner.running("fold"):
            self.fold(name)

    def _on_paused(self, names: list[str]) -> None:
        if not self._runner.running("fold"):
            self.fold(*names)

    def count_anew(self) -> None:
        """Read the records again once everything is stored, after classes were merged."""
        project, images = self.saver.project, self.images
        if project is None:
            return
        before = images.records

        def read(_job: Job) -> _Count:
            project.flush(COUNT_PATIENCE_S)
            stored = project.records()
            return _Count(project, images, before, [_counted(r, stored) for r in before])

        job = self._runner.new("count", read)
        job.succeeded.connect(self._on_counted)
        job.start()

    def _on_counted(self, count: _Count) -> None:
        if count.project is not self.saver.project:
            return
        if count.images is not self.images:
            self.count_anew()  # images came or went meanwhile
            return
        after = count.after
        for row, (old, now) in enumerate(zip(count.before, self.images.records, strict=True)):
            if now is not old:
                has_stepped = now.changed_at != old.changed_at
                after[row] = now if has_stepped else replace(now, classes=after[row].classes)
        self.images.put_all(after)
        self.records_changed.emit()

    def fold(self, *names: str) -> None:
        """Have checkpoints made of what was done to images, one after the other."""
        project = self.saver.project
        if project is None or project.held_by:
            return
        # What was only looked at stays as it is in the file.
        names = tuple(name for name in names if project.was_changed(name))
        if not names:
            return

        def work(job: Job) -> _Folded:
            return project, {name: project.fold(name) for name in names if not job.stop.is_set()}

        job = self._runner.new("fold", work)
        job.succeeded.connect(self._on_folded)
        job.start()

    def _on_folded(self, folded: "_Folded") -> None:
        project, inks = folded
        if self.saver.project is None or self.saver.project.file != project.file:
            return  # another project is open now, with images of the same names perhaps
        for name, ink in inks.items():
            if ink:
                self._change(self.images.path_of(name), ink=ink)


_Folded = tuple[Project, dict[str, tuple[int, ...]]]
"""A project, and how many pixels each author has in images of it."""


def _counted(record: ImageRecord, stored: Mapping[str, ImageRecord]) -> ImageRecord:
    """Return a record with the counts that are stored."""
    found = stored.get(record.name)
    if found is None or found.classes == record.classes:
        return record
    return replace(record, classes=found.classes)

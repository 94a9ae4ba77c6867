"""Merging another copy of the project: the comparison, its pictures, and the merge itself."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core import places
from segstudio.core.arrays import Image, LabelMap, Mask
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import is_ignored
from segstudio.formats.images import read_image
from segstudio.formats.overlay import blend
from segstudio.project.both_labels import BothLabels, load_both
from segstudio.project.merge_state import Choice
from segstudio.project.merging import MergeItem, MergePlan, compare, open_copy
from segstudio.project.project import Project
from segstudio.project.reader import Reader
from segstudio.project.taking import Outcome, apply
from segstudio.session.jobs import Job
from segstudio.session.session import Session

_GREY = 128
_REPORT_S = 0.05
_WAITING = 60
"""Pictures that may wait; the oldest wishes go first: they have been scrolled past."""


@dataclass(frozen=True)
class MergePicture:
    """One image with the labels of both copies over it.

    Attributes
    ----------
    side : int
        The longest side that was asked for, in pixels.
    mine, theirs : (h, w, 3) uint8, RGB
    differs : (h, w) bool
        Where the two say something else.
    """

    name: str
    side: int
    mine: Image
    theirs: Image
    differs: Mask


class Merging(QObject):
    """Compares another copy of the open project with it, and merges what was chosen.

    The other copy is never written. One comparison at a time.
    """

    compared = Signal(object)
    """A `MergePlan`."""
    merged = Signal(object)
    """A tuple of `Outcome`; None when it was stopped half-way."""
    failed = Signal(str)
    progressed = Signal(float, str)
    pictured = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._plan: MergePlan | None = None
        self._theirs: Reader | None = None
        self._jobs: set[Job] = set()
        self._wishes: OrderedDict[tuple[str, int], MergeItem] = OrderedDict()
        self._lock = threading.Lock()
        self._painter: Job | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it compares or merges."""
        return any(job.kind in ("merge-compare", "merge") for job in self._jobs)

    def compare(self, path: Path) -> None:
        """Compare the project of a file or folder; `compared` or `failed` answers."""
        session = self._session
        project = session.project
        assert project is not None
        session.editor.finish()
        if session.editor.held:
            self.failed.emit(session.editor.held)
            return
        job = self._new("merge-compare", lambda job: _compared(path, project, job))
        job.succeeded.connect(self._on_compared)
        job.failed.connect(self.failed)
        job.start()

    def merge(self, choices: Mapping[str, Choice]) -> None:
        """Take what only they did, and of conflicts what was chosen; `merged` answers."""
        session, plan, theirs = self._session, self._plan, self._theirs
        project = session.project
        assert plan is not None
        assert theirs is not None
        assert project is not None
        session.editor.finish()
        session.segmenting.cancel()
        chosen = dict(choices)
        job = self._new("merge", lambda job: apply(plan, chosen, project, theirs, _reporter(job)))
        job.succeeded.connect(self._on_merged)
        job.failed.connect(self._on_merge_failed)
        job.cancelled.connect(self._on_stopped)
        job.start()

    def want(self, item: MergeItem, side: int) -> None:
        """Ask for a picture of a conflict, so many pixels long; `pictured` answers."""
        with self._lock:
            self._wishes[item.name, side] = item
            self._wishes.move_to_end((item.name, side))
            while len(self._wishes) > _WAITING:
                self._wishes.popitem(last=False)
        self._paint()

    def cancel(self) -> None:
        """Stop comparing or merging; what was merged before stays."""
        for job in self._jobs:
            job.cancel()

    def close(self) -> None:
        """Let the other copy go, once nobody reads it any more."""
        self.cancel()
        with self._lock:
            self._wishes.clear()
        self._plan = None
        self._close_unused()

    # Inside ----------------------------------------------------------------------------------

    def _new(self, kind: str, work: Callable[[Job], object]) -> Job:
        job = self._session.runner.new(kind, work)
        self._jobs.add(job)
        job.progressed.connect(self.progressed)
        job.ended.connect(self._on_ended)
        return job

    def _on_ended(self, job: Job) -> None:
        self._jobs.discard(job)
        if job is self._painter:
            self._painter = None
            self._paint()
        self._close_unused()

    def _close_unused(self) -> None:
        if self._plan is None and not self._jobs and self._theirs is not None:
            self._theirs.close()
            self._theirs = None

    def _on_compared(self, found: tuple[Reader, MergePlan]) -> None:
        self._theirs, self._plan = found
        self.compared.emit(self._plan)

    def _on_merged(self, outcomes: tuple[Outcome, ...]) -> None:
        self._show_result()
        self.merged.emit(outcomes)

    def _on_merge_failed(self, sentence: str) -> None:
        self._show_result()
        self.failed.emit(sentence)

    def _on_stopped(self) -> None:
        self._show_result()
        self.merged.emit(None)

    def _show_result(self) -> None:
        """Show what is stored now: classes, records, and the open image read anew."""
        session, plan = self._session, self._plan
        project = session.project
        if project is None or plan is None:
            return
        table = project.classes()
        if table is not None:
            session.book.use(table, keep=False)
            session.saver.owed_classes = None
        stored = project.records()
        for item in plan.items:
            record = stored.get(item.name)
            if record is not None:
                session.register.show(session.images.root / item.name, **_fields(record))
        if plan.models:
            session.versions.reload()
        if plan.first_looks:
            session.first_looks.reload()
        if session.document is not None:
            session.labels_changed.emit()  # what shows the labels of the open image is old now
        session.open_images.read_anew()

    def _paint(self) -> None:
        plan, theirs, project = self._plan, self._theirs, self._session.project
        if self._painter is not None or plan is None or theirs is None or project is None:
            return
        with self._lock:
            if not self._wishes:
                return
        table, match = plan.classes.table, plan.classes

        def work(job: Job) -> None:
            while not job.stop.is_set():
                with self._lock:
                    if not self._wishes:
                        return
                    (_, side), item = self._wishes.popitem(last=True)
                try:
                    both = load_both(project, theirs, (item.name, item.their_name), match)
                except SegstudioError:
                    continue  # the merge itself says what is wrong with it
                self.pictured.emit(_picture(project, item, side, both, table))

        self._painter = self._new("merge-pictures", work)
        self._painter.start()


def _compared(path: Path, project: Project, job: Job) -> tuple[Reader, MergePlan]:
    theirs = open_copy(path, project, places.user_folder())
    try:
        plan = compare(project, theirs, _reporter(job))
        job.check()
    except BaseException:
        theirs.close()
        raise
    return theirs, plan


def _reporter(job: Job) -> Callable[[int, int], bool]:
    told = 0.0

    def report(done: int, total: int) -> bool:
        nonlocal told
        now = time.monotonic()
        if now - told > _REPORT_S:  # a hundred thousand images would keep the window busy
            told = now
            job.report(done / max(1, total), f"{done} / {total}")
        return job.stop.is_set()

    return report


def _fields(record: ImageRecord) -> dict[str, object]:
    names = (field.name for field in fields(record))
    unknown = ("name", "is_missing", "is_altered")
    return {name: getattr(record, name) for name in names if name not in unknown}


def _picture(
    project: Project, item: MergeItem, side: int, both: BothLabels, table: ClassTable
) -> MergePicture:
    mine, theirs = both.my_planes, both.their_planes
    height, width = mine.labels.shape
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    differs = (mine.labels != theirs.labels) | (
        is_ignored(mine.labels, mine.ink) != is_ignored(theirs.labels, theirs.ink)
    )
    # By area, so that a difference of a few pixels is not scaled away.
    shares = cv2.resize(differs.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    image = _image(project.root / item.name, (height, width), size)
    colours = table.colour_table()
    return MergePicture(
        item.name,
        side,
        blend(image, _reduced(mine.labels, size), colours),
        blend(image, _reduced(theirs.labels, size), colours),
        shares > 0,
    )


def _image(path: Path, shape: tuple[int, int], size: tuple[int, int]) -> Image:
    try:
        image = read_image(path)
    except SegstudioError:
        return np.full((size[1], size[0], 3), _GREY, np.uint8)  # the labels can be told apart
    if image.shape[:2] != shape:
        return np.full((size[1], size[0], 3), _GREY, np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _reduced(labels: LabelMap, size: tuple[int, int]) -> LabelMap:
    return np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST), np.uint8)

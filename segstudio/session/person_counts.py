"""How many pixels of each class a person painted, of images that are not done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import IGNORE_COUNT, Ink, class_counts
from segstudio.core.patch import Planes
from segstudio.project.project import Project
from segstudio.session.jobs import Job
from segstudio.session.teachable import ENOUGH_PIXELS, Counts

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

REST_MS = 400
"""How long nothing has to change before pixels are counted anew."""

MOST = 500
"""Images that are counted: those that were changed last."""

_Stamp = tuple[int, float, int]
"""What is another one after every change of an image's labels."""


@dataclass(frozen=True)
class _Subject:
    """An image to be counted: its document where that is in memory."""

    name: str
    stamp: _Stamp
    document: Document | None


class PersonCounts(QObject):
    """Counts in the background; what was counted last is known until it is counted anew.

    Records say how many pixels a person painted only together with what machines wrote.
    """

    changed = Signal()
    settled = Signal()
    """What was wanted by `want_now` is counted as it is at this moment."""

    def __init__(self, session: "Session", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[str, tuple[_Stamp, Counts]] = {}
        self._wanted: tuple[ImageRecord, ...] = ()
        self._job: Job | None = None
        self._is_hurried = False
        self._class_steps = 0
        """How often all labels read otherwise since: no record says that."""
        session.class_steps.done.connect(self._on_class_step)
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._count)

    def of(self, record: ImageRecord) -> Counts | None:
        """Return a person's pixels by class index, as far as they are known; else None."""
        if record.name in self._known:
            return self._known[record.name][1]
        return _by_record(record)

    def want(self, records: Iterable[ImageRecord]) -> None:
        """Have images counted once nothing changes any more for a moment."""
        self._wanted = tuple(records)
        self._timer.start()

    def want_now(self, records: Iterable[ImageRecord]) -> None:
        """Have images counted at once; `settled` tells when they are, which may be at once."""
        self._wanted = tuple(records)
        self._is_hurried = True
        self._count()

    @property
    def is_hurried(self) -> bool:
        """Whether somebody waits for `settled`."""
        return self._is_hurried

    def forget(self) -> None:
        """Know nothing: other images are open, or they have other names."""
        self._known.clear()
        self._wanted = ()
        self._is_hurried = False
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_class_step(self) -> None:
        self._class_steps += 1

    def _count(self) -> None:
        project = self._session.project
        if project is None or self._job is not None:
            return
        subjects = self._outdated()
        if not subjects:
            self._settle()
            return

        def work(job: Job) -> dict[str, tuple[_Stamp, Counts]]:
            return _counted(subjects, project, job)

        self._job = self._session.runner.new("count ink", work)
        self._job.succeeded.connect(self._on_counted)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    def _outdated(self) -> list[_Subject]:
        documents = self._session.open_documents()
        path_of = self._session.images.path_of
        found = []
        for record in sorted(self._wanted, key=lambda r: -r.changed_at)[:MOST]:
            document = documents.get(path_of(record.name)) if documents else None
            stamp = (self._class_steps, *_stamp(record, document))
            known = self._known.get(record.name)
            is_known = known[0] == stamp if known else document is None and _is_told(record)
            if not is_known:
                found.append(_Subject(record.name, stamp, document))
        return found

    def _on_counted(self, found: dict[str, tuple[_Stamp, Counts]]) -> None:
        if self.sender() is self._job:
            self._known |= found
            self.changed.emit()

    def _on_ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            if job.stop.is_set():
                return
            if self._is_hurried:
                self._count()
            elif self._outdated():  # it went on meanwhile
                self._timer.start()

    def _settle(self) -> None:
        if self._is_hurried:
            self._is_hurried = False
            self.settled.emit()


def _stamp(record: ImageRecord, document: Document | None) -> tuple[float, int]:
    return record.changed_at, document.serial if document is not None else -1


def _is_told(record: ImageRecord) -> bool:
    """Tell whether a record says enough: what a person painted, or that it is too little."""
    is_little = len(record.ink) == len(Ink) and record.ink[Ink.PERSON] < ENOUGH_PIXELS
    return is_little or _by_record(record) is not None


def _by_record(record: ImageRecord) -> Counts | None:
    """Return what a record says where no machine wrote anything; None where it does not say."""
    if len(record.ink) != len(Ink) or record.ink[Ink.MODEL] or record.ink[Ink.REFINEMENT]:
        return None
    counts = {index: pixels for index, pixels in record.classes if index < IGNORE_INDEX}
    ignored = dict(record.classes).get(IGNORE_COUNT, 0)
    # Classes are counted at every step, and ink from time to time.
    return counts if sum(counts.values()) + ignored == record.ink[Ink.PERSON] else None


def _of_planes(planes: Planes) -> Counts:
    by_person = np.where(planes.ink == Ink.PERSON, planes.labels, np.uint8(IGNORE_INDEX))
    counts = class_counts(by_person, planes.ink)
    return {int(i): int(counts[i]) for i in np.flatnonzero(counts[:IGNORE_INDEX])}


def _counted(
    subjects: Iterable[_Subject], project: Project, job: Job
) -> dict[str, tuple[_Stamp, Counts]]:
    """Count images one after the other; what cannot be read has nothing to learn from."""
    found: dict[str, tuple[_Stamp, Counts]] = {}
    for subject in subjects:
        job.check()
        if subject.document is not None:
            found[subject.name] = subject.stamp, _of_planes(subject.document.planes)
            continue
        try:
            stored = project.load(subject.name)
        except SegstudioError:
            stored = None
        counts = _of_planes(stored.planes) if stored is not None else {}
        found[subject.name] = subject.stamp, counts
    return found

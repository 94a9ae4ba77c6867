"""What a model would be taught from now: the person's choice of images, and how to go about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.image_record import ImageRecord
from segstudio.core.lesson import Reach
from segstudio.session.lack import lack
from segstudio.session.moves import Moves
from segstudio.session.person_counts import PersonCounts
from segstudio.session.teachable import (
    DONE,
    WORKED_ON,
    Counts,
    Usable,
    UsableImage,
    countable,
    may_teach,
    usable_classes,
    usable_image,
)

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

VALUE = "teach"
"""Setting of a project: which images are left out, the plan, and how many versions there were."""

MINUTES = 0.75

_TOLD_MS = 150
"""Changes within so short a time are told as one."""


@dataclass(frozen=True)
class Plan:
    """How a model is to be taught.

    Attributes
    ----------
    minutes : float
        For everything.
    reach : {"head", "last", "all"}
        What may change in the network.
    """

    minutes: float = MINUTES
    reach: Reach = "head"


_Known = tuple[ImageRecord, tuple[Counts | None, bool], UsableImage | None]
"""An image as it was asked for last, and what it teaches."""


class Material(QObject):
    """Knows which images can be learned from, and keeps in the project which of them are to be."""

    changed = Signal()
    """`usable` says something else."""
    counted = Signal()
    """`usable` knows everything that was painted until `count_now`."""
    left = Signal()
    """Another project is open."""

    def __init__(self, session: "Session", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._file: Path | None = None
        self._value: dict[str, Any] = {}
        self._counts = PersonCounts(session, self)
        self._countable: tuple[int, ...] = ()
        self._known: dict[str, _Known] = {}
        self._timer = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._timer.timeout.connect(self._on_rested)
        self._counts.changed.connect(self.changed)
        self._counts.settled.connect(self.counted)
        session.images_changed.connect(self._on_images)
        session.images_moved.connect(self._on_moved)
        for signal in (session.list_changed, session.records_changed, session.labels_changed):
            signal.connect(self._timer.start)
        session.record_changed.connect(self._on_something)
        session.classes_changed.connect(self._on_something)

    def usable(self) -> Usable:
        """Return what there is to learn from now, by what is known without looking at the disk."""
        session = self._session
        table, records = session.classes, self._worked_on()
        left_out = set(self._value.get("left_out", ()))
        if countable(table) != self._countable:
            self._countable = countable(table)
            self._known.clear()
        found = [self._image(r, used=r.name not in left_out) for r in records if may_teach(r)]
        images = tuple(image for image in found if image is not None)
        problem = self.obstacle or lack(table, images, records)
        ready = sum(image.is_used for image in images)
        return Usable(images, usable_classes(table, images), problem, ready)

    def count_now(self) -> None:
        """Have counted what a person painted until this moment; `counted` tells when it is."""
        self._counts.want_now(self._unfinished())

    def set_used(self, name: str, used: bool) -> None:
        """Have an image used or left out."""
        left_out = set(self._value.get("left_out", ()))
        self._keep(left_out=sorted(left_out - {name} if used else left_out | {name}))

    @property
    def plan(self) -> Plan:
        """How a model is taught here."""
        reach, minutes = self._value.get("reach"), self._value.get("minutes")
        return Plan(
            float(minutes) if isinstance(minutes, int | float) else MINUTES,
            reach if reach in ("last", "all") else "head",
        )

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._keep(minutes=plan.minutes, reach=plan.reach)

    @property
    def next_number(self) -> int:
        """The number of the version that comes next; none is given again."""
        counted = int(self._value.get("count", 0))
        return 1 + max((counted, *(version.number for version in self._session.versions.all)))

    def count_version(self) -> None:
        """Note that the next number is given."""
        self._keep(count=self.next_number)

    def close(self) -> None:
        """Stop counting."""
        self._timer.stop()
        self._counts.forget()

    @property
    def obstacle(self) -> str:
        """Why nothing can be taught now, whatever there is; empty when it can."""
        session = self._session
        if session.project is None:
            return self.tr("Open images first.")
        return session.project.held_by or session.editor.forbidden or session.editor.held

    def _keep(self, **fields: Any) -> None:
        session = self._session
        if session.project is not None and session.permission.may_write():
            self._value = {**self._value, **fields}
            session.project.keep_value(VALUE, self._value)
            self.changed.emit()

    def _on_images(self) -> None:
        project = self._session.project
        file = project.file if project is not None else None
        if file != self._file:
            self._counts.forget()
            self._known.clear()
            self.left.emit()
        self._file = file
        value = project.value(VALUE, {}) if project is not None else {}
        self._value = value if isinstance(value, dict) else {}
        self._timer.start()

    def _on_moved(self, moves: Moves) -> None:
        is_awaited = self._counts.is_hurried
        self._counts.forget()
        left_out = self._value.get("left_out", ())
        moved = sorted(moves.names.get(name, name) for name in left_out)
        if moved != list(left_out):
            self._keep(left_out=moved)
        if is_awaited:
            self.count_now()

    def _on_something(self, _what: object) -> None:
        self._timer.start()

    def _on_rested(self) -> None:
        self._counts.want(self._unfinished())
        self.changed.emit()

    def _image(self, record: ImageRecord, *, used: bool) -> UsableImage | None:
        """Return what an image teaches; found out once for every change of it."""
        person = self._counts.of(record) if record.state not in DONE else None
        known = self._known.get(record.name)
        if known is not None and known[0] is record and known[1] == (person, used):
            return known[2]
        path = self._session.images.path_of(record.name)
        image = usable_image(record, path, person, self._countable, used=used)
        self._known[record.name] = record, (person, used), image
        return image

    def _worked_on(self) -> list[ImageRecord]:
        return [record for record in self._session.images.records if record.state in WORKED_ON]

    def _unfinished(self) -> list[ImageRecord]:
        return [r for r in self._worked_on() if r.state not in DONE and may_teach(r)]

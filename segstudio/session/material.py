"""What a model would be taught from now: the person's choice of images, and how to go about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.lesson import Reach
from segstudio.session.lack import lack
from segstudio.session.moves import Moves
from segstudio.session.person_counts import PersonCounts
from segstudio.session.teachable import (
    DONE,
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


class Material(QObject):
    """Knows which images can be learned from, and keeps in the project which of them are to be."""

    changed = Signal()
    """`usable` says something else."""
    left = Signal()
    """Another project is open."""

    def __init__(self, session: "Session", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._file: Path | None = None
        self._value: dict[str, Any] = {}
        self._counts = PersonCounts(session, self)
        self._timer = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._timer.timeout.connect(self._on_rested)
        self._counts.changed.connect(self.changed)
        session.images_changed.connect(self._on_images)
        session.images_moved.connect(self._on_moved)
        for signal in (session.list_changed, session.records_changed, session.labels_changed):
            signal.connect(self._timer.start)
        session.record_changed.connect(self._on_something)
        session.classes_changed.connect(self._on_something)

    def usable(self) -> Usable:
        """Return what there is to learn from now, by what is known without looking at the disk."""
        session = self._session
        table, records = session.classes, session.images.records
        classes, left_out = countable(table), set(self._value.get("left_out", ()))
        images: list[UsableImage] = []
        for record in filter(may_teach, records):
            image = usable_image(
                record,
                session.images.path_of(record.name),
                self._counts.of(record),
                classes,
                used=record.name not in left_out,
            )
            images += [image] if image is not None else []
        problem = self._obstacle() or lack(table, images, records)
        ready = sum(image.is_used for image in images)
        return Usable(tuple(images), usable_classes(table, images), problem, ready)

    def count_now(self) -> None:
        """Count what a person painted of the open image until this moment."""
        if self._session.document is not None:
            self._counts.take(self._session.document)

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

    def _obstacle(self) -> str:
        """Return why nothing can be taught now, whatever there is; empty when it can."""
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
            self.left.emit()
        self._file = file
        value = project.value(VALUE, {}) if project is not None else {}
        self._value = value if isinstance(value, dict) else {}
        self._timer.start()

    def _on_moved(self, moves: Moves) -> None:
        self._counts.forget()
        left_out = self._value.get("left_out", ())
        moved = sorted(moves.names.get(name, name) for name in left_out)
        if moved != list(left_out):
            self._keep(left_out=moved)

    def _on_something(self, _what: object) -> None:
        self._timer.start()

    def _on_rested(self) -> None:
        records = self._session.images.records
        self._counts.want(r for r in records if may_teach(r) and r.state not in DONE)
        self.changed.emit()

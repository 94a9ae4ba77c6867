"""Teach: from a wish to a model that was learned from the person's labels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.lesson import LessonResult, Reach
from segstudio.core.model_info import ModelInfo
from segstudio.core.model_version import ModelVersion
from segstudio.session.teachable import (
    Usable,
    countable,
    may_teach,
    usable_classes,
    usable_image,
)

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

VALUE = "teach"
"""Setting of a project: which images are left out, and the plan."""

MINUTES = 0.75


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


@dataclass(frozen=True, eq=False)
class Taught:
    """A model that was taught, and waits to be used or not.

    Attributes
    ----------
    version : ModelVersion
        As it will be kept.
    old : ModelInfo or None
        The model that it began with, and that it is compared with.
    classes : ClassTable
        That it knows, with their indices of the project.
    is_offered : bool
        False where the held-out images say that the old one is better.
    told : tuple of str
        Sentences about what was otherwise than expected: images left out, classes that came or
        went meanwhile.
    """

    result: LessonResult
    version: ModelVersion
    old: ModelInfo | None
    classes: ClassTable
    is_offered: bool
    told: tuple[str, ...] = ()


class Teaching(QObject):
    """Has the engine teach a model, and keeps what came of it if the person wants that."""

    usable_changed = Signal()
    """`usable` says something else."""
    running_changed = Signal(bool)
    progressed = Signal(object)
    """`LessonNews`."""
    found = Signal(object)
    """`Taught`; it waits for `use` or `keep_old`."""
    failed = Signal(str)
    answered = Signal()
    """What was found last is used now, or was thrown away; `last` is None."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.last: Taught | None = None
        self._session = session
        self._value: dict[str, Any] = {}
        session.images_changed.connect(self._on_images)
        session.list_changed.connect(self.usable_changed)
        session.classes_changed.connect(self._on_usable)
        session.record_changed.connect(self._on_usable)
        session.records_changed.connect(self.usable_changed)

    @property
    def is_running(self) -> bool:
        """Whether a model is being taught."""
        return False

    def usable(self) -> Usable:
        """Return what there is to learn from now, by what is known without looking at the disk."""
        session, left_out = self._session, set(self._value.get("left_out", ()))
        classes = countable(session.classes)
        found = []
        for record in session.images.records:
            if may_teach(record):
                path, used = session.images.path_of(record.name), record.name not in left_out
                found.append(usable_image(record, path, dict(record.classes), classes, used=used))
        images = tuple(image for image in found if image is not None)
        ready = sum(image.is_used for image in images)
        return Usable(images, usable_classes(session.classes, images), "", ready)

    def set_used(self, name: str, used: bool) -> None:
        """Have an image used or left out; the project remembers it."""
        left_out = set(self._value.get("left_out", ()))
        self._keep(left_out=sorted(left_out - {name} if used else left_out | {name}))

    @property
    def plan(self) -> Plan:
        """How a model would be taught now."""
        reach = self._value.get("reach", "head")
        return Plan(float(self._value.get("minutes", MINUTES)), reach)

    def set_plan(self, plan: Plan) -> None:
        """Change how a model is taught; the project remembers it."""
        self._keep(minutes=plan.minutes, reach=plan.reach)

    def start(self) -> None:
        """Teach a model; what comes of it is told by `found` or `failed`."""

    def stop_and_keep(self) -> None:
        """End early; the best until now is the result."""

    def cancel(self) -> None:
        """Stop; nothing is told and nothing stays."""

    def use(self) -> None:
        """Keep what was found last as a version of the project, and segment with it from now."""

    def keep_old(self) -> None:
        """Throw away what was found last."""

    def remaining(self) -> tuple[str, ...]:
        """Return the images that are not done and were not segmented by the model in use."""
        return ()

    def _keep(self, **fields: Any) -> None:
        session = self._session
        if session.project is not None and session.permission.may_write():
            self._value = {**self._value, **fields}
            session.project.keep_value(VALUE, self._value)
            self.usable_changed.emit()

    def _on_images(self) -> None:
        project = self._session.project
        self._value = project.value(VALUE, {}) if project is not None else {}
        self.usable_changed.emit()

    def _on_usable(self, _what: object) -> None:
        self.usable_changed.emit()

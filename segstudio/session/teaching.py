"""Teach: from a wish to a model that was learned from the person's labels."""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core import file_names, parting, taught_files
from segstudio.core.classes import ClassTable, Role
from segstudio.core.image_record import Part
from segstudio.core.lesson import Lesson, LessonNews
from segstudio.core.model_info import ModelInfo
from segstudio.session import lesson_jobs
from segstudio.session.jobs import Job
from segstudio.session.material import Material, Plan
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.taught import Learned, Taught, taught
from segstudio.session.teachable import Usable

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

LONGEST_NAME = 60


@dataclass(frozen=True)
class _Begun:
    """A lesson, and what the model and the classes were when it began."""

    lesson: Lesson
    old: ModelInfo | None
    classes: ClassTable


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
    """What was found last is in use now, or gone; `last` is None."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.last: Taught | None = None
        self._session = session
        self._material = Material(session, self)
        self._job: Job | None = None
        self._is_wanted = False
        """Whether a lesson begins as soon as everything is counted."""
        self._begun: _Begun | None = None
        self._out: Path | None = None
        self._keeping: Job | None = None
        self._material.changed.connect(self.usable_changed)
        self._material.counted.connect(self._start)
        self._material.left.connect(self._on_left)

    @property
    def is_running(self) -> bool:
        """Whether a model is being taught."""
        return self._job is not None or self._is_wanted

    # What there is ---------------------------------------------------------------------------

    def usable(self) -> Usable:
        """Return what there is to learn from now, by what is known without looking at the disk."""
        return self._material.usable()

    def set_used(self, name: str, used: bool) -> None:
        """Have an image used or left out; the project remembers it."""
        self._material.set_used(name, used)

    @property
    def plan(self) -> Plan:
        """How a model would be taught now."""
        return self._material.plan

    def set_plan(self, plan: Plan) -> None:
        """Change how a model is taught; the project remembers it."""
        self._material.plan = plan

    def remaining(self) -> tuple[str, ...]:
        """Return the images for "Segment the rest with it", in order.

        Not those that are done, checked, skipped or missing, nor those that the version in use has
        segmented already; none where no version is in use.
        """
        current = self._session.versions.current
        return tuple(
            record.name
            for record in self._session.images.records
            if current is not None
            and not record.state.is_finished
            and not record.is_missing
            and record.model != current.name
        )

    # Teaching --------------------------------------------------------------------------------

    def start(self) -> None:
        """Teach a model; what comes of it is told by `found` or `failed`.

        It begins with the model that is in use. What was found before and not taken is gone.
        """
        session = self._session
        if self.is_running or self._keeping is not None:
            return
        session.class_steps.settle()
        session.finish_edits()
        if self._material.obstacle:
            self.failed.emit(self._material.obstacle)
            return
        self._is_wanted = True
        self._material.count_now()

    def stop_and_keep(self) -> None:
        """End early; the best until now is the result."""
        if self._job is not None:
            self._job.finish.set()

    def cancel(self) -> None:
        """Stop; nothing is told and nothing stays."""
        self._is_wanted = False
        if self._job is not None:
            self._job.cancel()
            self._end()

    def use(self) -> None:
        """Keep what was found last as a version of the project, and segment with it from now."""
        session, found, out = self._session, self.last, self._out
        project = session.project
        if found is None or out is None or project is None or self._keeping is not None:
            return
        if not session.permission.may_write():
            return
        job = session.runner.new(
            "keep version", lambda job: lesson_jobs.kept(found, out, project, job)
        )
        self._keeping = job
        job.succeeded.connect(self._on_kept)
        job.failed.connect(self._on_not_kept)
        job.ended.connect(self._on_keeping_ended)
        job.start()

    def keep_old(self) -> None:
        """Throw away what was found last."""
        found = self.last
        if found is None or self._keeping is not None:
            return
        self._drop()
        if found.old is not None:
            text = self.tr("%s stays in use; the new one is gone") % found.old.title
            self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def close(self) -> None:
        """Let go of what is under way or waits: the program ends, or other images are opened."""
        self.cancel()
        self._material.close()
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
        self._drop()

    def _start(self) -> None:
        if not self._is_wanted:
            return
        self._is_wanted = False
        session = self._session
        usable = self.usable()
        project, problem = session.project, usable.problem
        if not problem and self._old() is None:
            session.segmenting.start_engine()
            problem = self.tr("The model is still being loaded. Try again in a moment.")
        if problem or project is None:
            self.failed.emit(problem)
            return
        self._drop()
        self._set_parts(usable)
        begun = self._begun = self._begin(usable)
        client = session.segmenting.client
        job = session.runner.new(
            "teach", lambda job: lesson_jobs.learned(begun.lesson, project, client, job)
        )
        self._job = job
        job.shown.connect(self._on_news)
        job.succeeded.connect(self._on_learned)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        self.running_changed.emit(True)
        job.start()

    def _set_parts(self, usable: Usable) -> None:
        """Choose once and for good which of the images are held out."""
        used = usable.used
        parts = {image.name: image.part for image in used}
        for name, part in parting.parted({i.name: i.pixels for i in used}, parts).items():
            self._session.register.change(self._session.images.path_of(name), part=part)

    def _begin(self, usable: Usable) -> _Begun:
        session = self._session
        parts = {image.name: session.images.record(image.path).part for image in usable.used}
        old = self._old()
        training = tuple(name for name, part in parts.items() if part is Part.TRAINING)
        table = session.classes
        # What only held-out images have, nobody has shown: it could only be scored as wrong.
        known = {
            index
            for image in usable.used
            if image.name in training
            for index, count in image.pixels.items()
            if count
        }
        title = f"{session.images.root.name or 'segstudio'} v{self._material.next_number}"
        name = f"{file_names.safe(title, LONGEST_NAME)}-{secrets.token_hex(3)}"
        lesson = Lesson(
            project="",  # where it is, is known once everything is stored
            root=str(session.images.root),
            training=training,
            held_out=parting.measured([n for n, p in parts.items() if p is Part.VALIDATION]),
            classes=replace(table, classes=tuple(e for e in table if e.index in known)),
            ignored=tuple(e.index for e in table if e.role is Role.IGNORE or e.index not in known),
            start=old.name if old is not None else "",
            targets=session.book.match(old).targets if old is not None else (),
            name=name,
            title=title,
            out="",
            reach=self.plan.reach,
            minutes=self.plan.minutes,
            device=session.settings.get("model.device"),
            is_comparable=self._is_comparable(old, known),
        )
        return _Begun(lesson, old, table)

    def _is_comparable(self, old: ModelInfo | None, known: set[int]) -> bool:
        """Tell whether a version is about the same classes; of other models that is not known."""
        version = self._session.versions.named(old.name) if old is not None else None
        return version is None or {index for index, _ in version.classes} == known

    def _old(self) -> ModelInfo | None:
        """Return the model that is in use; None while none is known yet."""
        session = self._session
        return session.segmenting.model(session.settings.get("model.name"))

    # What came of it -------------------------------------------------------------------------

    def _on_news(self, news: LessonNews) -> None:
        if self.sender() is self._job:
            self.progressed.emit(news)

    def _on_learned(self, learned: Learned) -> None:
        begun = self._begun
        if self.sender() is not self._job or begun is None:
            taught_files.end_lesson(learned.out)
            return
        self._end()
        session = self._session
        self._out = learned.out
        known = session.versions.learned_from(learned.lesson.start)
        author = session.settings.get("annotator")
        self.last = taught(learned, begun.old, begun.classes, session.book, author, known)
        self.found.emit(self.last)

    def _on_failed(self, sentence: str) -> None:
        begun = self._begun
        if self.sender() is self._job and begun is not None:
            self._end()
            stays = self.tr("%s stays as it is.") % begun.old.title if begun.old else ""
            self.failed.emit(f"{sentence} {stays}".rstrip())

    def _on_ended(self, job: Job) -> None:
        if job is self._job:  # stopped from elsewhere: the program ends
            self._end()

    def _on_kept(self, found: Taught) -> None:
        if self.sender() is self._keeping:
            self._keeping = None
            self._material.count_version()
            self._drop()
            self._session.versions.reload()
            self._session.versions.choose(found.version)

    def _on_not_kept(self, sentence: str) -> None:
        if self.sender() is self._keeping:
            self._session.versions.reload()
            self.failed.emit(sentence)

    def _on_keeping_ended(self, job: Job) -> None:
        if job is self._keeping:
            self._keeping = None

    def _on_left(self) -> None:
        self.close()

    def _end(self) -> None:
        self._job = self._begun = None
        self.running_changed.emit(False)

    def _drop(self) -> None:
        """Forget what was found, and its file."""
        out, self._out = self._out, None
        if out is not None:
            taught_files.end_lesson(out)
        if self.last is not None:
            self.last = None
            self.answered.emit()

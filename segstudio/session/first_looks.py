"""How right the machine was at first, image by image, as people found when they were done."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core import metrics
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.first_look import FirstLook
from segstudio.core.image_record import ImageState
from segstudio.core.merge import ClassMatch
from segstudio.project.project import Project
from segstudio.session.jobs import Job
from segstudio.session.moves import Moves
from segstudio.session.segment_result import Result
from segstudio.session.teachable import DONE

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
_ROWS_AT_ONCE = 512
_UNTOUCHED = (ImageState.NEW, ImageState.SEGMENTED)

_Task = Callable[[], FirstLook | None]
"""Returns the look that it has scored, if any; unscored if there was nothing to compare."""


class FirstLooks(QObject):
    """Keeps the machine's map of each untouched image, and scores it once the image is done.

    As long as no person has touched an image, its newest map is the one that counts: it is what
    they will see first. Everything is done in one job after the other, in order.
    """

    changed = Signal()
    """`all` is another."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._looks: dict[str, FirstLook] = {}
        self._file: Path | None = None
        self._tasks: list[_Task] = []
        self._job: Job | None = None
        session.images_changed.connect(self._on_images)
        session.images_moved.connect(self._on_moved)
        session.register.record_changed.connect(self._on_record)
        session.assistant.applied.connect(self._on_applied)
        session.class_steps.began.connect(self._on_class_step)

    @property
    def all(self) -> tuple[FirstLook, ...]:
        """Those that were scored, in the order of the work: by when their images were done."""
        scored = [look for look in self._looks.values() if look.scored_at]
        return tuple(sorted(scored, key=lambda look: look.scored_at))

    def note(self, name: str, model: str, proposed: LabelMap, match: ClassMatch) -> None:
        """Keep what a model makes of an image that no person has touched.

        Parameters
        ----------
        proposed : (H, W) uint8
            The model's class indices.
        """
        session, project = self._session, self._session.project
        known = self._looks.get(name)
        if project is None or session.is_read_only or (known is not None and known.scored_at):
            return
        look = self._looks[name] = FirstLook(name, model, time.time())

        def keep() -> None:
            project.keep_first_look(look, match.tables()[0][proposed])

        self._do(keep)

    def note_stored(
        self, state: ImageState, name: str, model: str, proposed: LabelMap, match: ClassMatch
    ) -> None:
        """Keep what a model makes of an image that is not in memory, if nobody has touched it."""
        if state in _UNTOUCHED:
            self.note(name, model, proposed, match)

    def note_document(
        self, document: Document, model: str, proposed: LabelMap, match: ClassMatch
    ) -> None:
        """Keep what a model makes of an image in memory, if nobody has touched it."""
        if document.state in _UNTOUCHED and document.state_by_steps() in _UNTOUCHED:
            self.note(self._session.images.name_of(document.path), model, proposed, match)

    # Scoring ---------------------------------------------------------------------------------

    def _on_record(self, row: int) -> None:
        session, project = self._session, self._session.project
        record = session.images.record_at(row)
        look = self._looks.get(record.name)
        if look is None or project is None or session.is_read_only or record.state not in DONE:
            return
        if look.scored_at and look.scored_at >= record.done_at:
            return
        document = session.open_documents().get(session.images.path_at(row))
        at = record.done_at or time.time()
        self._looks[record.name] = look = replace(look, scored_at=at)
        self._do(lambda: _scored(project, look, document))

    # Following what is open ------------------------------------------------------------------

    def _on_applied(self, result: Result) -> None:
        is_whole = result.reach.region is None and not result.reach.only_unlabelled
        if is_whole and not result.reply.facts.is_stopped:
            self.note_document(result.document, result.options.model, result.proposed, result.match)

    def _on_images(self) -> None:
        project = self._session.project
        if project is not None and project.file != self._file:
            self._file = project.file
            self._tasks.clear()
            self._looks = {}
            self.reload()

    def reload(self) -> None:
        """Read from the project what is stored of first looks; what is known here stays."""
        project = self._session.project
        if project is None:
            return
        job = self._session.runner.new("read first looks", lambda _job: _read(project))
        job.succeeded.connect(self._on_read)
        job.start()

    def _on_read(self, found: tuple[Project, list[FirstLook]]) -> None:
        project, looks = found
        if project is self._session.project:
            self._looks = {look.name: look for look in looks} | self._looks
            self.changed.emit()

    def _on_moved(self, moves: Moves) -> None:
        looks = [
            replace(look, name=moves.names.get(look.name, look.name))
            for look in self._looks.values()
        ]
        self._looks = {look.name: look for look in looks}

    def _on_class_step(self) -> None:
        """Drop what waits: it was made for other classes."""
        self._tasks.clear()

    # Working ---------------------------------------------------------------------------------

    def _do(self, task: Callable[[], FirstLook | None]) -> None:
        self._tasks.append(task)
        self._go_on()

    def _go_on(self) -> None:
        if self._job is None and self._tasks:
            task = self._tasks.pop(0)
            self._job = self._session.runner.new("first look", lambda _job: task())
            self._job.succeeded.connect(self._on_done)
            self._job.ended.connect(self._on_ended)
            self._job.start()

    def _on_done(self, look: FirstLook | None) -> None:
        if look is not None and look.name in self._looks:
            self._looks[look.name] = look
            self.changed.emit()

    def _on_ended(self, job: Job) -> None:
        self._job = None
        if not job.stop.is_set():
            self._go_on()


def _read(project: Project) -> tuple[Project, list[FirstLook]]:
    return project, project.first_looks()


def _scored(project: Project, look: FirstLook, document: Document | None) -> FirstLook:
    """Compare a map with what became of it, and have that stored."""
    project.flush(PATIENCE_S)
    said = project.first_look_map(look.name)
    stored = project.load(look.name) if document is None else None
    planes = document.planes if document is not None else stored.planes if stored else None
    if said is None or planes is None or said.shape != planes.labels.shape:
        log.info("the first map of %s is not that of its image", look.name)
        return replace(look, scored_at=0.0)
    scored = _compared(look, said, planes.labels.copy())
    if scored.scored_at:
        project.score_first_look(scored)
    return scored


def _compared(look: FirstLook, said: LabelMap, final: LabelMap) -> FirstLook:
    table = np.zeros((IGNORE_INDEX, IGNORE_INDEX + 1), np.int64)
    for top in range(0, len(final), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        table += metrics.confusion_matrix(final[rows], said[rows], classes=IGNORE_INDEX)
    found = metrics.scores(table)
    if np.isnan(found.miou):
        return replace(look, scored_at=0.0)  # no pixel has a class at the end
    return replace(look, miou=found.miou, accuracy=found.pixel_accuracy)

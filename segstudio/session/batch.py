"""Segment all: many images in the background, one after the other, whatever else is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.patch import Patch
from segstudio.engine.messages import FILES_UNDER_WAY
from segstudio.engine.options import Options
from segstudio.session import batch_image
from segstudio.session.batch_image import Proposal, StoredStep
from segstudio.session.batch_run import Run, restored
from segstudio.session.jobs import Job
from segstudio.session.late_steps import LateStep, LateSteps
from segstudio.session.moves import Moves
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session

MOST_IN_A_ROW = 20
"""Images that may fail one after the other; then something is wrong with more than an image."""

MOST_NAMED = 3
"""Images that the sentence at the end names; the list has all."""


@dataclass(frozen=True)
class _Found:
    """What a job brings: a proposal, and the step for wherever the labels were at that moment."""

    proposal: Proposal
    late: LateStep | None
    stored: StoredStep | None
    generation: int


class SegmentAll(QObject):
    """Segments a queue of images; what is finished stays, and the rest survives a restart.

    A person's ink and images that are done, checked or skipped stay as they are. Images in memory
    get their step by the session, so that history and canvas agree; the others in the project.
    """

    changed = Signal()
    """It began, came further, was paused, or is over."""

    def __init__(self, session: Session, late: LateSteps) -> None:
        super().__init__(session)
        self.run: Run | None = None
        self.failed: dict[str, str] = {}
        """What went wrong in this run, or in the last one."""
        self._session = session
        self._late = late
        self._generation = 0
        """Grows with every class step, after which what was merged before is worth nothing."""
        self._jobs: dict[Job, int] = {}
        self._waiting: dict[int, Proposal] = {}
        self._putting: dict[Document, tuple[int, Proposal]] = {}
        session.images_changed.connect(self._on_images)
        session.images_moved.connect(self._on_moved)
        session.document_changed.connect(self._take_waiting)
        session.segmenting.models_changed.connect(self._fill)
        session.class_steps.done.connect(self._on_class_step)
        session.class_steps.ended.connect(self._take_waiting)
        session.saver.state_changed.connect(self._fill)
        late.applied.connect(self._on_applied)
        late.lost.connect(self._on_lost)

    def start(self, names: Sequence[str], options: Options) -> None:
        """Segment images by their names; what is said of them is told when all are over."""
        session, project = self._session, self._session.project
        model = session.segmenting.model(options.model)
        if project is None or model is None or not names:
            return
        if project.held_by:
            session.tell_error(project.held_by)
            return
        if not len(session.classes):
            session.set_classes(model.classes)
        if not session.book.match(model).matched:
            text = self.tr("This model knows none of your classes. Match its classes to yours.")
            actions = (("match_classes", self.tr("Match…")),)
            session.noticed.emit(Notice(text, NoticeKind.BANNER, actions))
            return
        self.cancel()
        self.run = Run(project, tuple(names), options)
        self.failed = self.run.failed
        self.run.begin()
        self._fill()

    def set_paused(self, paused: bool) -> None:
        """Pause, or go on; images under way are finished."""
        if self.run is not None:
            self.run.set_paused(paused)
            self._fill()

    def cancel(self) -> None:
        """Stop; what is finished stays."""
        run = self.run
        if run is not None:
            run.forget()
            self._drop()
            text = self.tr("Segment all was cancelled: {done} of {total} images are segmented")
            told = text.format(done=run.done - len(run.failed), total=run.total)
            self._session.noticed.emit(Notice(told, NoticeKind.TOAST))

    def _drop(self) -> None:
        """Turn away from the run and from what is under way for it."""
        self.run = None
        jobs, self._jobs = list(self._jobs), {}
        self._waiting.clear()
        self._putting.clear()
        for job in jobs:
            job.cancel()
        self.changed.emit()

    def _on_moved(self, moves: Moves) -> None:
        """Follow images to their new names; what is under way for one of them begins anew.

        Nobody knows which file the model has read at that moment.
        """
        run = self.run
        if run is None:
            return
        putting = (index for index, _ in self._putting.values())
        under_way = {*self._jobs.values(), *self._waiting, *putting}
        concerned = {index for index in under_way if moves.concerns(run.names[index])}
        for job, index in list(self._jobs.items()):
            if index in concerned:
                del self._jobs[job]
                job.cancel()
        for index in concerned & self._waiting.keys():
            del self._waiting[index]
        documents = set(self._session.open_documents().values())
        for document, (index, _) in list(self._putting.items()):
            if document in documents:  # it has followed its file, and has the step in a moment
                concerned.discard(index)
            elif index in concerned:
                del self._putting[document]
        run.follow(moves)
        run.again += sorted(concerned)
        self._fill()

    # Going on --------------------------------------------------------------------------------

    def _on_images(self) -> None:
        if self.run is not None:
            self._drop()
        self.failed = {}
        project = self._session.project
        if project is None or project.held_by:
            return
        run = restored(project, self._session.settings.get("model.device"))
        if run is None:
            return
        self.run, self.failed = run, run.failed
        text = self.tr("Segment all goes on: {left} of {total} left")
        if run.paused:
            text = self.tr("Segment all is paused: {left} of {total} left")
        told = text.format(left=run.total - run.done, total=run.total)
        self._session.noticed.emit(Notice(told, NoticeKind.TOAST))
        self._fill()

    def _fill(self) -> None:
        """Begin images until enough are under way.

        None before the models are known, and none while the disk refuses: results would only pile
        up in memory.
        """
        run = self.run
        if run is None:
            return
        room = FILES_UNDER_WAY - len(self._jobs) - len(self._waiting) - len(self._putting)
        session = self._session
        is_known = session.segmenting.model(run.options.model) is not None
        ready = is_known and not session.saver.state.problem
        while ready and not run.paused and room > 0 and run.has_more:
            room -= self._begin(run, run.take())
        if run.is_over:
            self._finish(run)
        else:
            self.changed.emit()

    def _begin(self, run: Run, index: int) -> bool:
        """Begin an image and tell whether there is anything to do for it."""
        session = self._session
        path, record = self._image(run, index)
        model = session.segmenting.model(run.options.model)
        if run.names[index] and session.images.row_of(path) is None:
            run.failed[record.name] = self.tr("It is not among the images any more.")
            run.end(index)
            return False
        if model is None or not run.names[index] or record.state.is_finished:
            run.end(index)
            return False
        client, document = session.segmenting.client, session.open_documents().get(path)
        match, locked = session.book.match(model), session.classes.flags("locked")

        def work(job: Job) -> _Found:
            made = batch_image.propose(client, path, run.options, match, locked, job)
            return _found(made, document, run, record, generation)

        generation = self._generation
        self._launch(index, work)
        return True

    def _merge_anew(self, run: Run, index: int, proposal: Proposal) -> None:
        """Merge what the model said with labels, or with classes, that are others by now."""
        session, generation = self._session, self._generation
        path, record = self._image(run, index)
        document = session.open_documents().get(path)
        model = session.segmenting.model(run.options.model)
        match = session.book.match(model) if model is not None else proposal.match
        made = replace(proposal, match=match, locked=session.classes.flags("locked"))
        self._launch(index, lambda _job: _found(made, document, run, record, generation))

    def _launch(self, index: int, work: Callable[[Job], _Found]) -> None:
        job = self._session.runner.new("segment all", work)
        self._jobs[job] = index
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        job.start()

    def _image(self, run: Run, index: int) -> tuple[Path, ImageRecord]:
        images = self._session.images
        path = images.root / run.names[index]
        return path, images.record(path)

    # What came of an image -------------------------------------------------------------------

    def _on_found(self, found: _Found) -> None:
        index = self._jobs.pop(self.sender(), None)  # type: ignore[call-overload]
        if index is not None and self.run is not None:
            self._take(self.run, index, found)
            self._fill()

    def _take(self, run: Run, index: int, found: _Found) -> None:
        """Keep a result where the labels are now; they may have come into memory meanwhile."""
        session = self._session
        path, record = self._image(run, index)
        document = session.open_documents().get(path)
        is_loading = session.images.path == path and session.document is None
        is_current = found.generation == self._generation
        if record.state.is_finished:
            run.end(index)
        elif session.editor.held or (document is None and is_loading):
            self._waiting[index] = found.proposal
        elif document is not None and found.late and found.late.document is document:
            self._putting[document] = (index, found.proposal)
            self._late.put(found.late)
        elif document is None and found.stored and is_current:
            self._keep(run, index, found.proposal, found.stored)
        else:
            self._merge_anew(run, index, found.proposal)

    def _keep(self, run: Run, index: int, proposal: Proposal, step: StoredStep) -> None:
        if step.patch is not None:
            before = self._image(run, index)[1]
            record = _with_labels_of(before, step.record)
            self._session.first_looks.note_stored(before.state, before.name, *proposal.look())
            self._session.register.step_elsewhere(record, step.patch)
            run.project.keep_confidence(step.record.name, proposal.confidence)
            run.changed += 1
        run.end(index)

    def _on_applied(self, step: LateStep, patch: Patch | None) -> None:
        index, proposal = self._putting.pop(step.document, (None, None))
        run = self.run
        if index is None or proposal is None or run is None:
            return
        if patch is not None:
            run.changed += 1
            run.project.keep_confidence(run.names[index], proposal.confidence)
            self._session.first_looks.note_document(step.document, *proposal.look())
        run.end(index)
        self._fill()

    def _on_lost(self, step: LateStep) -> None:
        index, proposal = self._putting.pop(step.document, (None, None))
        run = self.run
        if index is not None and proposal is not None and run is not None:
            self._merge_anew(run, index, proposal)

    def _take_waiting(self) -> None:
        """Go on with images that were being opened, or held by a class step, as results came."""
        run = self.run
        if run is None:
            return
        for index, proposal in list(self._waiting.items()):
            del self._waiting[index]
            self._take(run, index, _Found(proposal, None, None, self._generation))

    def _on_class_step(self) -> None:
        self._generation += 1

    def _on_failed(self, sentence: str) -> None:
        index = self._jobs.pop(self.sender(), None)  # type: ignore[call-overload]
        run = self.run
        if index is not None and run is not None:
            run.end(index, sentence)
            if run.in_a_row >= MOST_IN_A_ROW and not run.is_over and not run.paused:
                run.set_paused(True)
                text = self.tr("Segment all is paused: {count} images in a row failed. {why}")
                self._session.tell_error(text.format(count=MOST_IN_A_ROW, why=sentence))
            self._fill()

    def _on_ended(self, job: Job) -> None:
        # A job that nobody here has cancelled: the program ends, and the next one goes on.
        if self._jobs.pop(job, None) is not None:
            self._drop()

    def _finish(self, run: Run) -> None:
        run.forget()
        self._drop()
        self.failed = run.failed
        if not run.failed:
            text = self.tr("Segment all: {done} images segmented")
            told = text.format(done=run.present)
            self._session.noticed.emit(Notice(told, NoticeKind.TOAST))
            return
        names = list(run.failed)
        named = ", ".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")
        text = self.tr("Segment all: {done} of {total} images segmented; not {named}.")
        told = text.format(done=run.present - len(names), total=run.present, named=named)
        actions = (("batch_errors", self.tr("Show why")),)
        self._session.noticed.emit(Notice(told, NoticeKind.BANNER, actions))


def _with_labels_of(now: ImageRecord, after: ImageRecord) -> ImageRecord:
    """Return a record with what a step changed of it; notes may have been written meanwhile."""
    state = after.state if now.state is ImageState.NEW else now.state
    return replace(now, state=state, **{name: getattr(after, name) for name in _BY_STEPS})


_BY_STEPS = ("model", "unsure", "classes", "ink", "width", "height", "changed_at")


def _found(
    proposal: Proposal, document: Document | None, run: Run, record: ImageRecord, generation: int
) -> _Found:
    """Merge a proposal where the labels of its image are; for a job thread."""
    if document is not None and document.label_map.shape == proposal.proposed.shape:
        return _Found(proposal, proposal.late_step(document), None, generation)
    stored = batch_image.stored_step(proposal, run.project, record)
    return _Found(proposal, None, stored, generation)

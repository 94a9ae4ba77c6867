"""Segment ahead: the next images are prepared while a person works on this one."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.image_record import ImageState
from segstudio.engine.messages import PrepareRequest, SegmentFileRequest
from segstudio.engine.options import Options
from segstudio.session.batch import SegmentAll
from segstudio.session.jobs import Job
from segstudio.session.session import Session

AHEAD = 3
"""Images that are prepared; the engine keeps that many and one more."""


class SegmentAhead(QObject):
    """Has the next images segmented, so that a Segment of them is answered at once.

    Nothing is written: the engine keeps the results. It begins with the first Segment of the
    session, rests while Segment all runs, and starts anew when model or settings change.
    """

    prepared = Signal(object)
    """The path of an image."""

    def __init__(self, session: Session, batch: SegmentAll) -> None:
        super().__init__(session)
        self._session = session
        self._batch = batch
        self._has_begun = False
        self._options: Options | None = None
        self._ready: list[Path] = []
        self._job: Job | None = None
        session.segmenting.finished.connect(self._on_segmented)
        session.current_changed.connect(self._on_current)
        session.document_changed.connect(self._on_document)
        session.images_changed.connect(self._forget)
        session.settings.changed.connect(self._on_setting)
        session.models.values_changed.connect(self._on_values)
        batch.changed.connect(self._go_on)

    def _on_segmented(self, _result: object) -> None:
        self._has_begun = True
        self._go_on()

    def _on_current(self, _row: int) -> None:
        self._go_on()

    def _on_document(self, document: Document | None) -> None:
        """Segment an image that is opened, where the person wants that."""
        session = self._session
        if document is None or session.is_read_only or not session.settings.get("model.on_open"):
            return
        is_empty = document.counts[IGNORE_INDEX] == document.height * document.width
        if document.state is ImageState.NEW and is_empty and session.segmenting.models:
            session.segment()

    def _on_setting(self, name: str) -> None:
        if name.startswith("model.") or name == "ahead.on":
            self._go_on()

    def _on_values(self, _model: object) -> None:
        self._forget()
        self._go_on()

    def _forget(self) -> None:
        self._ready.clear()
        self._stop()

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _go_on(self) -> None:
        session = self._session
        options = session.options()
        if options != self._options:
            self._options = options
            self._forget()
        run = self._batch.run
        is_resting = run is not None and not run.paused
        if is_resting or not self._has_begun or not session.settings.get("ahead.on"):
            self._stop()
            return
        wanted = self._wanted()
        if self._job is not None or not wanted:
            return
        path, client = wanted[0], session.segmenting.client
        request = PrepareRequest(
            SegmentFileRequest(
                path=str(path),
                options=options,
            )
        )

        def work(job: Job) -> Path:
            client.request(request, cancelled=job.stop)
            return path

        job = session.runner.new("ahead", work)
        self._job = job
        job.succeeded.connect(self._on_prepared)
        job.failed.connect(self._on_failed)
        job.start()

    def _wanted(self) -> list[Path]:
        """Return the next images without labels that are not prepared yet."""
        images = self._session.images
        found, row = [], images.order.neighbour(images.current, +1)
        for _ in range(AHEAD):
            if row is None:
                break
            record, path = images.record_at(row), images.path_at(row)
            is_new = record.state is ImageState.NEW and not record.has_labels
            if is_new and not record.is_missing and path not in self._ready:
                found.append(path)
            row = images.order.neighbour(row, +1)
        return found

    def _on_prepared(self, path: Path) -> None:
        if self.sender() is self._job:
            self._job = None
            self._note(path)
            self.prepared.emit(path)
            self._go_on()

    def _on_failed(self, _sentence: str) -> None:
        # The person is told when they open that image, and not before.
        if self.sender() is self._job:
            wanted = self._wanted()
            self._job = None
            self._note(*wanted[:1])
            self._go_on()

    def _note(self, *paths: Path) -> None:
        self._ready = [*self._ready, *paths][-(AHEAD + 1) :]

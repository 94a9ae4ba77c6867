"""How sure the model was of the open image, by other measures than its confidence."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from segstudio.core.arrays import Confidence
from segstudio.core.document import Document
from segstudio.engine.messages import DoubtReply, DoubtRequest
from segstudio.session.jobs import Job
from segstudio.session.session import Session

CONFIDENCE = "confidence"
"""The measure that every document has by itself."""


@dataclass(frozen=True, eq=False)
class Doubt:
    """How sure the model was of an image.

    Attributes
    ----------
    measure : {"margin", "entropy"}
    sureness : (H, W) uint8
        255 for certain.
    """

    document: Document
    measure: str
    sureness: Confidence


class Doubts(QObject):
    """Asks the engine for what it kept of the last Segment, when somebody looks at it."""

    found = Signal(object)
    """A `Doubt` of the open image."""
    failed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job | None = None

    def ask(self, measure: str) -> None:
        """Ask for a measure of the open image; it comes by `found`."""
        self.forget()
        document = self._session.document
        if document is None:
            return
        client, key = self._session.segmenting.client, str(document.path)

        def work(job: Job) -> Doubt:
            reply = client.request(DoubtRequest(key, measure), cancelled=job.stop)
            assert isinstance(reply, DoubtReply)
            try:
                return Doubt(document, measure, reply.sureness.open())
            finally:
                reply.sureness.remove()

        job = self._session.runner.new("doubt", work)
        self._job = job
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_failed)
        job.start()

    def forget(self) -> None:
        """Wait for nothing any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_found(self, doubt: Doubt) -> None:
        if self.sender() is self._job and doubt.document is self._session.document:
            self._job = None
            self.found.emit(doubt)

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job = None
            self.failed.emit(sentence)

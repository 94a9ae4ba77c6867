"""From one unsure place of the open image to the next."""

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.region import Region
from segstudio.editing.unsure import Place, unsure_places
from segstudio.session.jobs import Job
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session


class UnsurePlaces(QObject):
    """Looks for the places in a job, and remembers which have been looked at."""

    reached = Signal(object)
    """The `Region` to look at now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._seen: list[Region] = []
        """In the order in which they were shown."""
        self._at = -1
        self._job: Job | None = None
        session.document_changed.connect(self._on_document)
        session.confidence_changed.connect(self._forget)

    def next(self) -> None:
        """Go to the most unsure place that no person has touched or looked at."""
        document = self._session.document
        if document is None or self._job is not None:
            return
        if document.confidence is None:
            self._tell(self.tr("Segment first: only then is known what is unsure."))
            return
        if self._at + 1 < len(self._seen):
            self._go(self._at + 1)
            return
        confidence, ink = document.confidence, document.ink
        below = self._session.editor.state.unsure_below
        job = self._session.runner.new(
            "unsure", lambda _job: unsure_places(confidence, ink, below=below)
        )
        self._job = job
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_failed)
        job.start()

    def previous(self) -> None:
        """Go back to the place before."""
        if self._at > 0:
            self._go(self._at - 1)
        elif self._session.document is not None:
            self._tell(self.tr("There is no unsure place before this one."))

    def _on_found(self, places: tuple[Place, ...]) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        unseen = (place.region for place in places if not self._is_seen(place.region))
        following = next(unseen, None)
        if following is not None:
            self._seen.append(following)
            self._go(len(self._seen) - 1)
            return
        # Those that were only looked at come round again.
        self._forget()
        has_next = self._session.images.order.neighbour(self._session.images.current, +1)
        actions = (("next_image", self.tr("Next image")),) if has_next is not None else ()
        self._tell(self.tr("No unsure place is left."), actions)

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job = None
            self._session.tell_error(sentence)

    def _go(self, at: int) -> None:
        self._at = at
        self.reached.emit(self._seen[at])

    def _is_seen(self, region: Region) -> bool:
        # What was painted meanwhile may have cut a place up otherwise.
        return any(2 * seen.intersection(region).area > region.area for seen in self._seen)

    def _on_document(self, _document: Document | None) -> None:
        self._forget()

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._seen, self._at = [], -1

    def _tell(self, text: str, actions: tuple[tuple[str, str], ...] = ()) -> None:
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST, actions))

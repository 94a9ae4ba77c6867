"""The labels as they were before the last step, to look at while a key is held."""

from PySide6.QtCore import QObject, Signal

from segstudio.core.history import Step
from segstudio.core.patch import Planes
from segstudio.core.region import whole
from segstudio.session.jobs import Job
from segstudio.session.session import Session


class EarlierLabels(QObject):
    """Puts them together in a job: the labels themselves stay as they are."""

    ready = Signal(object)
    """The `Planes` before the last step."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job | None = None

    def ask(self) -> bool:
        """Ask for the labels before the last step; False when there is no step."""
        document = self._session.document
        last = document.history.last if document is not None else None
        if document is None or last is None:
            return False
        planes = document.planes
        self.drop()
        self._job = self._session.runner.new("earlier", lambda _job: _before(planes, last))
        self._job.succeeded.connect(self._on_made)
        self._job.failed.connect(self._session.tell_error)
        self._job.start()
        return True

    def drop(self) -> None:
        """Nobody looks any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_made(self, planes: Planes) -> None:
        if self.sender() is self._job:
            self._job = None
            self.ready.emit(planes)


def _before(planes: Planes, last: Step) -> Planes:
    earlier = planes.cut(whole(planes.labels))
    last.ready().revert(earlier)
    return earlier

"""Notices that the folders of the open images have changed, and looks what is there now."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QFileSystemWatcher, QObject, QTimer, Signal

from segstudio.session.jobs import Job, JobRunner
from segstudio.session.looking import Ground, Outcome, look

MAX_WATCHED = 200
"""Folders that the system is asked to watch; each takes memory and a handle there."""
DEBOUNCE_MS = 700
MINUTE_MS = 60_000
REST = 20
"""A look that took long is not repeated before this many times as long has passed."""
ACTIVATION_MS = 5_000
"""A window that is activated again so soon finds nothing new."""


class Watching(QObject):
    """Looks again some time after a change; also every minute where changes are not told.

    Folders tell of files that come and go, not of those that are written in place: those are
    noticed when the window is activated.
    """

    looked = Signal(object)
    """An `Outcome`."""

    def __init__(
        self, runner: JobRunner, ground: Callable[[], Ground | None], parent: QObject
    ) -> None:
        """Watch whatever `ground` returns; None for nothing."""
        super().__init__(parent)
        self._runner = runner
        self._ground = ground
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_directory_changed)
        self._job: Job | None = None
        self._again = False
        self._took = QElapsedTimer()
        self._rest_ms = DEBOUNCE_MS
        self._since = QElapsedTimer()
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.look_now)
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._minute.timeout.connect(self.look_now)

    @property
    def folders(self) -> list[str]:
        """The folders that the system watches."""
        return self._watcher.directories()

    @property
    def looks_every_minute(self) -> bool:
        """Whether not every change is told by the system."""
        return self._minute.isActive()

    def begin(self) -> None:
        """Turn to other images; the first look comes when they are shown."""
        self.end()
        self._soon.start(DEBOUNCE_MS)

    def end(self) -> None:
        """Stop watching."""
        self._soon.stop()
        self._minute.stop()
        self._again = False
        self._rest_ms = DEBOUNCE_MS
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())

    def look_soon(self) -> None:
        """Look again when the changes have come to rest."""
        if self._job is not None:
            self._again = True
        else:
            self._soon.start(self._rest_ms)

    def window_activated(self) -> None:
        """Look again: the person may come back from another program that changed the files."""
        if not self._since.isValid() or self._since.elapsed() > max(ACTIVATION_MS, self._rest_ms):
            self.look_now()

    def look_now(self) -> None:
        """Look what is there now."""
        self._soon.stop()
        if self._job is not None:
            self._again = True
            return
        ground = self._ground()
        if ground is None:
            return
        self._again = False
        self._took.start()
        job = self._job = self._runner.new("look", lambda job: look(ground, job))
        job.succeeded.connect(self._on_looked)
        job.ended.connect(self._on_ended)
        job.start()

    def _on_directory_changed(self, _path: str) -> None:
        self.look_soon()

    def _on_looked(self, outcome: Outcome) -> None:
        if self.sender() is not self._job:
            return
        self._rest_ms = max(DEBOUNCE_MS, REST * self._took.elapsed())
        self._since.start()
        self._watch(outcome)
        self.looked.emit(outcome)

    def _on_ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._again:
            self.look_soon()

    def _watch(self, outcome: Outcome) -> None:
        wanted = {str(folder) for folder in outcome.watched[:MAX_WATCHED]}
        watched = set(self._watcher.directories())
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        refused = self._watcher.addPaths(sorted(wanted - watched)) if wanted - watched else []
        if refused or len(outcome.watched) > MAX_WATCHED:
            self._minute.start()
        else:
            self._minute.stop()

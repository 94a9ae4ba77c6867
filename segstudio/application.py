"""The desktop program: application, session and window, put together."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from segstudio.core import logs, places
from segstudio.session.crash_marker import CrashMarker
from segstudio.session.notice import Notice
from segstudio.session.session import Session
from segstudio.ui import icons, wiring
from segstudio.ui.theme import Appearance
from segstudio.ui.window import MainWindow

# opencv-python, where it is installed instead of the headless wheel, points Qt at its own plugins.
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_name, None)

GUI_CV_THREADS = 1
"""cv2 works on small parts of the screen here; more threads would take cores from the model."""

SURVIVED_MS = 60_000
"""A run that went on after a crash and lasted so long would go on by itself again."""


class Opener(QObject):
    """Opens the files that macOS hands to a running program."""

    def __init__(self, app: QApplication, session: Session) -> None:
        super().__init__(session)
        self._session = session
        app.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the event that carries a file name."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._session.open([Path(event.file())])
            return True
        return False


class Starter(QObject):
    """Does after the first paint what the first paint must not wait for."""

    def __init__(self, window: MainWindow, session: Session, paths: Sequence[Path]) -> None:
        super().__init__(window)
        self._session = session
        self._paths = list(paths)
        window.first_painted.connect(self._on_first_painted)
        session.segmenting.models_changed.connect(self._on_models)
        self._warmed = False

    def _on_first_painted(self) -> None:
        QTimer.singleShot(0, self._start)

    def _start(self) -> None:
        if self._paths:
            self._session.open(self._paths)
        self._session.segmenting.start_engine()

    def _on_models(self) -> None:
        if not self._warmed and self._session.segmenting.models:
            self._warmed = True
            self._session.segmenting.warm(self._session.options())


class Ending(QObject):
    """Keeps the sign that the program runs up to date, and tells how the last run ended."""

    def __init__(self, window: MainWindow, session: Session, marker: CrashMarker) -> None:
        super().__init__(window)
        self._session = session
        self._marker = marker
        self._tells = False
        session.images_changed.connect(self._on_images)
        session.document_changed.connect(self._on_document)

    def tell_once(self) -> None:
        """Say with the next image that it is there because the last run ended unexpectedly."""
        self._tells = True
        QTimer.singleShot(SURVIVED_MS, self._on_images)  # what is open is not what ended it

    def _on_images(self) -> None:
        self._marker.note(self._session.opened)

    def _on_document(self, document: object) -> None:
        if self._tells and document is not None:
            self._tells = False
            project = self._session.project
            if project is not None and project.ended_badly:
                return  # which is told with what came of it
            text = self.tr("The program ended unexpectedly. This is where you were.")
            self._session.noticed.emit(Notice(text))


def build(argv: Sequence[str]) -> tuple[QApplication, MainWindow]:
    """Build the program and show its window, without entering the event loop.

    Parameters
    ----------
    argv : sequence of str
        Program name, then files and folders to open.
    """
    cv2.setNumThreads(GUI_CV_THREADS)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([argv[0]])
    app.setApplicationName("segstudio")
    app.setDesktopFileName("segstudio")
    session = Session()
    appearance = Appearance(app, session.settings.get("theme"))
    app.setWindowIcon(icons.app_icon())
    window = MainWindow()
    session.setParent(window)
    wiring.connect(window, session, appearance)
    if sys.platform == "darwin":
        Opener(app, session)  # sees every event of the program: only where it is of use
    Starter(window, session, [Path(name) for name in argv[1:]])
    if not window.restore_layout(session.settings.get("window")):
        window.resize(window.screen().availableSize() * 0.9)
        window.showMaximized()
    else:
        window.show()
    return app, window


def run(paths: Sequence[Path] = ()) -> int:
    """Run the program until its window is closed and return its exit code."""
    logs.log_to_file(logs.WINDOW)
    marker = CrashMarker(places.user_folder() / "running")
    left = marker.take_left()
    marker.begin()
    app, window = build([sys.argv[0], *map(str, paths or left)])
    session = window.findChild(Session)
    assert session is not None
    ending = Ending(window, session, marker)
    if left and not paths:
        ending.tell_once()
    window.first_painted.connect(_collect_garbage)
    # Ctrl+C in a terminal: Python sees a signal only when its interpreter runs.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    pulse = QTimer(window, interval=500)
    pulse.timeout.connect(_let_python_run)
    pulse.start()
    code = app.exec()
    marker.end()
    return code


def _collect_garbage() -> None:
    """Let the collector run, but spare it what lasts as long as the program."""
    gc.freeze()
    gc.enable()


def _let_python_run() -> None:
    return

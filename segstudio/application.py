"""The desktop program: first the window, then session and working page, put together."""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from segstudio.core import logs, places
from segstudio.session.settings import Settings
from segstudio.ui import icons
from segstudio.ui.first_moments import FirstMoments
from segstudio.ui.theme import Appearance
from segstudio.ui.turns import Turns
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # None of it is imported before the first paint, which has no use for it.
    from segstudio.session.crash_marker import CrashMarker
    from segstudio.session.session import Session

SWITCH_S = 0.0005
"""After which a thread that computes lets others in; a tenth of Python's own."""

ENGINE_AT_LATEST_MS = 1500
"""After the wish to open images; a huge folder, or one that cannot be opened, takes longer."""

GUI_CV_THREADS = 1
"""cv2 works on small parts of the screen here; more threads would take cores from the model."""

SURVIVED_MS = 60_000
"""A run that went on after a crash and lasted so long would go on by itself again."""

PIECES = (
    "numpy",
    "cv2",
    "segstudio.core.document",
    "segstudio.core.png",
    "segstudio.project.project",
    "segstudio.session.assistant",
    "segstudio.session.session",
    "segstudio.ui.class_wiring",
    "segstudio.ui.batch_wiring",
    "segstudio.ui.class_panel",
    "segstudio.ui.statistics_panel",
    "segstudio.ui.work_page",
    "segstudio.ui.commands",
    "segstudio.ui.wiring",
)
"""What takes long to import, in pieces that a person does not notice while the window is shown."""


class Opener(QObject):
    """Opens the files that macOS hands to a running program."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        app.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the event that carries a file name."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._window.paths_dropped.emit([Path(event.file())])
            return True
        return False


class Starter(QObject):
    """Opens what was asked for, and has the models found and loaded."""

    def __init__(self, window: MainWindow, session: "Session", paths: Sequence[Path]) -> None:
        super().__init__(window)
        self._session = session
        self._paths = list(paths)
        session.segmenting.models_changed.connect(self._on_models)
        self._warmed = False
        self._started = False

    def start(self) -> None:
        """Start both; the first image goes before the models, which take a core for seconds."""
        if not self._paths:
            self._start_engine()
            return
        self._session.document_changed.connect(self._start_engine)
        QTimer.singleShot(ENGINE_AT_LATEST_MS, self._start_engine)
        self._session.open(self._paths)

    def _start_engine(self, _document: object = None) -> None:
        if not self._started:
            self._started = True
            self._session.segmenting.start_engine()

    def _on_models(self) -> None:
        if not self._warmed and self._session.segmenting.models:
            self._warmed = True
            self._session.segmenting.warm(self._session.options())


class Ending(QObject):
    """Keeps the sign that the program runs up to date, and tells how the last run ended."""

    def __init__(self, window: MainWindow, session: "Session", marker: "CrashMarker") -> None:
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
        self._marker.note(self._session.open_images.wanted)

    def _on_document(self, document: object) -> None:
        if self._tells and document is not None:
            self._tells = False
            project = self._session.project
            if project is not None and project.ended_badly:
                return  # which is told with what came of it
            from segstudio.session.notice import Notice

            text = self.tr("The program ended unexpectedly. This is where you were.")
            self._session.noticed.emit(Notice(text))


class Program:
    """The window, shown at once; the rest of the program follows in turns of the event loop.

    Parameters
    ----------
    argv : sequence of str
        Program name, then files and folders to open.
    marks : bool
        Keep the sign that the program runs, and go on where one ended that left its sign.
    """

    def __init__(self, argv: Sequence[str], *, marks: bool = False) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            app = QApplication([argv[0]])
        app.setApplicationName("segstudio")
        app.setDesktopFileName("segstudio")
        self.app = app
        self.settings = Settings()
        self.appearance = Appearance(app, self.settings.get("theme"))
        app.setWindowIcon(icons.app_icon())
        self.window = MainWindow()
        self.settings.setParent(self.window)
        self.marker: CrashMarker | None = None
        self.problem: Exception | None = None
        """Why the rest of the program could not be built."""
        self._unconnected: Session | None = None
        """The session until the wiring is there, which closes it with the window."""
        self._moments = FirstMoments(self.window, self.settings)
        self._turns = Turns(self._rest([Path(name) for name in argv[1:]], marks), self.window)
        self._turns.failed.connect(self._on_failed)
        self.window.closed.connect(self._on_closed)
        if sys.platform == "darwin":
            Opener(app, self.window)  # sees every event of the program: only where it is of use
        self._show()

    def _show(self) -> None:
        window = self.window
        if not window.restore_layout(self.settings.get("window")):
            window.resize(window.screen().availableSize() * 0.9)
            window.showMaximized()
        else:
            window.show()

    def start(self) -> None:
        """Build the rest as soon as the window has been painted."""
        self.window.first_painted.connect(self._turns.start)

    def finish(self) -> None:
        """Build the rest now."""
        self._turns.finish()

    def _rest(self, paths: list[Path], marks: bool) -> Iterator[None]:
        for name in PIECES:
            import_module(name)
            yield
        _keep_cv2_to_itself()
        from segstudio.session.session import Session
        from segstudio.ui import wiring
        from segstudio.ui.held_keys import HeldKeys
        from segstudio.ui.work_page import WorkPage

        window = self.window
        session = self._unconnected = Session(window, self.settings)
        yield
        work = WorkPage(window.actions_by_name, window)
        yield
        work.build_numbers()
        window.add_work_page(work, HeldKeys(window))
        yield
        yield from wiring.connect(window, session, self.appearance)
        self._moments.end()
        self._unconnected = None
        yield
        left = self._put_up_sign(session, paths) if marks else []
        Starter(window, session, paths or left).start()
        window.completed.emit()
        self._moments.fulfil()

    def _put_up_sign(self, session: "Session", paths: list[Path]) -> list[Path]:
        """Tell other programs that this one runs, and return what one had open that broke off."""
        from segstudio.session.crash_marker import CrashMarker

        self.marker = CrashMarker(places.user_folder() / "running")
        left = self.marker.take_left()
        self.marker.begin()
        ending = Ending(self.window, session, self.marker)
        if left and not paths:
            ending.tell_once()
        return left

    def _on_failed(self, problem: Exception) -> None:
        self.problem = problem
        self.app.exit(1)

    def _on_closed(self) -> None:
        self._turns.stop()
        if self._unconnected is not None:
            self._unconnected.close(discard=True)


def build(argv: Sequence[str]) -> tuple[QApplication, MainWindow]:
    """Build the whole program and show its window, without entering the event loop.

    Parameters
    ----------
    argv : sequence of str
        Program name, then files and folders to open.
    """
    program = Program(argv)
    program.finish()
    return program.app, program.window


def run(paths: Sequence[Path] = ()) -> int:
    """Run the program until its window is closed and return its exit code."""
    logs.log_to_file(logs.WINDOW)
    program = Program([sys.argv[0], *map(str, paths)], marks=True)
    program.start()
    window = program.window
    window.completed.connect(partial(keep_lively, window))
    # Ctrl+C in a terminal, and the end of a desktop session: Python sees a signal only when its
    # interpreter runs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.end_at_once())
    pulse = QTimer(window, interval=500)
    pulse.timeout.connect(_let_python_run)
    pulse.start()
    code = program.app.exec()
    if program.problem is not None:
        raise program.problem
    if program.marker is not None:
        program.marker.end()
    return code


def _keep_cv2_to_itself() -> None:
    import cv2

    cv2.setNumThreads(GUI_CV_THREADS)
    # opencv-python, where it is installed instead of the headless wheel, points Qt at its own
    # plugins, also in the programs that are started from here.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(name, None)


def keep_lively(window: MainWindow) -> None:
    """Keep Python itself from holding the window up, once the whole program is there."""
    from segstudio.session.session import Session

    # A paint gives Python's lock away hundreds of times, and waits so long for it each time.
    sys.setswitchinterval(SWITCH_S)
    _collect_garbage()
    session = window.findChild(Session)
    assert session is not None
    for changed in (session.images_changed, session.list_changed, session.records_changed):
        changed.connect(_collect_garbage)


def _collect_garbage() -> None:
    """Let the collector run, but spare it what lasts: a list of 100,000 images takes it 0.1 s."""
    gc.freeze()
    gc.enable()


def _let_python_run() -> None:
    return

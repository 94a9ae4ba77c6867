"""The real window on an image of any size, driven by events and measured from outside."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from segstudio import application
from segstudio.cli.benchmarks import pictures
from segstudio.cli.window import has_display
from segstudio.core.arrays import LabelMap
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region
from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

WINDOW_SIZE = (1920, 1080)
PATIENCE_S = 180.0


@dataclass
class Stage:
    """The window and what stands behind it."""

    app: QApplication
    window: MainWindow
    session: Session
    folder: Path

    def open(self, height: int, width: int) -> None:
        """Open another photo of a size in place of what is open."""
        path = save_photo(self.folder, height, width)
        self.session.open([path])
        wait_until(self.app, lambda: self._shows(path))
        self.settle()

    @property
    def document(self) -> Document:
        """The open document."""
        assert self.session.document is not None
        return self.session.document

    def _shows(self, path: Path) -> bool:
        document = self.session.document
        return document is not None and document.path == path

    def label_everything(self) -> Patch:
        """Give the document labels as a Segment would, as one step, and return its patch."""
        document = self.document
        height, width = document.height, document.width
        self.session.set_classes(pictures.classes())
        patch = whole_patch(document.planes, pictures.label_map(height, width))
        document.confidence = np.full((height, width), 255, np.uint8)
        self.session.pixels_changed.emit(document.do(patch))
        self.session.labels_changed.emit()
        self.settle()
        return patch

    def settle(self, seconds: float = 0.2) -> None:
        """Let the window do what it still has to do."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


@contextmanager
def opened(height: int, width: int) -> Iterator[Stage]:
    """Open the program on a photo of a size, in folders that are removed afterwards."""
    use_platform()
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
        os.environ["SEGSTUDIO_HOME"] = str(Path(folder) / "home")
        path = save_photo(Path(folder), height, width)
        app, window = application.build([sys.argv[0], str(path)])
        window.showNormal()
        window.resize(*WINDOW_SIZE)
        session = window.findChild(Session)
        assert session is not None
        try:
            segmenting = session.segmenting
            # The engine is loaded once: nothing that is measured runs beside that.
            wait_until(app, lambda: session.document is not None and bool(segmenting.device))
            yield Stage(app, window, session, Path(folder))
        finally:
            session.close()
            window.hide()


def save_photo(folder: Path, height: int, width: int) -> Path:
    """Save a photo of a size as a JPEG file."""
    path = folder / f"{width}x{height}.jpg"
    picture = cv2.cvtColor(pictures.photo(height, width), cv2.COLOR_RGB2BGR)
    path.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes())
    return path


def use_platform() -> None:
    """Use the screen where there is one."""
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def wait_until(app: QApplication, condition: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds.

    Raises
    ------
    SegstudioError
        When it does not within a few minutes.
    """
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise SegstudioError("The window did not get ready. See the log for the reason.")
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)


def run_loop(milliseconds: int) -> None:
    """Run an event loop of Qt's own for a time."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def whole_patch(planes: Planes, labels: LabelMap, author: Ink = Ink.MODEL) -> Patch:
    """Return the patch that makes a label map the work of an author."""
    height, width = labels.shape
    after = Planes(labels, np.full(labels.shape, author, np.uint8))
    found = []
    for row, column in Region(0, 0, height, width).blocks(height, width):
        region = block_region(row, column, height, width)
        found.append(difference(region, planes.view(region), after.view(region)))
    patch = assemble((f for f in found if f is not None), Origin("segment", author))
    assert patch is not None
    return patch


def send_mouse(widget: QWidget, kind: QEvent.Type, place: QPointF) -> None:
    """Send a widget an event of the left button, as the system would."""
    moves = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if moves else Qt.MouseButton.LeftButton
    released = kind == QEvent.Type.MouseButtonRelease
    held = Qt.MouseButton.NoButton if released else Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind, place, widget.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def timed_ms(widget: QWidget, kind: QEvent.Type, place: QPointF) -> float:
    """Return milliseconds that an event of the left button takes, with its repaint."""
    started = time.perf_counter()
    send_mouse(widget, kind, place)
    QApplication.processEvents()  # the repaint, and whatever else has come up
    return (time.perf_counter() - started) * 1000


class PaintCounter(QObject):
    """Counts how often a widget is painted: what is measured must reach the screen."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See the events of the widget."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def check_painted(widget: QWidget, act: Callable[[], object]) -> None:
    """Make sure that what an act changes is painted.

    Raises
    ------
    SegstudioError
        When the widget is not on the screen, so that there is nothing to measure.
    """
    run_loop(200)
    counter = PaintCounter(widget)
    act()
    widget.removeEventFilter(counter)
    if not counter.count:
        raise SegstudioError("Nothing is painted on this screen: there is nothing to measure.")

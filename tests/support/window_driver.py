"""The whole window under test, driven by a mouse and a keyboard in image coordinates."""

import math
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.session.session import Session

LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


class Driver:
    """A window with the hands of a person.

    Mouse events go to the native window, as a window system sends them: Qt finds the widget under
    them, sends enter and leave, and knows which buttons are down.
    """

    def __init__(self, window, qtbot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.canvas = window.canvas
        self.session: Session = window.findChild(Session)

    @property
    def document(self):
        return self.session.document

    @property
    def labels(self):
        return self.document.label_map

    @property
    def ink(self):
        return self.document.ink

    @property
    def steps(self):
        return self.document.history.position

    # Waiting

    def until(self, condition, timeout=5000) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=timeout)

    def open(self, *paths) -> None:
        """Open files or folders and wait for the first image."""
        with self.qtbot.waitSignal(self.session.images_changed, timeout=5000):
            self.session.open([Path(path) for path in paths])
        self.settle()

    def show(self, row: int) -> None:
        """Go to another image and wait for it."""
        self.session.show_image(row)
        self.settle()

    def settle(self) -> None:
        """Wait until the image of the current row is shown."""
        session = self.session

        def is_shown():
            return session.document is not None and session.document.path == session.images.path

        self.until(is_shown)

    def saved(self) -> None:
        """Save and wait until nothing is left to write."""
        self.session.save()
        self.until(lambda: not self.session.saver.has_unsaved)

    def segment(self) -> None:
        """Segment and wait for the end."""
        with self.qtbot.waitSignal(self.session.confidence_changed, timeout=5000):
            self.click_button("segment_button")
        self.until(lambda: not self.session.segmenting.is_running)

    # Mouse, in image coordinates

    def place(self, point) -> QPoint:
        """Where a point of the image is in the window."""
        at = self.canvas.camera.to_widget(*point)
        return self.canvas.mapTo(self.window, QPoint(math.floor(at.x()), math.floor(at.y())))

    def press(self, point, modifiers=NONE, button=LEFT) -> None:
        QTest.mousePress(self.window.windowHandle(), button, modifiers, self.place(point))

    def move(self, point) -> None:
        QTest.mouseMove(self.window.windowHandle(), self.place(point))

    def release(self, point, modifiers=NONE, button=LEFT) -> None:
        QTest.mouseRelease(self.window.windowHandle(), button, modifiers, self.place(point))

    def drag(self, *points, modifiers=NONE, button=LEFT) -> None:
        """Press at the first point, move over the others, release at the last."""
        self.move(points[0])
        self.press(points[0], modifiers, button)
        for point in points[1:]:
            self.move(point)
        self.release(points[-1], modifiers, button)

    def click(self, point, modifiers=NONE) -> None:
        self.drag(point, modifiers=modifiers)

    def wheel(self, point, notches=1, modifiers=NONE) -> None:
        local = QPointF(self.canvas.mapFrom(self.window, self.place(point)))
        event = QWheelEvent(
            local,
            self.canvas.mapToGlobal(local),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)

    # Keyboard and widgets

    def key(self, key, modifiers=NONE) -> None:
        """Press and release a key, to whatever has the focus."""
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    def hold(self, key, modifiers=NONE) -> None:
        QTest.keyPress(self.window.windowHandle(), key, modifiers)

    def let_go(self, key, modifiers=NONE) -> None:
        QTest.keyRelease(self.window.windowHandle(), key, modifiers)

    def native_key(self, key, scan_code, text="", modifiers=NONE) -> None:
        """Press and release a key of another keyboard layout on the canvas."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, scan_code, 0, 0, text)
            QApplication.sendEvent(self.canvas, event)

    def action(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def click_button(self, name: str) -> None:
        QTest.mouseClick(self.widget(name), LEFT)

    # What is seen

    def use_classes(self, *names: str) -> None:
        """Take these classes, with the first one active."""
        from segstudio.core.classes import ClassTable

        self.session.set_classes(ClassTable.named(names))

    def brush(self, size=6) -> None:
        """Take the brush with a tip of this size."""
        self.action("tool_brush")
        self.session.editor.set_size(size)

    def colour(self, point) -> QColor:
        """The colour on the screen of a point of the image."""
        shot = self.canvas.grab().toImage()
        at = self.canvas.camera.to_widget(*point)
        return shot.pixelColor(math.floor(at.x()), math.floor(at.y()))

    @property
    def banner(self) -> str:
        """The sentence in the banner; empty when there is none."""
        banner = self.window.frame.banner
        return "" if banner.isHidden() else banner.text()

    @property
    def tag(self) -> str:
        """The words at the cursor; empty when there are none."""
        tag = self.window.frame.tag
        return "" if tag.isHidden() else tag.text()

    @property
    def chips(self) -> set[str]:
        names = (w.objectName() for w in self.window.frame.chips.findChildren(QWidget))
        shown = {c.key for c in self.window.frame.chips._chips}
        return {name.removeprefix("chip_") for name in names if name.startswith("chip_")} & shown

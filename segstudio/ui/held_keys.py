"""Keys that mean something while they are held, and keys by their place on the keyboard."""

import sys

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

PEEK_MS = 200
"""V held longer than this peeks, shorter switches the overlay."""

_TEXT_FIELDS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QComboBox)

_KINDS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.WindowDeactivate,
    }
)

_SIGNS = {Qt.Key.Key_Space: "space_held", Qt.Key.Key_J: "earlier_held"}
"""Keys that count from press to release, and the signals that say so."""

_DIGIT_CODES: dict[str, dict[int, int]] = {
    # X11 and Wayland number the keys from 10 (evdev + 8), Windows by scan code, macOS by its own.
    "linux": {10 + i: i + 1 for i in range(9)} | {19: 0},
    "win32": {2 + i: i + 1 for i in range(9)} | {11: 0},
    "darwin": dict(zip((18, 19, 20, 21, 23, 22, 26, 28, 25, 29), (*range(1, 10), 0), strict=True)),
}


class HeldKeys(QObject):
    """Watches the keys of one window; text fields and dialogs keep theirs."""

    space_held = Signal(bool)
    earlier_held = Signal(bool)
    """J is held: the labels before the last step show until it comes up."""
    peeked = Signal(bool)
    """V is held: labels hide until it comes up."""
    peek_tapped = Signal()
    digit_pressed = Signal(int, bool)
    """0 to 9, and whether Ctrl was held; by the key's place, so that AZERTY needs no Shift."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._held = dict.fromkeys(_SIGNS, False)
        self._peeking = False
        self._timer = QTimer(self, singleShot=True, interval=PEEK_MS)
        self._timer.timeout.connect(self._start_peek)
        # Not before the event loop runs: thousands of events go by that only build the window.
        QTimer.singleShot(0, self._watch)

    def _watch(self) -> None:
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in _KINDS:
            return False
        if kind == QEvent.Type.WindowDeactivate:
            self._let_go()
            return False
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if kind == QEvent.Type.KeyRelease and self._is_held(event.key()):
            # Also where a text field has the focus by now: nobody else hears of it.
            return self._released(event)
        if not self._is_ours(watched) or kind == QEvent.Type.KeyRelease:
            return False
        if _ctrl_letter_in_a_drag(event):
            event.accept()
            return True
        return self._pressed(event)

    def _is_held(self, key: int) -> bool:
        if key in self._held:
            return self._held[Qt.Key(key)]
        return key == Qt.Key.Key_V and (self._timer.isActive() or self._peeking)

    def _is_ours(self, watched: QWidget) -> bool:
        if watched.window() is not self._window:
            return False
        return not isinstance(QApplication.focusWidget(), _TEXT_FIELDS)

    def _pressed(self, event: QKeyEvent) -> bool:
        keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        override = event.type() == QEvent.Type.ShortcutOverride
        if event.key() in self._held and not keys:
            if not override and not event.isAutoRepeat():
                self._hold(Qt.Key(event.key()), True)
            event.accept()
            return True
        if event.key() == Qt.Key.Key_V and not keys:
            if not override and not event.isAutoRepeat():
                self._timer.start()
            event.accept()
            return True
        return self._pressed_digit(event, keys, override=override)

    def _pressed_digit(
        self, event: QKeyEvent, keys: Qt.KeyboardModifier, *, override: bool
    ) -> bool:
        digit = _digit(event)
        ctrl = keys == Qt.KeyboardModifier.ControlModifier
        if digit is None or (keys and not ctrl) or (ctrl and digit == 0):
            return False
        if not override and not event.isAutoRepeat():
            self.digit_pressed.emit(digit, ctrl)
        event.accept()
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return True
        if event.key() in self._held:
            self._hold(Qt.Key(event.key()), False)
        else:
            if self._timer.isActive():
                self._timer.stop()
                self.peek_tapped.emit()
            self._end_peek()
        return True

    def _hold(self, key: Qt.Key, held: bool) -> None:
        if held != self._held[key]:
            self._held[key] = held
            getattr(self, _SIGNS[key]).emit(held)

    def _start_peek(self) -> None:
        self._peeking = True
        self.peeked.emit(True)

    def _end_peek(self) -> None:
        if self._peeking:
            self._peeking = False
            self.peeked.emit(False)

    def _let_go(self) -> None:
        """Another window has the keyboard now: no release will come."""
        self._timer.stop()
        self._end_peek()
        for key in self._held:
            self._hold(key, False)


def _digit(event: QKeyEvent) -> int | None:
    platform = "linux" if sys.platform.startswith("linux") else sys.platform
    by_place = _DIGIT_CODES.get(platform, {}).get(event.nativeScanCode())
    if by_place is not None:
        return by_place
    if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
        return int(event.key()) - int(Qt.Key.Key_0)
    return None


def _ctrl_letter_in_a_drag(event: QKeyEvent) -> bool:
    """Ctrl erases in a stroke, and Ctrl+Q lies next to it: such keys do nothing then."""
    ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
    return ctrl and letter and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton

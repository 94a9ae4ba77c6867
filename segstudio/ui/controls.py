"""Small parts that the bars, panels and dialogs share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from segstudio.ui import icons, theme

Named = TypeVar("Named", bound=QWidget)


def named(widget: Named, object_name: str, accessible_name: str, tip: str = "") -> Named:
    """Give a widget the names that tests and screen readers find it by."""
    widget.setObjectName(object_name)
    widget.setAccessibleName(accessible_name)
    if tip:
        widget.setToolTip(tip)
    return widget


def text_label(text: str, role: str, parent: QWidget | None = None) -> QLabel:
    """Return a label in one of the style sheet's roles."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def icon_button(
    name: str,
    object_name: str,
    accessible_name: str,
    tip: str,
    *,
    side: int = 28,
    size: int = 20,
    kind: type[QToolButton] = QToolButton,
) -> QToolButton:
    """Return a square button with an icon, left out of the Tab order of bars."""
    button = named(kind(), object_name, accessible_name, tip)
    button.setIcon(icons.icon(name))
    button.setIconSize(QSize(size, size))
    button.setFixedSize(side, side)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def link_button(text: str, object_name: str, accessible_name: str = "") -> QPushButton:
    """Return a button that looks like a word in the text."""
    button = named(QPushButton(text), object_name, accessible_name or text)
    button.setProperty("link", True)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def rule(*, vertical: bool = False) -> QFrame:
    """Return a dividing line of one pixel."""
    line = QFrame()
    line.setProperty("rule", True)
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def side_by_side(*parts: QWidget) -> QWidget:
    """Return a widget that holds others in a row and takes no more room than they do."""
    group = QWidget()
    group.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GAP)
    for part in parts:
        row.addWidget(part)
    return group


class Combo(QComboBox):
    """A drop-down list with the family's own chevron."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        role = "text" if self.isEnabled() else "disabled"
        icons.draw(painter, "chevron-down", QRectF(self.width() - 20, 0, 14, self.height()), role)
        painter.end()


class NumberField(QSpinBox):
    """A number with its unit; Enter and Esc give the focus back."""

    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # The style sheet hides the buttons: NoButtons would leave the text no room under one.
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().setTextMargins(0, 0, 4, 0)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaving = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if event.key() not in leaving:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.setValue(self.value())
            self.lineEdit().setText(self.textFromValue(self.value()) + self.suffix())
        else:
            self.interpretText()
        event.accept()
        self.focus_returned.emit()


class ElidedLabel(QLabel):
    """A line of text that gives way: it is cut with an ellipsis, the whole is in the tooltip."""

    def __init__(self, text: str = "", role: str = "secondary") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""
        self.set_text(text)

    def whole_text(self) -> str:
        return self._whole

    def set_text(self, text: str) -> None:
        if text == self._whole:
            return
        self._whole = text
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(0, self.width())
        )
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


@dataclass(frozen=True)
class Segment:
    """One choice of a segmented control."""

    key: str
    text: str
    icon: str = ""
    tip: str = ""


class Segmented(QFrame):
    """A row of buttons of which one is chosen."""

    chosen = Signal(str)

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        segments: Sequence[Segment],
        *,
        height: int = 28,
        width: int = 0,
        takes_focus: bool = False,
    ) -> None:
        super().__init__()
        named(self, object_name, accessible_name)
        self.setProperty("segments", True)
        self.setFixedHeight(height)
        self._value = ""
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for segment in segments:
            button = self._button(segment, height, width)
            if takes_focus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self._group.buttonClicked.connect(self._on_clicked)

    def _button(self, segment: Segment, height: int, width: int) -> QToolButton:
        tip = f"{segment.text}\n{segment.tip}" if segment.tip else segment.text
        button = icon_button(
            segment.icon or "close",
            f"{self.objectName()}_{segment.key}",
            f"{self.accessibleName()}: {segment.text}",
            tip,
        )
        if not segment.icon:
            button.setIcon(QIcon())
            button.setText(segment.text)
        button.setMinimumWidth(0)
        button.setMaximumWidth(16777215)
        if width:
            button.setFixedWidth(width)
        else:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFixedHeight(height - 2)
        button.setCheckable(True)
        self._group.addButton(button)
        self._buttons[segment.key] = button
        return button

    @property
    def value(self) -> str:
        return self._value

    def button(self, key: str) -> QToolButton:
        return self._buttons[key]

    def set_value(self, key: str) -> None:
        if key == self._value or key not in self._buttons:
            return
        self._value = key
        self._buttons[key].setChecked(True)

    def _on_clicked(self, button: QToolButton) -> None:
        key = next(k for k, b in self._buttons.items() if b is button)
        if key != self._value:
            self._value = key
            self.chosen.emit(key)


class BarFocus(QObject):
    """Keyboard travel inside a bar: F6 brings the focus in, arrows move it, Esc gives it back."""

    focus_returned = Signal()

    _STEPS: ClassVar[dict[Qt.Key, int]] = {
        Qt.Key.Key_Right: 1,
        Qt.Key.Key_Down: 1,
        Qt.Key.Key_Left: -1,
        Qt.Key.Key_Up: -1,
    }

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        for child in bar.findChildren(QWidget):
            if isinstance(child, QAbstractButton):
                child.installEventFilter(self)

    def take_focus(self) -> None:
        """Give the focus to the first button of the bar."""
        stops = self._stops()
        if stops:
            stops[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        key = event.key()  # type: ignore[attr-defined]
        ours = key in self._STEPS or key in (Qt.Key.Key_Escape, Qt.Key.Key_Return)
        if not ours or watched is not QApplication.focusWidget():
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if key == Qt.Key.Key_Escape:
            self.focus_returned.emit()
        elif key == Qt.Key.Key_Return:
            watched.click()  # type: ignore[attr-defined]
        else:
            self._move(watched, self._STEPS[Qt.Key(key)])
        return True

    def _move(self, button: QObject, step: int) -> None:
        stops = self._stops()
        if button in stops:
            following = stops[(stops.index(button) + step) % len(stops)]
            following.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _stops(self) -> list[QWidget]:
        return [
            child
            for child in self._bar.findChildren(QWidget)
            if isinstance(child, QAbstractButton)
            and child.isVisibleTo(self._bar)
            and child.isEnabled()
        ]


def first_line_tip(name: str, key: str, line: str) -> str:
    """Return a tooltip: the name with its key, and one line of what it does."""
    head = f"{name} ({key})" if key else name
    return f"{head}\n{line}" if line else head

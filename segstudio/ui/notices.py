"""What the program says over the canvas: banner, toast, chips of states, a tag at the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from segstudio.ui import icons, theme
from segstudio.ui.controls import ElidedLabel, icon_button, link_button, named

BANNER_HEIGHT = 36
TOAST_MS = 4000
_TAG_MS = 1800
_ICON_PX = 16
_TONE_ICONS = {"warning": "warning", "danger": "warning", "plain": "info"}
_TONE_ROLES = {"warning": "warning", "danger": "danger", "plain": "second"}


@dataclass(frozen=True)
class Chip:
    """A state that is not the usual one; a click on its chip ends it."""

    key: str
    text: str
    tip: str = ""


class _ToneMark(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tone = "plain"
        self.setFixedSize(_ICON_PX, _ICON_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        icons.draw(painter, _TONE_ICONS[self.tone], QRectF(self.rect()), _TONE_ROLES[self.tone])
        painter.end()


class Banner(QFrame):
    """One sentence at the top of the canvas, at most two text buttons, and a cross."""

    action_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "banner", self.tr("Message"))
        self.setProperty("notice", True)
        self.setFixedHeight(BANNER_HEIGHT)
        self._mark = _ToneMark(self)
        self._text = ElidedLabel("", "")
        self._actions = [link_button("", f"banner_action_{at}", "Action") for at in (1, 2)]
        self._close = icon_button(
            "close",
            "banner_close",
            self.tr("Close the message"),
            self.tr("Close\nThe message stays in Help > Log."),
            side=24,
            size=14,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 6, 0)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        for part in (*self._actions, self._close):
            row.addWidget(part)
        for button in self._actions:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._on_action_clicked)
        self._close.clicked.connect(self.dismiss)
        self.hide()

    def tell(
        self, text: str, actions: Sequence[tuple[str, str]] = (), *, tone: str = "plain"
    ) -> None:
        """Show a sentence; `actions` are pairs of name and text, `tone` plain, warning, danger."""
        assert len(actions) <= len(self._actions)
        self._text.set_text(text)
        self.setAccessibleDescription(text)
        self._mark.tone = tone
        theme.restyle(self, "tone", tone)
        for button in self._actions:
            button.hide()
        for button, (key, words) in zip(self._actions, actions, strict=False):
            button.setText(words)
            button.setAccessibleName(words)
            button.setProperty("key", key)
            button.show()
        self.show()
        self.raise_()

    def text(self) -> str:
        return self._text.whole_text()

    def wanted_width(self) -> int:
        """Return the width at which the sentence is whole."""
        words = self._text.fontMetrics().horizontalAdvance(self.text())
        buttons = sum(b.sizeHint().width() + 8 for b in self._actions if not b.isHidden())
        return words + buttons + 96

    def dismiss(self) -> None:
        """Take the banner away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _on_action_clicked(self) -> None:
        key = str(self.sender().property("key"))
        self.hide()
        self.action_requested.emit(key)


class Toast(QFrame):
    """A remark at the lower left that goes by itself."""

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "toast", self.tr("Remark"))
        self.setProperty("notice", True)
        self.setFixedHeight(BANNER_HEIGHT)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._action = link_button("", "toast_action", "Action")
        self._action.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self._text)
        row.addWidget(self._action)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TOAST_MS)
        self._timer.timeout.connect(self.hide)
        self._action.clicked.connect(self._on_action_clicked)
        self.hide()

    def tell(self, text: str, action: tuple[str, str] | None = None) -> None:
        """Show a remark, with one text button where it fits."""
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self._action.setVisible(action is not None)
        if action:
            self._action.setProperty("key", action[0])
            self._action.setText(action[1])
            self._action.setAccessibleName(action[1])
        self.adjustSize()
        self.show()
        self.raise_()
        self._timer.start()

    def text(self) -> str:
        return self._text.text()

    def _on_action_clicked(self) -> None:
        self.hide()
        self.action_requested.emit(str(self._action.property("key")))


class Chips(QWidget):
    """The states that are not the usual ones, side by side."""

    chip_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "chips", self.tr("States"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._chips: tuple[Chip, ...] = ()
        self._asking: Chip | None = None
        self._buttons: list[QPushButton] = []
        self.hide()

    def set_chips(self, chips: Sequence[Chip]) -> None:
        self._show([chip for chip in chips if chip != self._asking])

    def ask(self, chip: Chip | None) -> None:
        """Show, before the others, what the next click on the image will answer."""
        others = [other for other in self._chips if other != self._asking]
        self._asking = chip
        self._show(others)

    def _show(self, others: Sequence[Chip]) -> None:
        chips = (*([self._asking] if self._asking else []), *others)
        if chips == self._chips:
            return
        self._chips = chips
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(chip) for chip in chips]
        for button in self._buttons:
            self._row.addWidget(button)
        self.setVisible(bool(chips))
        self.adjustSize()

    def _button(self, chip: Chip) -> QPushButton:
        button = named(QPushButton(f"{chip.text}  ×", self), f"chip_{chip.key}", chip.text)
        button.setProperty("chip", True)
        button.setProperty("tone", "warning")
        button.setToolTip(chip.tip or self.tr("{text}\nClick to end it.").format(text=chip.text))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self.chip_clicked.emit, chip.key))
        return button


class CursorTag(QLabel):
    """A few words beside the cursor, such as why a stroke painted nothing."""

    _OFFSET = QPoint(14, 14)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cursor_tag")
        self.setProperty("tag", True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TAG_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, position: QPoint, text: str, *, stays: bool = False) -> None:
        """Show a text beside a point of the parent; it goes by itself unless it `stays`."""
        if text != self.text():
            self.setText(text)
            self.adjustSize()
        corner = position + self._OFFSET
        place = self.parentWidget()
        assert place is not None
        room = place.size() - self.size()
        self.move(min(corner.x(), room.width()), min(corner.y(), room.height()))
        self.show()
        self.raise_()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

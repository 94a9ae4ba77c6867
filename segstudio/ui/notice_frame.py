"""The place of the canvas, with the notices over it."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from segstudio.ui import theme
from segstudio.ui.notices import BANNER_HEIGHT, Banner, Chips, CursorTag, Toast
from segstudio.ui.pending_bar import PendingBar

_MARGIN_PX = 12
_WIDEST_BANNER_PX = 900
_PROGRESS_PX = 2


class ProgressLine(QWidget):
    """A thin line along the top edge while a job runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_line")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._fraction = 0.0
        self.hide()

    def set_fraction(self, fraction: float | None) -> None:
        """Show how much is done, 0 to 1; None takes the line away."""
        self.setVisible(fraction is not None)
        if fraction is not None and fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        colours = theme.current()
        painter.fillRect(self.rect(), colours.of("line"))
        # A job that has just begun shows a beginning: an empty line would look like none.
        done = max(24, round(self.width() * min(1.0, self._fraction)))
        painter.fillRect(QRect(0, 0, done, self.height()), colours.of("accent"))
        painter.end()


class CanvasFrame(QWidget):
    """Fills itself with the canvas and keeps the notices in their corners."""

    def __init__(self, canvas: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_frame")
        self._canvas = canvas
        canvas.setParent(self)
        self.progress = ProgressLine(self)
        self.banner = Banner(self)
        self.toast = Toast(self)
        self.chips = Chips(self)
        self.tag = CursorTag(self)
        self.pending = PendingBar(self)
        self._panels: list[QWidget] = []
        for notice in (self.banner, self.toast, self.chips, self.pending):
            notice.installEventFilter(self)
            notice.setCursor(Qt.CursorShape.ArrowCursor)

    def add_panel(self, panel: QWidget) -> None:
        """Keep a panel in the upper right corner, under the banner."""
        self._panels.append(panel)
        panel.installEventFilter(self)
        panel.setCursor(Qt.CursorShape.ArrowCursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._canvas.setGeometry(self.rect())
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moving = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)
        if event.type() in moving:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width, height = self.width(), self.height()
        self.progress.setGeometry(0, 0, width, _PROGRESS_PX)
        room = max(0, width - 2 * _MARGIN_PX)
        wide = min(room, _WIDEST_BANNER_PX, self.banner.wanted_width())
        self.banner.setGeometry((width - wide) // 2, _MARGIN_PX, wide, BANNER_HEIGHT)
        top = _MARGIN_PX
        if not self.banner.isHidden():
            top += BANNER_HEIGHT + 8
        for panel in self._panels:
            panel.move(width - _MARGIN_PX - panel.width(), top)
        chips = self.chips.sizeHint()
        self.chips.setGeometry(
            _MARGIN_PX,
            height - _MARGIN_PX - chips.height(),
            min(room, chips.width()),
            chips.height(),
        )
        pending = min(room, self.pending.sizeHint().width())
        left = (width - pending) // 2
        top = height - _MARGIN_PX - BANNER_HEIGHT
        if not self.chips.isHidden() and left < _MARGIN_PX + self.chips.width() + 8:
            top -= chips.height() + 8
        self.pending.setGeometry(left, top, pending, BANNER_HEIGHT)
        raised_by = chips.height() + 8 if not self.chips.isHidden() else 0
        toast = self.toast.sizeHint()
        top = height - _MARGIN_PX - raised_by - BANNER_HEIGHT
        self.toast.setGeometry(_MARGIN_PX, top, min(room, toast.width()), BANNER_HEIGHT)

"""The line of three hints on the start page."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segstudio.ui import icons, theme

STEPS = ("Segment", "Correct with the brush", "Export")


class StepLine(QWidget):
    """Three numbered steps; those once done have a tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steps")
        self._done: set[int] = set()
        self.setFixedHeight(24)

    def set_done(self, done: set[int]) -> None:
        self._done = set(done)
        steps = ", ".join(self.tr(STEPS[at - 1]) for at in sorted(self._done))
        self.setAccessibleDescription(self.tr("Done once: {steps}").format(steps=steps))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.BODY_PX))
        left = 0
        for number, title in enumerate(STEPS, start=1):
            circle = QRect(left, 3, 18, 18)
            is_done = number in self._done
            if is_done:
                icons.draw(painter, "state-done", circle.toRectF(), "success")
            else:
                painter.setPen(QPen(colours.of("border"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(circle.toRectF().adjusted(0.5, 0.5, -0.5, -0.5))
                painter.setPen(colours.of("second"))
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number))
            painter.setPen(colours.of("second" if is_done else "text"))
            words = self.tr(title)
            width = painter.fontMetrics().horizontalAdvance(words)
            room = QRect(left + 26, 0, width + 4, 24)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
            left += 26 + width + 32
        painter.end()

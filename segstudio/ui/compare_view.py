"""One image with the labels of two models, parted by a line that can be moved."""

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.comparison import reduced_size
from segstudio.session.comparing import Side
from segstudio.ui import theme
from segstudio.ui.controls import named
from segstudio.ui.screen_picture import looked_up, premultiplied

_OPACITY = 140
_STEP, _LARGE_STEP = 0.01, 0.1
_HANDLE_RADIUS = 11.0


class CompareView(QWidget):
    """Shows the left model's labels left of the line, the right one's right of it."""

    divider_moved = Signal(float)
    """Where the line is, 0 at the left to 1 at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "compare_view",
            self.tr("Comparison"),
            self.tr("Comparison\nDrag the line, or move it with the arrow keys."),
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setMinimumSize(240, 160)
        self._picture = QImage()
        self._overlays: dict[str, QImage] = {}
        self._words: dict[str, str] = {}
        self._divider = 0.5

    @property
    def divider(self) -> float:
        """Where the line is, 0 at the left to 1 at the right."""
        return self._divider

    def set_divider(self, share: float) -> None:
        """Move the line."""
        share = min(max(share, 0.0), 1.0)
        if share != self._divider:
            self._divider = share
            self.divider_moved.emit(share)
            self.update()

    def set_image(self, image: Image) -> None:
        """Show another image, without labels."""
        self._overlays.clear()
        height, width = reduced_size(*image.shape[:2])
        if (height, width) != image.shape[:2]:
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
            image = np.asarray(small, np.uint8)
        image = np.ascontiguousarray(image)
        self._picture = QImage(
            image.data, width, height, 3 * width, QImage.Format.Format_RGB888
        ).copy()
        self.update()

    def set_labels(self, side: Side, label_map: LabelMap | None, classes: ClassTable) -> None:
        """Show the labels of one side, (H, W) uint8 at the size of the picture; None for none."""
        self._overlays.pop(side, None)
        if label_map is not None:
            height, width = label_map.shape
            alpha = np.zeros(256, np.int64)
            alpha[[entry.index for entry in classes]] = _OPACITY
            colours = premultiplied(classes.colour_table(), alpha)
            pixels = looked_up(colours, label_map)
            self._overlays[side] = QImage(
                pixels.data,
                width,
                height,
                4 * width,
                QImage.Format.Format_ARGB32_Premultiplied,
            ).copy()
        self.update()

    def set_words(self, side: Side, words: str) -> None:
        """Say what is shown on one side, in its upper corner."""
        self._words[side] = words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().of("canvas"))
        if self._picture.isNull():
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target = self._target()
        painter.drawImage(target, self._picture)
        line = target.left() + self._divider * target.width()
        halves = {
            Side.LEFT: QRectF(target.left(), target.top(), line - target.left(), target.height()),
            Side.RIGHT: QRectF(line, target.top(), target.right() - line, target.height()),
        }
        for side, half in halves.items():
            if side in self._overlays and half.width() > 0:
                painter.setClipRect(half)
                painter.drawImage(target, self._overlays[side])
                painter.setClipping(False)
        self._draw_line(painter, target, line)
        for side in Side:
            self._draw_words(painter, target, side)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_large = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = _LARGE_STEP if is_large else _STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.set_divider(self._divider - step)
            case Qt.Key.Key_Right:
                self.set_divider(self._divider + step)
            case Qt.Key.Key_Home:
                self.set_divider(0.0)
            case Qt.Key.Key_End:
                self.set_divider(1.0)
            case _:
                super().keyPressEvent(event)

    def _move_to(self, place: QPointF) -> None:
        target = self._target()
        if target.width() > 0:
            self.set_divider((place.x() - target.left()) / target.width())

    def _target(self) -> QRectF:
        """Return where the image is drawn: whole, in the middle, at most at its own size x 2."""
        if self._picture.isNull():
            return QRectF()
        width, height = self._picture.width(), self._picture.height()
        scale = min(self.width() / width, self.height() / height, 2.0)
        size = width * scale, height * scale
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def _draw_line(self, painter: QPainter, target: QRectF, line: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(line - 2, target.top(), 4, target.height()), QColor(0, 0, 0, 150))
        painter.fillRect(QRectF(line - 1, target.top(), 2, target.height()), QColor("white"))
        middle = QPointF(line, target.center().y())
        painter.setPen(QColor(0, 0, 0, 150))
        painter.setBrush(QColor("white"))
        painter.drawEllipse(middle, _HANDLE_RADIUS, _HANDLE_RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(theme.current().of("accent"), 3))
            painter.drawEllipse(middle, _HANDLE_RADIUS, _HANDLE_RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(40, 40, 40))
        for sign in (-1, 1):
            tip = QPointF(middle.x() + sign * 7, middle.y())
            base = middle.x() + sign * 3
            painter.drawPolygon([tip, QPointF(base, middle.y() - 4), QPointF(base, middle.y() + 4)])

    def _draw_words(self, painter: QPainter, target: QRectF, side: Side) -> None:
        words = self._words.get(side, "")
        if not words:
            return
        painter.setFont(theme.font(theme.SECONDARY_PX, semibold=True))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(target.width() / 2) - 28)
        width = metrics.horizontalAdvance(text) + 16
        left = target.left() + 6 if side == Side.LEFT else target.right() - width - 6
        chip = QRectF(left, target.top() + 6, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(chip, theme.RADIUS, theme.RADIUS)
        painter.setPen(QColor("white"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

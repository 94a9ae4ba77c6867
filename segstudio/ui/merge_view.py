"""Two label maps of one image: side by side, or with a divider between them."""

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.arrays import Image, Mask
from segstudio.session.merging import MergePicture
from segstudio.ui import theme
from segstudio.ui.controls import named

_GAP, _CAPTION, _KNOB = 8, 22, 6
_STEP = 0.05
"""How far an arrow key moves the divider."""

_LINE, _CASING = 0xFFFFFFFF, 0xC0000000


class MergeView(QWidget):
    """Shows both versions with an outline around what differs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "merge_view",
            self.tr("Both versions"),
            self.tr("Both versions\nWhat differs is outlined. With the divider: drag it."),
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._picture: MergePicture | None = None
        self._mine = QImage()
        self._theirs = QImage()
        self._outlines: dict[tuple[int, int], QImage] = {}
        self._has_divider = False
        self._divider = 0.5

    def picture_name(self) -> str:
        """Return the name of the image that is shown; empty while there is none."""
        return self._picture.name if self._picture is not None else ""

    def divider(self) -> float:
        """Where the divider stands, 0 to 1 from the left."""
        return self._divider

    def set_picture(self, picture: MergePicture | None) -> None:
        if picture is self._picture:
            return
        self._picture = picture
        self._mine = to_qimage(picture.mine) if picture is not None else QImage()
        self._theirs = to_qimage(picture.theirs) if picture is not None else QImage()
        self._outlines.clear()
        self.update()

    def set_divided(self, divided: bool) -> None:
        if divided != self._has_divider:
            self._has_divider = divided
            self.setCursor(Qt.CursorShape.SplitHCursor if divided else Qt.CursorShape.ArrowCursor)
            self.update()

    def set_divider(self, place: float) -> None:
        self._divider = min(max(place, 0.0), 1.0)
        self.update()

    # Painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().of("canvas"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is None:
            painter.setPen(theme.current().of("second"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Reading…"))
        elif self._has_divider:
            self._paint_divided(painter)
        else:
            self._paint_both(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.current().of("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_both(self, painter: QPainter) -> None:
        names, images = (self.tr("Mine"), self.tr("Theirs")), (self._mine, self._theirs)
        for name, image, pane in zip(names, images, self._panes(), strict=True):
            room = self._fitted(pane.adjusted(0, _CAPTION, 0, 0))
            painter.drawImage(room, image)
            painter.drawImage(room, self._outline(room.size()))
            self._caption(painter, name, QRect(room.left(), room.top() - _CAPTION, 0, _CAPTION))

    def _paint_divided(self, painter: QPainter) -> None:
        room = self._divided_room()
        at = self._divider_x()
        for image, left, right in (
            (self._mine, room.left(), at),
            (self._theirs, at, room.right() + 1),
        ):
            painter.setClipRect(QRect(left, room.top(), right - left, room.height()))
            painter.drawImage(room, image)
        painter.setClipping(False)
        painter.drawImage(room, self._outline(room.size()))
        painter.fillRect(QRectF(at - 1.5, room.top(), 3, room.height()), Qt.GlobalColor.black)
        painter.fillRect(QRectF(at - 0.5, room.top(), 1, room.height()), Qt.GlobalColor.white)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.black, 1.5))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(QPointF(at, room.center().y()), _KNOB, _KNOB)
        above = QRect(room.left(), room.top() - _CAPTION, room.width(), _CAPTION)
        self._caption(painter, self.tr("Mine"), above)
        self._caption(painter, self.tr("Theirs"), above, Qt.AlignmentFlag.AlignRight)

    def _caption(
        self,
        painter: QPainter,
        text: str,
        room: QRect,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setPen(theme.current().of("text"))
        painter.setFont(theme.font(theme.SECONDARY_PX, semibold=True))
        wide = room if room.width() else QRect(room.left(), room.top(), 200, room.height())
        painter.drawText(wide, Qt.AlignmentFlag.AlignVCenter | side, text)

    def _panes(self) -> tuple[QRect, QRect]:
        """Return the places of both versions, beside or above each other: the larger way."""
        inner = self.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        wide, high = (inner.width() - _GAP) // 2, (inner.height() - _GAP) // 2
        beside = QRect(inner.left(), inner.top(), wide, inner.height())
        above = QRect(inner.left(), inner.top(), inner.width(), high)
        if self._shown_width(above) > self._shown_width(beside):
            return above, above.translated(0, high + _GAP)
        return beside, beside.translated(wide + _GAP, 0)

    def _shown_width(self, pane: QRect) -> int:
        return self._fitted(pane.adjusted(0, _CAPTION, 0, 0)).width()

    def _divided_room(self) -> QRect:
        return self._fitted(self.rect().adjusted(_GAP, _GAP + _CAPTION, -_GAP, -_GAP))

    def _divider_x(self) -> int:
        room = self._divided_room()
        return round(room.left() + self._divider * room.width())

    def _fitted(self, room: QRect) -> QRect:
        size = self._mine.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        fitted = QRect(room.topLeft(), size)
        fitted.moveCenter(room.center())
        return fitted

    def _outline(self, size: QSize) -> QImage:
        """Return the outline of what differs at the size in which it is shown."""
        assert self._picture is not None
        ratio = self.devicePixelRatioF()
        pixels = round(size.width() * ratio), round(size.height() * ratio)
        if pixels not in self._outlines:
            self._outlines[pixels] = outline(self._picture.differs, pixels, round(ratio))
        return self._outlines[pixels]

    # Hand ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._has_divider and event.button() == Qt.MouseButton.LeftButton:
            self._drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._has_divider and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._has_divider:
            super().keyPressEvent(event)
        else:
            self.set_divider(self._divider + step)

    def _drag_to(self, place: QPointF) -> None:
        room = self._divided_room()
        if room.width() > 0:
            self.set_divider((place.x() - room.left()) / room.width())


def to_qimage(pixels: Image) -> QImage:
    """Return an RGB array as a picture with memory of its own."""
    held = np.ascontiguousarray(pixels)
    height, width = held.shape[:2]
    return QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def outline(differs: Mask, size: tuple[int, int], width: int) -> QImage:
    """Return a white line with a dark edge around what differs, of `size` (width, height)."""
    shares = cv2.resize(differs.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    inside = (shares > 0).astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    line = cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, cross, iterations=max(1, width))
    casing = cv2.dilate(line, cross, iterations=max(1, width))
    pixels = np.where(casing > 0, np.uint32(_CASING), np.uint32(0))
    pixels[line > 0] = _LINE
    pixels = np.ascontiguousarray(pixels)
    image = QImage(pixels.data, size[0], size[1], 4 * size[0], QImage.Format.Format_ARGB32)
    return image.copy()

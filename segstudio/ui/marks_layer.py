"""What the active tool draws over the image: lines, corners, chosen pixels, a few words."""

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPolygonF,
)

from segstudio.editing.marks import Area, Dots, Mark, Path, Words
from segstudio.ui import theme
from segstudio.ui.camera import Camera
from segstudio.ui.sampling import sampled
from segstudio.ui.screen_picture import looked_up

_LINE_PX, _CASING_PX = 1.5, 3.5
_DOT_PX, _LARGE_DOT_PX = 3.5, 6.0
_MARGIN_PX = 8
_TINT, _LINE_ALPHA = 96, 255
_CASING = QColor(0, 0, 0, 178)
_OPPOSITE = QColor(255, 255, 255)
_WORDS_OFFSET_PX = QPointF(16, -12)
_WORDS_PADDING_PX = 5
_WORDS_WIDEST_PX = 160


class MarksLayer:
    """Draws the marks of a tool; lines keep their width on the screen at any zoom."""

    def __init__(self) -> None:
        self.marks: Sequence[Mark] = ()
        self._polygons: WeakKeyDictionary[Path | Dots, QPolygonF] = WeakKeyDictionary()
        """Points of marks, in image coordinates: they are made once and drawn often."""
        self.colour = _OPPOSITE
        """The class colour; what takes away is drawn in white."""

    def bounds(self, marks: Iterable[Mark], camera: Camera) -> list[QRect]:
        """Return what has to be painted anew when these marks come or go."""
        return [self._bounds(mark, camera) for mark in marks]

    def paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        """Draw the marks in an exposed part of the widget."""
        if not self.marks:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        seen = [mark for mark in self.marks if self._bounds(mark, camera).intersects(exposed)]
        for mark in seen:
            # All that lies below first: the casing of a line never covers the line it goes on from.
            match mark:
                case Area():
                    self._paint_area(painter, mark, exposed, camera, ratio)
                case Path() if not mark.width_px:
                    painter.setPen(_pen(_CASING, _CASING_PX))
                    self._draw_line(painter, mark, camera)
        for mark in seen:
            match mark:
                case Path():
                    self._paint_path(painter, mark, camera)
                case Dots():
                    self._paint_dots(painter, mark, exposed, camera)
                case Words():
                    _paint_words(painter, mark, camera)
        painter.restore()

    def _colour_of(self, mark: Area | Path | Dots) -> QColor:
        return _OPPOSITE if mark.opposite else self.colour

    def _paint_area(
        self, painter: QPainter, mark: Area, exposed: QRect, camera: Camera, ratio: float
    ) -> None:
        region, mask = mark.selection.region, mark.selection.mask
        shown = camera.rect(region).toAlignedRect().adjusted(-3, -3, 3, 3).intersected(exposed)
        if shown.isEmpty():
            return
        area = shown.adjusted(-3, -3, 3, 3)
        corner = camera.to_widget(region.left, region.top)
        own_camera = Camera(camera.scale, corner)
        inside = sampled(mask.view(np.uint8), area, own_camera, ratio, ground=0)
        picture = _area_picture(inside, self._colour_of(mark))
        picture.setDevicePixelRatio(ratio)
        painter.save()
        painter.setClipRect(shown)
        painter.drawImage(area.topLeft(), picture)
        painter.restore()

    def _paint_path(self, painter: QPainter, mark: Path, camera: Camera) -> None:
        colour = QColor(self._colour_of(mark))
        if mark.width_px:
            colour.setAlpha(178)
            pen = _pen(colour, max(_LINE_PX, mark.width_px * camera.scale))
        else:
            pen = _pen(colour, _LINE_PX)
        if mark.dashed:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        self._draw_line(painter, mark, camera)

    def _draw_line(self, painter: QPainter, mark: Path, camera: Camera) -> None:
        points = self._polygon(mark, camera)
        if len(mark.points) < 2 and not mark.width_px:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark.closed:
            painter.drawPolygon(points)
        elif len(mark.points) == 1:
            painter.drawPoint(points.first())
        else:
            painter.drawPolyline(points)

    def _paint_dots(self, painter: QPainter, mark: Dots, exposed: QRect, camera: Camera) -> None:
        painter.setPen(_pen(_CASING, 1.5))
        painter.setBrush(self._colour_of(mark))
        radius = _LARGE_DOT_PX if mark.large else _DOT_PX
        reach = QRectF(exposed.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX))
        for point in self._polygon(mark, camera).toList():
            if reach.contains(point):
                painter.drawEllipse(point, radius, radius)

    def _polygon(self, mark: Path | Dots, camera: Camera) -> QPolygonF:
        """Return the points of a mark on the widget."""
        made = self._polygons.get(mark)
        if made is None:
            made = QPolygonF([QPointF(*point) for point in mark.points])
            self._polygons[mark] = made
        return camera.transform().map(made)

    def _bounds(self, mark: Mark, camera: Camera) -> QRect:
        if isinstance(mark, Area):
            rect = camera.rect(mark.selection.region).toAlignedRect()
            return rect.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        if isinstance(mark, Words):
            corner = camera.to_widget(*mark.point) + _WORDS_OFFSET_PX
            widest = QRectF(corner, corner + QPointF(_WORDS_WIDEST_PX, 0))
            return widest.toRect().adjusted(0, -24, 0, 8)
        if not mark.points:
            return QRect()
        wide = mark.width_px * camera.scale / 2 if isinstance(mark, Path) else 0.0
        margin = round(_MARGIN_PX + wide)
        rect = self._polygon(mark, camera).boundingRect().toAlignedRect()
        return rect.adjusted(-margin, -margin, margin, margin)


def _pen(colour: QColor, width: float) -> QPen:
    round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, round_cap, round_join)


def _area_picture(inside: np.ndarray, colour: QColor) -> QImage:
    """Tint the pixels of a mask and draw a line along their inner border, on a dark one."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inner = cv2.erode(inside, cross)
    casing = cv2.dilate(inside, cross)
    tint = _premultiplied(colour, _TINT)
    line = _premultiplied(colour, _LINE_ALPHA)
    dark = _premultiplied(_CASING, _CASING.alpha())
    # 0 nothing, 1 the casing around, 2 the border, 3 inside of it.
    colours = np.zeros(256, np.uint32)
    colours[:4] = 0, dark, line, tint
    pixels = looked_up(colours, casing + inside + inner)
    height, width = pixels.shape
    picture = QImage(
        pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
    )
    return picture.copy()


def _premultiplied(colour: QColor, alpha: int) -> int:
    """Return a colour as a 32-bit picture holds it: 0xAARRGGBB."""
    parts = (colour.red(), colour.green(), colour.blue())
    red, green, blue = ((part * alpha + 127) // 255 for part in parts)
    return alpha << 24 | red << 16 | green << 8 | blue


def _paint_words(painter: QPainter, mark: Words, camera: Camera) -> None:
    colours = theme.current()
    place = camera.to_widget(*mark.point) + _WORDS_OFFSET_PX
    wide = QFontMetricsF(painter.font()).horizontalAdvance(mark.text)
    box = QRectF(place.x(), place.y() - 10, wide + 2 * _WORDS_PADDING_PX, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.of("panel"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(colours.of("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

"""The icon family: one SVG each, drawn in the colour of the theme, sharp at any scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap

from segstudio import assets
from segstudio.ui import theme

_DISABLED_ROLE = "disabled"


class _ThemedEngine(QIconEngine):
    """Draws an icon when it is painted, so that nothing is read before it is seen."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        role = _DISABLED_ROLE if mode == QIcon.Mode.Disabled else self._role
        draw(painter, self._name, QRectF(rect), role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        del state
        role = _DISABLED_ROLE if mode == QIcon.Mode.Disabled else self._role
        side = max(1, round(scale * min(size.width(), size.height())))
        image = image_of(self._name, side, getattr(theme.current(), role))
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(scale)
        return pixmap


def icon(name: str, role: str = "text") -> QIcon:
    """Return an icon that follows the theme by itself; `role` is a colour of the theme."""
    return QIcon(_ThemedEngine(name, role))


def app_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(assets.path("icons/segstudio.svg")))


def draw(painter: QPainter, name: str, rect: QRectF, role: str = "text") -> None:
    """Paint an icon in the middle of `rect`, at the resolution of the device."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    ratio = painter.device().devicePixelRatioF()
    pixels = max(1, round(side * ratio))
    painter.drawImage(square, image_of(name, pixels, getattr(theme.current(), role)))


@lru_cache(maxsize=512)
def image_of(name: str, pixels: int, colour: str) -> QImage:
    """Return an icon as a square picture of `pixels` device pixels."""
    # Reading QtSvg costs some milliseconds that the first paint of the window can do without.
    from PySide6.QtSvg import QSvgRenderer

    source = _source(name).replace("currentColor", colour)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    painter = QPainter(image)
    renderer.render(painter, QRectF(QPoint(0, 0), QSize(pixels, pixels)))
    painter.end()
    return image


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return assets.path(f"icons/actions/{name}.svg").read_text(encoding="utf-8")

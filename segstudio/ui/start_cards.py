"""The buttons of the start page: large ones with an icon, cards with a picture."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from segstudio.ui import icons, theme
from segstudio.ui.controls import named

BUTTON_SIZE = QSize(220, 64)
CARD_SIZE = QSize(128, 116)
_PICTURE = QRect(6, 6, 116, 80)
PLACE_SIZE = QSize(168, 136)
_PLACE_PICTURE = QRect(6, 6, 156, 70)


@dataclass(frozen=True)
class PlaceValues:
    """What a card says of a project to go on with.

    Attributes
    ----------
    name : str
        Of the project.
    progress, when : str
        How many images are done, and when it was left.
    tip : str
        Where it lies.
    picture : QImage or None
        The last image with its labels.
    """

    name: str
    progress: str
    when: str
    tip: str = ""
    picture: QImage | None = None


class _Drawn(QAbstractButton):
    """A button that paints its own ground, with the states of the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _paint_ground(self, painter: QPainter, border: str) -> None:
        colours = theme.current()
        ground = "line" if self.isDown() else "hover" if self.underMouse() else "raised"
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(colours.of("accent" if self.hasFocus() else border), width))
        painter.setBrush(colours.of(ground))
        edge = width / 2
        frame = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter.drawRoundedRect(frame, theme.CARD_RADIUS, theme.CARD_RADIUS)


class StartButton(_Drawn):
    """Icon, verb, and the key in the second colour."""

    def __init__(self, object_name: str, text: str, key: str, icon_name: str) -> None:
        super().__init__()
        named(self, object_name, text, f"{text} ({key})")
        self.setText(text)
        self.setFixedSize(BUTTON_SIZE)
        self._key = key
        self._icon_name = icon_name

    def sizeHint(self) -> QSize:
        return BUTTON_SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, "border")
        icons.draw(painter, self._icon_name, QRectF(18, 20, 24, 24))
        colours = theme.current()
        painter.setPen(colours.of("text"))
        painter.setFont(theme.font(theme.DIALOG_PX, semibold=True))
        painter.drawText(QRect(56, 13, 156, 20), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setPen(colours.of("second"))
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.drawText(QRect(56, 33, 156, 18), Qt.AlignmentFlag.AlignVCenter, self._key)
        painter.end()


class SampleCard(_Drawn):
    """A picture with its name; the picture is read when it is first asked for."""

    def __init__(self, path: Path, title: str) -> None:
        super().__init__()
        named(self, f"sample_{path.stem}", title)
        self.setText(title)
        self.setToolTip(
            self.tr("{title}\nOpen this sample and try the program.").format(title=title)
        )
        self.setFixedSize(CARD_SIZE)
        self.path = path
        self._picture: QPixmap | None = None

    def sizeHint(self) -> QSize:
        return CARD_SIZE

    def load(self) -> None:
        """Read the picture at the size in which it is shown."""
        reader = QImageReader(str(self.path))
        reader.setAutoTransform(True)
        ratio = self.devicePixelRatioF()
        wanted = _PICTURE.size() * ratio
        size = reader.size()
        if size.isValid():
            reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
        image = reader.read()
        if image.isNull():
            return
        left = (image.width() - wanted.width()) // 2
        # Faces and towers stand in the upper part of upright pictures.
        top = (image.height() - wanted.height()) // 5
        self._picture = QPixmap.fromImage(image.copy(QRect(left, top, *wanted.toTuple())))
        self._picture.setDevicePixelRatio(ratio)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, "line")
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(_PICTURE), theme.RADIUS, theme.RADIUS)
        painter.setClipPath(shape)
        painter.fillRect(_PICTURE, theme.current().of("hover"))
        if self._picture is not None:
            painter.drawPixmap(_PICTURE.topLeft(), self._picture)
        painter.setClipping(False)
        painter.setPen(theme.current().of("text"))
        painter.setFont(theme.font(theme.SECONDARY_PX))
        room = QRect(8, 90, self.width() - 16, 20)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class ContinueCard(_Drawn):
    """A project to go on with: the image it was left at, how far it is, and when that was."""

    def __init__(self, object_name: str, values: PlaceValues) -> None:
        super().__init__()
        name = self.tr("Continue {name}").format(name=values.name)
        named(self, object_name, name, values.tip)
        self.setAccessibleDescription(f"{values.progress}, {values.when}")
        self.setFixedSize(PLACE_SIZE)
        self._values = values
        self._picture = _filling(values.picture, _PLACE_PICTURE.size() * self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        return PLACE_SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, "line")
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(_PLACE_PICTURE), theme.RADIUS, theme.RADIUS)
        painter.setClipPath(shape)
        painter.fillRect(_PLACE_PICTURE, theme.current().of("hover"))
        if self._picture is not None:
            painter.drawPixmap(_PLACE_PICTURE, self._picture)
        painter.setClipping(False)
        values = self._values
        self._paint_line(painter, 79, values.name, "text", theme.font(theme.BODY_PX, semibold=True))
        small = theme.font(theme.SECONDARY_PX)
        self._paint_line(painter, 97, values.progress, "second", small)
        self._paint_line(painter, 112, values.when, "second", small)
        painter.end()

    def _paint_line(self, painter: QPainter, top: int, text: str, role: str, font: QFont) -> None:
        painter.setPen(theme.current().of(role))
        painter.setFont(font)
        room = QRect(10, top, self.width() - 20, 16)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _filling(picture: QImage | None, size: QSize) -> QPixmap | None:
    """Return a picture scaled to fill a size, its sides cut."""
    if picture is None or picture.isNull():
        return None
    scaled = picture.scaled(
        size,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left = (scaled.width() - size.width()) // 2
    top = (scaled.height() - size.height()) // 2
    return QPixmap.fromImage(scaled.copy(QRect(left, top, size.width(), size.height())))

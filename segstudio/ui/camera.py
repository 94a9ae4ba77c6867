"""Where the image lies on the screen: zoom, place, and the way between the two."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QTransform

from segstudio.core.region import Region

MIN_ZOOM = 0.02
MAX_ZOOM = 64.0
ZOOM_STEP = 1.25
FIT_MARGIN_PX = 8


@dataclass
class Camera:
    """A zoom (logical pixels per image pixel) and the place of the image's corner.

    Attributes
    ----------
    scale : float
    origin : QPointF
        Where the image's upper left corner is in the widget.
    follows_size : bool
        Whether the image is fitted again when the widget changes its size.
    """

    scale: float = 1.0
    origin: QPointF = field(default_factory=QPointF)
    follows_size: bool = True

    def to_image(self, position: QPointF) -> tuple[float, float]:
        """Return the image coordinates (x, y) of a place in the widget."""
        place = (position - self.origin) / self.scale
        return place.x(), place.y()

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return the place in the widget of image coordinates."""
        return QPointF(x, y) * self.scale + self.origin

    def rect(self, region: Region) -> QRectF:
        """Return where a region of the image lies in the widget."""
        corner = self.to_widget(region.left, region.top)
        return QRectF(corner, QSizeF(region.width, region.height) * self.scale)

    def region(self, rect: QRect, height: int, width: int) -> Region:
        """Return the pixels of an image of this size that a part of the widget shows.

        One or two pixels more on each side, so that smooth scaling joins without a seam.
        """
        left, top = self.to_image(QPointF(rect.left(), rect.top()))
        right, bottom = self.to_image(QPointF(rect.right() + 1, rect.bottom() + 1))
        region = Region(int(top) - 2, int(left) - 2, int(bottom) + 3, int(right) + 3)
        return region.clipped(height, width)

    def transform(self) -> QTransform:
        """Return the way from image coordinates to the widget."""
        return QTransform(self.scale, 0, 0, self.scale, self.origin.x(), self.origin.y())

    def fit(self, image: QSizeF, widget: QSizeF) -> None:
        """Show the whole image in the middle."""
        room = widget - QSizeF(2 * FIT_MARGIN_PX, 2 * FIT_MARGIN_PX)
        if room.width() <= 0 or room.height() <= 0 or image.isEmpty():
            return
        scale = min(room.width() / image.width(), room.height() / image.height())
        self.scale = min(max(scale, MIN_ZOOM), MAX_ZOOM)
        self.centre(image, widget)
        self.follows_size = True

    def centre(self, image: QSizeF, widget: QSizeF) -> None:
        """Put the middle of the image in the middle of the widget."""
        rest = widget - image * self.scale
        self.origin = QPointF(round(rest.width() / 2), round(rest.height() / 2))

    def zoom_to(self, scale: float, anchor: QPointF) -> None:
        """Change the zoom and keep what is under the anchor where it is."""
        scale = min(max(scale, MIN_ZOOM), MAX_ZOOM)
        self.origin = anchor - (anchor - self.origin) * (scale / self.scale)
        self.scale = scale
        self.follows_size = False

    def move(self, by: QPointF, image: QSizeF, widget: QSizeF) -> None:
        """Move the image, but never quite out of sight."""
        moved = self.origin + by
        kept = 32.0
        self.origin = QPointF(
            min(max(moved.x(), kept - image.width() * self.scale), widget.width() - kept),
            min(max(moved.y(), kept - image.height() * self.scale), widget.height() - kept),
        )
        self.follows_size = False

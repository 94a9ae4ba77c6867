"""The image with its labels, marks and ring, at any zoom: what the canvas shows."""

from collections.abc import Iterable, Sequence
from functools import reduce

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.brush import TipShape
from segstudio.editing.marks import Mark
from segstudio.editing.sight import Sight
from segstudio.editing.tool_state import ToolState
from segstudio.session.editor import PAINTING
from segstudio.ui import theme
from segstudio.ui.brush_ring import Ring
from segstudio.ui.camera import ZOOM_STEP, Camera
from segstudio.ui.image_adjustment import Adjust
from segstudio.ui.image_layer import ImageLayer
from segstudio.ui.late_repaint import LateRepaint
from segstudio.ui.layers import Layer
from segstudio.ui.marks_layer import MarksLayer
from segstudio.ui.overlay_layer import OverlayLayer, OverlayState
from segstudio.ui.pixel_grid import paint_grid
from segstudio.ui.place_frame import paint_frame

GRID_FROM = 8.0
"""Zoom from which the pixel grid shows."""

MANY_REGIONS = 64
"""From so many on, what has changed is painted as one, in a turn of its own."""

CENTRED_RING_MS = 800
"""How long the ring stays in the middle after a slider has changed its size."""


class ImageView(QWidget):
    """Shows a document and what lies over it; where the pointer is, `Canvas` tells."""

    sight_changed = Signal()
    """Another part of the image is seen, or at another zoom."""
    zoom_changed = Signal(float)
    """Device pixels per image pixel."""
    overlay_changed = Signal(object)
    """Labels look otherwise: the `OverlayState`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.camera = Camera()
        self._document: Document | None = None
        self._image: ImageLayer | None = None
        self._overlay: OverlayLayer | None = None
        self._overlay_state = OverlayState()
        self._layer: Layer | None = None
        self._framed: Region | None = None
        self._adjust: Adjust | None = None
        self._shown_size: tuple[int, int] | None = None
        self._marks, self._preview = MarksLayer(), MarksLayer()
        self._tool = ToolState()
        self._ring_colours: tuple[QColor | None, QColor | None] = (None, None)
        self._forbidden = False
        self._ring: Ring | None = None
        self._shows_ring_centred = False
        self._centred_timer = QTimer(self, singleShot=True, interval=CENTRED_RING_MS)
        self._centred_timer.timeout.connect(self._hide_centred_ring)
        self._late_repaint = LateRepaint(self)
        # What the pointer does, for ring and cursor.
        self._cursor: QPointF | None = None
        self._ctrl_held = False
        self._space_held = False
        self._pan_from: QPointF | None = None

    # What is shown ---------------------------------------------------------------------------

    def set_document(self, document: Document | None, *, keep_view: bool = False) -> None:
        """Show another document; the view is fitted unless it is to be kept and sizes agree."""
        self._document = document
        self._image = self._overlay = None
        if document is not None:
            self._image = ImageLayer(document)
            self._image.adjust = self._adjust
            self._overlay = OverlayLayer(document, self._overlay_state)
            self._overlay.paints_ignore = self._tool.class_index == IGNORE_INDEX
            self._overlay.set_layer(self._layer)
            size = (document.width, document.height)
            if not keep_view or size != self._shown_size:
                self.fit()
            self._shown_size = size
        self._update_cursor()
        self.update()

    @property
    def overlay_state(self) -> OverlayState:
        """How labels look."""
        return self._overlay_state

    def set_overlay(self, state: OverlayState) -> None:
        """Change how labels look."""
        if state == self._overlay_state:
            return
        self._overlay_state = state
        if self._overlay is not None:
            self._overlay.set_state(state)
        self.overlay_changed.emit(state)
        self.update()

    def set_layer(self, layer: Layer | None) -> None:
        """Draw a layer with the labels, or none any more."""
        self._layer = layer
        if self._overlay is not None:
            self._overlay.set_layer(layer)
        self.update()

    def set_framed(self, region: Region | None) -> None:
        """Draw a frame around a place of the image, or none any more."""
        if region != self._framed:
            self._framed = region
            self.update()

    def set_adjust(self, adjust: Adjust | None) -> None:
        """Change how the image looks, on the screen alone."""
        self._adjust = adjust
        if self._image is not None:
            self._image.adjust = adjust
        self.update()

    def show_earlier(self, planes: Planes | None) -> None:
        """Show these labels in place of the document's, until None is given."""
        if self._overlay is not None:
            self._overlay.show_earlier(planes)
            self.update()

    def set_tool(
        self, state: ToolState, colour: QColor | None, opposite: QColor | None = None
    ) -> None:
        """Show another tool.

        Parameters
        ----------
        colour, opposite : QColor or None
            Of the ring, plain and with Ctrl held: the class colour, None for the eraser.
        """
        grown = (state.tip.size, state.on_screen) != (self._tool.tip.size, self._tool.on_screen)
        self._tool = state
        if self._overlay is not None:
            self._overlay.paints_ignore = state.class_index == IGNORE_INDEX
        self._ring_colours = (colour, opposite)
        if colour is not None:
            self._marks.colour = colour
            self._update_marks(self._marks.marks)
        if grown and not self.underMouse():
            self._shows_ring_centred = True
            self._centred_timer.start()
        self._update_cursor()
        self._move_ring()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Draw what the active tool wants shown, in the colour of the ring."""
        # A mark that stays is not painted anew: a line to the cursor costs no whole outline.
        changed = set(self._marks.marks) ^ set(marks)
        self._marks.marks = marks
        self._update_marks(changed)

    def set_preview(self, marks: Sequence[Mark], colour: QColor | None = None) -> None:
        """Draw what an operation would change, in the colour that it gets; white for several."""
        self._update_marks(self._preview.marks)
        self._preview.marks = marks
        self._preview.colour = colour or QColor(Qt.GlobalColor.white)
        self._update_marks(marks)

    def _update_marks(self, marks: Iterable[Mark]) -> None:
        for rect in self._marks.bounds(marks, self.camera):
            self.update(rect)

    def _hide_centred_ring(self) -> None:
        self._shows_ring_centred = False
        self._move_ring()

    def set_forbidden(self, forbidden: bool) -> None:
        """Strike the ring through when the pixel under it may not be painted."""
        if forbidden != self._forbidden:
            self._forbidden = forbidden
            self._move_ring()

    def show_regions(self, regions: Sequence[Region]) -> None:
        """Paint parts of the image anew."""
        if len(regions) < MANY_REGIONS:
            for region in regions:
                self.update(self._rect_around(region))
            return
        self._late_repaint.add(self._rect_around(reduce(Region.union, regions)))

    def _rect_around(self, region: Region) -> QRect:
        margin = 4 + round(2 * self.camera.scale)
        rect = self.camera.rect(region).toAlignedRect()
        return rect.adjusted(-margin, -margin, margin, margin)

    # Zoom and place --------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel."""
        return self.camera.scale * self.devicePixelRatioF()

    def fit(self) -> None:
        """Show the whole image."""
        self.camera.fit(self._image_size(), QSizeF(self.size()))
        self._view_moved()

    def set_zoom(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Show the image at so many device pixels per image pixel, around an anchor."""
        place = anchor if anchor is not None else QRectF(self.rect()).center()
        self.camera.zoom_to(zoom / self.devicePixelRatioF(), place)
        self._view_moved()

    def step_zoom(self, steps: float, anchor: QPointF | None = None) -> None:
        """Zoom in or out by steps of 1.25."""
        self.set_zoom(self.zoom * ZOOM_STEP**steps, anchor)

    def pan(self, by: QPointF) -> None:
        """Move the image by logical pixels."""
        self.camera.move(by, self._image_size(), QSizeF(self.size()))
        self._view_moved()

    def look_at(self, region: Region, zoom: float) -> None:
        """Bring a part of the image to the middle at a zoom."""
        self.camera.zoom_to(zoom / self.devicePixelRatioF(), QPointF())
        self.centre_on((region.left + region.right) / 2, (region.top + region.bottom) / 2)

    def centre_on(self, x: float, y: float) -> None:
        """Bring a place of the image to the middle."""
        self.pan(QRectF(self.rect()).center() - self.camera.to_widget(x, y))

    def _view_moved(self) -> None:
        self._move_ring()
        self.update()
        self.zoom_changed.emit(self.zoom)
        self.sight_changed.emit()

    @property
    def sight(self) -> Sight:
        """What is seen of the image."""
        size = self._image_size().toSize()
        region = self.camera.region(self.rect(), size.height(), size.width())
        return Sight(region, self.zoom)

    def _image_size(self) -> QSizeF:
        document = self._document
        return QSizeF(document.width, document.height) if document else QSizeF()

    # Painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        exposed = event.rect()
        if self._image is None or self._overlay is None or not self._image_fills(exposed):
            painter.fillRect(exposed, theme.current().canvas)
        if self._document is None or self._image is None or self._overlay is None:
            return
        ratio = self.devicePixelRatioF()
        self._image.paint(painter, exposed, self.camera, ratio)
        self._overlay.paint(painter, exposed, self.camera, ratio)
        if self.zoom >= GRID_FROM:
            paint_grid(painter, exposed, self.camera, self._document)
        if self._framed is not None:
            paint_frame(painter, self._framed, self.camera)
        self._preview.paint(painter, exposed, self.camera, ratio)
        self._marks.paint(painter, exposed, self.camera, ratio)
        if self._ring is not None:
            self._ring.paint(painter)

    def _image_fills(self, exposed: QRect) -> bool:
        size = self._image_size()
        picture = QRectF(self.camera.origin, size * self.camera.scale)
        return picture.contains(QRectF(exposed))

    def _move_ring(self) -> None:
        ring = self._make_ring()
        if ring == self._ring:
            return
        for old_or_new in (self._ring, ring):
            if old_or_new is not None:
                self.update(old_or_new.region)
        self._ring = ring

    def _make_ring(self) -> Ring | None:
        centre = self._cursor
        if self._shows_ring_centred:
            centre = QRectF(self.rect()).center()
        panning = self._pan_from is not None or self._space_held
        if centre is None or self._document is None or panning or self._tool.tool not in PAINTING:
            return None
        return Ring(
            centre=centre,
            diameter=self._tool.tip_at(self.zoom).size * self.camera.scale,
            colour=self._ring_colours[self._ctrl_held],
            square=self._tool.tip.shape is TipShape.SQUARE,
            forbidden=self._forbidden,
            snaps=self._tool.snap,
        )

    def _update_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._document is not None:
            if self._pan_from is not None:
                shape = Qt.CursorShape.ClosedHandCursor
            elif self._space_held or self._tool.tool == "hand":
                shape = Qt.CursorShape.OpenHandCursor
            elif self._tool.tool in PAINTING:
                shape = Qt.CursorShape.BlankCursor
            else:
                shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._document is not None:
            if self.camera.follows_size:
                self.fit()
            else:
                grown = QSizeF(event.size()) - QSizeF(event.oldSize())
                self.pan(QPointF(grown.width() / 2, grown.height() / 2))
        super().resizeEvent(event)

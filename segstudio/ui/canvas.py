"""The canvas: shows the image with its labels, and turns the mouse into gestures on pixels."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.brush import TipShape
from segstudio.editing.marks import Mark
from segstudio.editing.sight import Sight
from segstudio.editing.tool import Modifiers
from segstudio.editing.tool_state import ToolState
from segstudio.session.editor import PAINTING
from segstudio.ui import pen, theme
from segstudio.ui.brush_ring import Ring
from segstudio.ui.camera import ZOOM_STEP, Camera
from segstudio.ui.image_adjustment import Adjust
from segstudio.ui.image_layer import ImageLayer
from segstudio.ui.layers import Layer
from segstudio.ui.marks_layer import MarksLayer
from segstudio.ui.overlay_layer import OverlayLayer, OverlayState
from segstudio.ui.pixel_grid import paint_grid
from segstudio.ui.place_frame import paint_frame

GRID_FROM = 8.0
"""Zoom from which the pixel grid shows."""

CENTRED_RING_MS = 800
"""How long the ring stays in the middle after a slider has changed its size."""

WHEEL_STEP = 120
"""Eighths of a degree of one notch of a wheel."""

_BUTTONS_THAT_PAN = (Qt.MouseButton.MiddleButton,)
_MODIFIER_KEYS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt)


class Canvas(QWidget):
    """Shows a document and reports gestures in image coordinates; it changes nothing itself."""

    pressed = Signal(object, object)
    """Point (x, y) and `Modifiers`."""
    double_clicked = Signal(object, object)
    """The second press of a double click, in place of `pressed`."""
    moved = Signal(object, object)
    """Point (x, y) and `Modifiers`, while the button is down."""
    released = Signal()
    hovered = Signal(object, object)
    """Point (x, y) under the cursor, or None when it has left, and `Modifiers`."""
    sight_changed = Signal()
    """Another part of the image is seen, or at another zoom."""
    menu_requested = Signal(object)
    """The place of a right click, in the widget."""
    pressure_changed = Signal(float)
    """How hard a pen presses, 0 to 1; 1 for a mouse."""
    zoom_changed = Signal(float)
    """Device pixels per image pixel."""
    overlay_changed = Signal(object)
    """Labels look otherwise: the `OverlayState`."""
    size_stepped = Signal(int)
    """Notches of Shift+wheel: the size of the tip is to grow or shrink."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Canvas"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
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
        self._tool = ToolState()
        self._ring_colours: tuple[QColor | None, QColor | None] = (None, None)
        self._ctrl_held = False
        self._forbidden = False
        self._cursor: QPointF | None = None
        self._ring: Ring | None = None
        self._marks, self._preview = MarksLayer(), MarksLayer()
        self._shows_ring_centred = False
        self._centred_timer = QTimer(self, singleShot=True, interval=CENTRED_RING_MS)
        self._centred_timer.timeout.connect(self._hide_centred_ring)
        self._pan_from: QPointF | None = None
        self._pan_button = Qt.MouseButton.NoButton
        """The button that ends the pan; none where Space pans in the middle of a gesture."""
        self._shown_size: tuple[int, int] | None = None
        self._space_held = False
        self._gesture = False
        self._size_angle = 0
        """What Shift and a fine wheel have turned so far, less than a notch."""

    # What is shown ---------------------------------------------------------------------------

    def set_document(self, document: Document | None, *, keep_view: bool = False) -> None:
        """Show another document; the view is fitted unless it is to be kept and sizes agree."""
        self._document = document
        self._image = self._overlay = None
        self._gesture = False
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
        margin = 4 + round(2 * self.camera.scale)
        for region in regions:
            rect = self.camera.rect(region).toAlignedRect()
            self.update(rect.adjusted(-margin, -margin, margin, margin))

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

    def set_space_held(self, held: bool) -> None:
        """Pan with the left button while Space is held."""
        if held != self._space_held:
            self._space_held = held
            if held and self._gesture and self._pan_from is None:
                self._start_pan(self._cursor, Qt.MouseButton.NoButton)
            elif not held and self._pan_button is Qt.MouseButton.NoButton:
                self._pan_from = None
            self._update_cursor()
            self._move_ring()

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

    # Mouse, wheel, keys ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event, self.pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, self.double_clicked)

    def _press(self, event: QMouseEvent, signal: SignalInstance) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._document is None:
            return
        self._cursor = event.position()
        left = event.button() is Qt.MouseButton.LeftButton
        modifiers = _modifiers(event)
        hand = self._space_held or (self._tool.tool == "hand" and not modifiers.pick)
        if self._pan_from is not None:
            return
        if event.button() in _BUTTONS_THAT_PAN or (left and hand):
            self._start_pan(event.position(), event.button())
            self._update_cursor()
            self._move_ring()
        elif left and not self._gesture:
            self._gesture = True
            signal.emit(self.camera.to_image(event.position()), modifiers)
        elif event.button() is Qt.MouseButton.RightButton and not self._gesture:
            self.menu_requested.emit(event.position())

    def _start_pan(self, position: QPointF | None, button: Qt.MouseButton) -> None:
        self._pan_from, self._pan_button = position, button

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        self._end_what_was_let_go(event.buttons())
        if self._pan_from is not None:
            by, self._pan_from = position - self._pan_from, position
            self._cursor = position
            self.pan(by)
            return
        self._cursor = position
        self._shows_ring_centred = False
        self._note_ctrl(event.modifiers())
        if self._document is None:
            return
        point = self.camera.to_image(position)
        if self._gesture:
            self.moved.emit(point, _modifiers(event))
        self._move_ring()
        self.hovered.emit(point, _modifiers(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pans = self._pan_from is not None
        ends_gesture = self._gesture and event.button() is Qt.MouseButton.LeftButton
        ends_space_pan = ends_gesture and self._pan_button is Qt.MouseButton.NoButton
        if pans and (event.button() is self._pan_button or ends_space_pan):
            self._end_pan()
        if ends_gesture:
            self._end_gesture()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # A popup has the mouse now: it is the popup that hears of the button coming up.
        if event.reason() is Qt.FocusReason.PopupFocusReason:
            self._end_what_was_let_go(Qt.MouseButton.NoButton)
        super().focusOutEvent(event)

    def _end_what_was_let_go(self, buttons: Qt.MouseButton) -> None:
        """End gesture and pan whose button is not down: its release went somewhere else."""
        if self._gesture and not buttons & Qt.MouseButton.LeftButton:
            self._end_gesture()
        by_button = self._pan_button is not Qt.MouseButton.NoButton
        if self._pan_from is not None and by_button and not buttons & self._pan_button:
            self._end_pan()

    def _end_gesture(self) -> None:
        self._gesture = False
        self.released.emit()

    def _end_pan(self) -> None:
        self._pan_from = None
        self._update_cursor()
        self._move_ring()

    def tabletEvent(self, event: QTabletEvent) -> None:
        # A pen that hovers does not press: what follows may be a mouse.
        pressed = event.buttons() & Qt.MouseButton.LeftButton
        self.pressure_changed.emit(pen.pressure_of(event) if pressed else 1.0)
        mouse = pen.as_mouse(event, erases=self._tool.tool == "eraser")
        handle = {
            QEvent.Type.MouseButtonPress: self.mousePressEvent,
            QEvent.Type.MouseMove: self.mouseMoveEvent,
            QEvent.Type.MouseButtonRelease: self.mouseReleaseEvent,
        }[mouse.type()]
        handle(mouse)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self._move_ring()
        self.hovered.emit(None, Modifiers())
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._document is None:
            return
        angle, pixels = event.angleDelta(), event.pixelDelta()
        keys = event.modifiers()
        turned = angle.y() or angle.x()  # with Alt or Shift some systems swap the two
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self._step_size(turned)
        elif _is_touchpad(event) and not keys & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(pixels) if not pixels.isNull() else QPointF(angle) / 4)
        elif turned:
            self.step_zoom(turned / WHEEL_STEP, event.position())
        event.accept()

    def _step_size(self, turned: int) -> None:
        if turned * self._size_angle < 0:
            self._size_angle = 0
        self._size_angle += turned
        notches = int(self._size_angle / WHEEL_STEP)
        self._size_angle -= notches * WHEEL_STEP
        if notches:
            self.size_stepped.emit(notches)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.set_zoom(self.zoom * (1 + event.value()), event.position())
            return True
        if event.type() == QEvent.Type.ShortcutOverride and self._cursor is not None:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Alt:  # it picks here; the menu bar would take the focus
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Control:
            self._note_ctrl(Qt.KeyboardModifier.ControlModifier)
        self._hover_with(event)
        tenth = {
            Qt.Key.Key_Left: (0.1, 0),
            Qt.Key.Key_Right: (-0.1, 0),
            Qt.Key.Key_Up: (0, 0.1),
            Qt.Key.Key_Down: (0, -0.1),
        }.get(Qt.Key(event.key()))
        if tenth and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(QPointF(tenth[0] * self.width(), tenth[1] * self.height()))
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._note_ctrl(event.modifiers())
        self._hover_with(event)
        super().keyReleaseEvent(event)

    def _hover_with(self, event: QKeyEvent) -> None:
        """Say what the mouse is over, with the key that went down or up."""
        if self._cursor is None or self._document is None or event.isAutoRepeat():
            return
        if event.key() in _MODIFIER_KEYS and not self._gesture and self._pan_from is None:
            self.hovered.emit(self.camera.to_image(self._cursor), _modifiers(event))

    def _note_ctrl(self, keys: Qt.KeyboardModifier) -> None:
        """Show what Ctrl makes of the tool; a stroke that has begun stays what it is."""
        held = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if held != self._ctrl_held and not self._gesture:
            self._ctrl_held = held
            self._move_ring()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._document is not None:
            if self.camera.follows_size:
                self.fit()
            else:
                grown = QSizeF(event.size()) - QSizeF(event.oldSize())
                self.pan(QPointF(grown.width() / 2, grown.height() / 2))
        super().resizeEvent(event)


def _modifiers(event: QMouseEvent | QKeyEvent) -> Modifiers:
    keys = event.modifiers()
    return Modifiers(
        opposite=bool(keys & Qt.KeyboardModifier.ControlModifier),
        extend=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        pick=bool(keys & Qt.KeyboardModifier.AltModifier),
    )


def _is_touchpad(event: QWheelEvent) -> bool:
    """Tell two fingers from a wheel: wheels report no phases and no pixels."""
    device = event.device()
    if device is not None and device.type() is QPointingDevice.DeviceType.TouchPad:
        return True
    return event.phase() is not Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()

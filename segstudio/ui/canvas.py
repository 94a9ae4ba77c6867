"""The canvas: turns mouse, pen and keys over the image into gestures on its pixels."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.editing.tool import Modifiers
from segstudio.ui import pen
from segstudio.ui.image_view import ImageView

WHEEL_STEP = 120
"""Eighths of a degree of one notch of a wheel."""

_BUTTONS_THAT_PAN = (Qt.MouseButton.MiddleButton,)
_MODIFIER_KEYS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt)


class Canvas(ImageView):
    """Reports gestures in image coordinates; it changes nothing but what is seen."""

    pressed = Signal(object, object)
    """Point (x, y) and `Modifiers`."""
    double_clicked = Signal(object, object)
    """The second press of a double click, in place of `pressed`."""
    moved = Signal(object, object)
    """Point (x, y) and `Modifiers`, while the button is down."""
    released = Signal()
    hovered = Signal(object, object)
    """Point (x, y) under the cursor, or None when it has left, and `Modifiers`."""
    menu_requested = Signal(object)
    """The place of a right click, in the widget."""
    pressure_changed = Signal(float)
    """How hard a pen presses, 0 to 1; 1 for a mouse."""
    size_stepped = Signal(int)
    """Notches of Shift+wheel: the size of the tip is to grow or shrink."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Canvas"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._pan_button = Qt.MouseButton.NoButton
        """The button that ends the pan; none where Space pans in the middle of a gesture."""
        self._gesture = False
        self._size_angle = 0
        """What Shift and a fine wheel have turned so far, less than a notch."""

    def set_document(self, document: Document | None, *, keep_view: bool = False) -> None:
        self._gesture = False
        super().set_document(document, keep_view=keep_view)

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
        # Whoever has the focus now hears of Ctrl coming up, after Ctrl+T for one.
        self._note_ctrl(Qt.KeyboardModifier.NoModifier)
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

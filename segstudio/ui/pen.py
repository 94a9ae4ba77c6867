"""A tablet's pen, seen as a mouse whose pressure is known."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

_KINDS = {
    QEvent.Type.TabletPress: QEvent.Type.MouseButtonPress,
    QEvent.Type.TabletMove: QEvent.Type.MouseMove,
    QEvent.Type.TabletRelease: QEvent.Type.MouseButtonRelease,
}
_NO_PRESSURE = 1.0
"""Of a mouse, and of a pen that has none to tell."""


def as_mouse(event: QTabletEvent, *, erases: bool) -> QMouseEvent:
    """Return the event of a mouse that does the same.

    Parameters
    ----------
    erases : bool
        Whether the active tool erases anyway. The eraser's end of a pen is Ctrl for others.
    """
    keys = event.modifiers()
    if event.pointerType() is QPointingDevice.PointerType.Eraser and not erases:
        keys |= Qt.KeyboardModifier.ControlModifier
    return QMouseEvent(
        _KINDS[event.type()],
        event.position(),
        event.globalPosition(),
        event.button(),
        event.buttons(),
        keys,
        event.pointingDevice(),
    )


def pressure_of(event: QTabletEvent) -> float:
    """Return how hard a pen presses, 0 to 1."""
    device = event.pointingDevice()
    can_tell = device.capabilities() & QPointingDevice.Capability.Pressure
    return min(max(event.pressure(), 0.0), 1.0) if can_tell else _NO_PRESSURE

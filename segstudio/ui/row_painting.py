"""What rows of all lists have in common when they are painted: the ground, and a line of text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segstudio.ui import theme

Index = QModelIndex | QPersistentModelIndex

LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

_BAR_PX = 3


def paint_ground(
    painter: QPainter, rect: QRect, *, is_active: bool, is_hovered: bool, inset: int = 4
) -> None:
    """Paint what lies under a row: raised with a bar of the accent when it is active."""
    colours = theme.current()
    if is_active or is_hovered:
        painter.fillRect(rect, colours.of("raised" if is_active else "hover"))
    if is_active:
        bar = QRect(rect.left(), rect.top() + inset, _BAR_PX, rect.height() - 2 * inset)
        painter.fillRect(bar, colours.of("accent"))


def paint_option_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Paint what lies under a row as its view says: selected, or below the mouse."""
    states = QStyle.StateFlag
    paint_ground(
        painter,
        option.rect,
        is_active=states.State_Selected in option.state,
        is_hovered=states.State_MouseOver in option.state,
    )


def paint_text(
    painter: QPainter,
    place: QRect,
    text: str,
    role: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Paint a line in the font of the painter, cut with an ellipsis where it does not fit."""
    painter.setPen(theme.current().of(role))
    painter.drawText(place, LEFT, painter.fontMetrics().elidedText(text, elide, place.width()))


def paint_mark(painter: QPainter, place: QRect, text: str, role: str) -> int:
    """Paint a word at the right of a line and return how much room it takes; none for none."""
    if not text:
        return 0
    painter.setPen(theme.current().of(role))
    painter.drawText(place, RIGHT, text)
    return painter.fontMetrics().horizontalAdvance(text)

"""One row of the class list: how it is painted and where its parts are."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.classes import LabelClass
from segstudio.ui import class_colours, icons, swatch, theme
from segstudio.ui.row_painting import paint_ground, paint_text

if TYPE_CHECKING:
    from segstudio.ui.class_list import RowState

ROW_HEIGHT = theme.ROW_HEIGHT
_KEY_LEFT, _SWATCH_LEFT, _NAME_LEFT = 8, 32, 54
_EYE_RIGHT, _LOCK_RIGHT, _ICON_PX, _TARGET_PX = 52, 28, 16, 24
_SHARE_WIDTH, _NUMBER_WIDTH = 40, 30
_ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


def part_at(row: QRect, spot: QPoint) -> str:
    """Return which part of a row lies at a point: key, swatch, name, eye or lock."""
    from_right = row.right() - spot.x()
    if from_right < _LOCK_RIGHT:
        return "lock"
    if from_right < _EYE_RIGHT:
        return "eye"
    from_left = spot.x() - row.left()
    if from_left < _SWATCH_LEFT - 4:
        return "key"
    return "swatch" if from_left < _NAME_LEFT - 4 else "name"


def share_text(share: float) -> str:
    """Return a share of the image to show: nothing for none, whole per cents from one on."""
    if share <= 0:
        return ""
    percent = 100 * share
    return "<1 %" if percent < 1 else f"{percent:.0f} %"


def paint_entry(
    painter: QPainter, rect: QRect, entry: LabelClass | None, key: str, *, is_active: bool
) -> None:
    """Paint key chip and swatch; None is Ignore."""
    top = rect.top() + (rect.height() - swatch.KEY_CHIP_PX) / 2
    side = swatch.KEY_CHIP_PX
    swatch.paint_key_chip(painter, QRectF(rect.left() + _KEY_LEFT, top, side, side), key)
    top = rect.top() + (rect.height() - swatch.SWATCH_PX) / 2
    side = swatch.SWATCH_PX
    look = class_colours.look(entry) if entry else (None, 0)
    swatch.paint_swatch(painter, QRectF(rect.left() + _SWATCH_LEFT, top, side, side), *look)
    painter.setFont(theme.font(theme.BODY_PX, semibold=is_active))


def paint_name(painter: QPainter, rect: QRect, name: str, role: str, *, room: int) -> None:
    """Paint a name, cut with an ellipsis where it does not fit."""
    paint_text(
        painter, QRect(rect.left() + _NAME_LEFT, rect.top(), room, rect.height()), name, role
    )


class ClassRowDelegate(QStyledItemDelegate):
    """Paints a class: key, swatch, name, share, eye, lock."""

    def __init__(self, rows: "RowState", parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option, index
        return QSize(120, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect = option.rect
        entry: LabelClass = index.data(_ENTRY_ROLE)
        rows = self._rows
        is_active = entry.index == rows.active
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_hovered = index.row() == rows.hovered
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, rect, is_active=is_active, is_hovered=is_hovered)
        key = swatch.digit_of(rows.keys.get(entry.index, ""))
        paint_entry(painter, rect, entry, key, is_active=is_active)
        share = rows.shares.get(entry.index, 0.0)
        name_room = rect.width() - _NAME_LEFT - 8
        if rows.is_picker:
            paint_name(painter, rect, entry.name, "text", room=name_room - _NUMBER_WIDTH)
            self._paint_number(painter, rect, entry)
        else:
            role = "text" if share > 0 or is_active else "second"
            name_room -= _EYE_RIGHT + _SHARE_WIDTH - 4
            paint_name(painter, rect, entry.name, role, room=name_room)
            self._paint_share(painter, rect, share)
            self._paint_switches(painter, rect, entry, are_shown=is_hovered or has_focus)
        painter.restore()

    def _paint_number(self, painter: QPainter, rect: QRect, entry: LabelClass) -> None:
        """Paint the number in label files, where it cannot be taken for a key."""
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("second"))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -10, 0), right, str(entry.index))

    def _paint_share(self, painter: QPainter, rect: QRect, share: float) -> None:
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("second"))
        place = QRect(
            rect.right() - _EYE_RIGHT - _SHARE_WIDTH, rect.top(), _SHARE_WIDTH, rect.height()
        )
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, right, share_text(share))

    def _paint_switches(
        self, painter: QPainter, rect: QRect, entry: LabelClass, *, are_shown: bool
    ) -> None:
        states = (
            (_EYE_RIGHT, entry.hidden, "eye-off", "eye"),
            (_LOCK_RIGHT, entry.locked, "lock", "unlock"),
        )
        for right, is_set, set_icon, plain_icon in states:
            if not (is_set or are_shown):
                continue
            left = rect.right() - right + (_TARGET_PX - _ICON_PX) / 2
            place = QRectF(left, rect.top(), _ICON_PX, rect.height())
            name = set_icon if is_set else plain_icon
            icons.draw(painter, name, place, "text" if is_set else "second")

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        del option, index
        editor = QLineEdit(parent)
        editor.setObjectName("class_name_editor")
        editor.setAccessibleName(self.tr("Name of the class"))
        editor.setProperty("inplace", True)
        return editor

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        del index
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(_NAME_LEFT - 6, 2, -4, -2))

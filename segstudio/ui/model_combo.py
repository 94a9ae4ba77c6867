"""The models to choose from, each with what is known of it, and the way to all of them."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate

from segstudio.ui import theme
from segstudio.ui.controls import Combo

DETAIL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_ENTRY_HEIGHT, _LAST_HEIGHT = 40, 30
_LIST_WIDTH = 280


class ModelCombo(Combo):
    """Its last entry has no name: whoever takes it wants to see all models.

    That entry can be taken from the open list only. Wheel and arrow keys on the closed field
    choose models, and must not open a dialog at their end.
    """

    def add_way_to_all(self, text: str) -> None:
        """Add the last entry."""
        self.addItem(text, "")
        self._enable_last(False)

    def showPopup(self) -> None:
        self._enable_last(True)
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        self._enable_last(False)

    def _enable_last(self, is_enabled: bool) -> None:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        if self.count() and not self.itemData(self.count() - 1):
            model.item(self.count() - 1).setEnabled(is_enabled)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not isinstance(self.itemDelegate(), _ModelDelegate):
            self.setItemDelegate(_ModelDelegate(self))
            self.view().setMinimumWidth(_LIST_WIDTH)


class _ModelDelegate(QStyledItemDelegate):
    def sizeHint(self, option, index) -> QSize:  # type: ignore[no-untyped-def]
        del option
        return QSize(160, _ENTRY_HEIGHT if index.data(Qt.ItemDataRole.UserRole) else _LAST_HEIGHT)

    def paint(self, painter: QPainter, option, index) -> None:  # type: ignore[no-untyped-def]
        colours = theme.current()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours.of("hover"))
        if not index.data(Qt.ItemDataRole.UserRole):
            line = QRect(rect.left(), rect.top(), rect.width(), 1)
            painter.fillRect(line, colours.of("line"))
        inside = rect.adjusted(8, 4, -8, -4)
        detail = str(index.data(DETAIL_ROLE) or "")
        where = Qt.AlignmentFlag.AlignTop if detail else Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.of("text"))
        painter.setFont(theme.font(theme.BODY_PX))
        title = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, inside.width()
        )
        painter.drawText(inside, where, title)
        painter.setPen(colours.of("second"))
        painter.setFont(theme.font(theme.SECONDARY_PX))
        shown = painter.fontMetrics().elidedText(
            detail, Qt.TextElideMode.ElideRight, inside.width()
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom, shown)

"""The list of steps: how a step is painted, and what the mouse does with it."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from segstudio.core.patch import Origin
from segstudio.ui import icons, theme
from segstudio.ui.author_mark import paint_author
from segstudio.ui.controls import named
from segstudio.ui.history_model import ROW_ROLE, HistoryModel
from segstudio.ui.history_rows import SEGMENT, Row
from segstudio.ui.history_text import author_of, short_moment, tool_icon
from segstudio.ui.row_painting import paint_ground

ROW_HEIGHT = 24
_ICON_LEFT, _ICON_PX = 18, 16
_TEXT_LEFT = 40
_INDENT_PX = 12
_TIME_WIDTH = 36
_MARK_PX = 8
_RIGHT_PAD = 12
_CHEVRON_PX = 12


class _StepDelegate(QStyledItemDelegate):
    """Paints a row: chevron, icon, what was done, who did it, when."""

    def __init__(self, steps: HistoryModel, parent: "HistoryView") -> None:
        super().__init__(parent)
        self._steps = steps
        self._view = parent

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        row = self._steps.row(index.row())
        colours = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_hovered = index.row() == self._view.hovered_row
        is_present = self._steps.is_present(row)
        paint_ground(painter, rect, is_active=is_present, is_hovered=is_hovered, inset=2)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colours.of("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        role = "text" if self._steps.is_done(row) else "disabled"
        self._paint_text(painter, rect, row, role)
        if row.origin is not None:
            self._paint_right(painter, rect, row.origin, role)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, row: Row, role: str) -> None:
        indent = _INDENT_PX if row.is_child else 0
        top = rect.top() + (ROW_HEIGHT - _ICON_PX) / 2
        name = "arrow-previous" if row.origin is None else tool_icon(row.origin.tool)
        place = QRectF(rect.left() + _ICON_LEFT + indent, top, _ICON_PX, _ICON_PX)
        icons.draw(painter, name, place, role)
        if row.count > 1:
            chevron = "chevron-down" if self._steps.is_unfolded(row) else "chevron-right"
            icons.draw(painter, chevron, QRectF(self._view.chevron_rect(rect)), role)
        is_segment = row.origin is not None and row.origin.tool == SEGMENT
        painter.setFont(theme.font(theme.BODY_PX, semibold=is_segment))
        painter.setPen(theme.current().of(role))
        left = _TEXT_LEFT + indent
        right = _TIME_WIDTH + _RIGHT_PAD + _MARK_PX + 8 if row.origin is not None else _RIGHT_PAD
        room = rect.adjusted(left, 0, -right, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, flags, self._fitted(painter, row, room.width()))

    def _fitted(self, painter: QPainter, row: Row, room: int) -> str:
        """Return the words of a row; where room is short, the pixels are left to the tooltip."""
        metrics = painter.fontMetrics()
        title, subject = self._steps.title(row), self._steps.subject(row)
        pixels = self.tr("{:,} px").format(row.pixels) if row.origin is not None else ""
        words = " · ".join(filter(None, (title, subject, pixels)))
        if metrics.horizontalAdvance(words) > room:
            words = " · ".join(filter(None, (title, subject)))
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)

    def _paint_right(self, painter: QPainter, rect: QRect, origin: Origin, role: str) -> None:
        right = rect.right() - _RIGHT_PAD
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("second" if role == "text" else role))
        clock = QRect(right - _TIME_WIDTH, rect.top(), _TIME_WIDTH, ROW_HEIGHT)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(clock, flags, short_moment(origin.time))
        top = rect.top() + (ROW_HEIGHT - _MARK_PX) / 2
        mark = QRectF(clock.left() - _MARK_PX - 4, top, _MARK_PX, _MARK_PX)
        painter.setOpacity(1.0 if role == "text" else 0.5)
        paint_author(painter, mark, author_of(origin))


class HistoryView(QTableView):
    """Rows of steps; to press on one shows the labels as they were, to let go stays there.

    A table, for its fixed rows: a list view asks for every one of 10,000 after each stroke.
    """

    jump_requested = Signal(int)
    """The position to go to."""
    who_requested = Signal()
    focus_returned = Signal()

    def __init__(self, steps: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "history_list", self.tr("Steps"))
        self.hovered_row = -1
        self._steps = steps
        self._came_from: int | None = None
        """The position before the mouse button went down."""
        self.setModel(steps)
        self.setItemDelegate(_StepDelegate(steps, self))
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setProperty("plain", True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entered.connect(self._on_entered)

    def show_present(self) -> None:
        """Bring the step that was done last into sight."""
        place = self._steps.index(self._steps.present_place())
        if place.isValid() and self._came_from is None:
            self.setCurrentIndex(place)
            self.scrollTo(place)
        self.viewport().update()

    def chevron_rect(self, row: QRect) -> QRect:
        """Return where the mark is that folds a row."""
        top = row.top() + (ROW_HEIGHT - _CHEVRON_PX) // 2
        return QRect(row.left() + 5, top, _CHEVRON_PX, _CHEVRON_PX)

    def context_menu(self, place: int) -> QMenu:
        """Build the menu of one row."""
        menu = QMenu(self)
        menu.setObjectName("history_menu")
        position = self._steps.position_of(place)
        is_later = position > self._steps.position
        go = QAction(self.tr("Redo to here") if is_later else self.tr("Undo to here"), menu)
        go.setEnabled(position != self._steps.position)
        go.setData(position)
        go.triggered.connect(self._on_go)
        who = QAction(self.tr("Who made this pixel…"), menu)
        who.triggered.connect(self.who_requested)
        menu.addActions([go, who])
        return menu

    def _on_go(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.jump_requested.emit(int(action.data()))

    # Mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not place.isValid():
            return
        if self._is_on_chevron(place, event.position().toPoint()):
            self._steps.toggle(place.row())
            return
        self._came_from = self._steps.position
        self.setCurrentIndex(place)
        self.jump_requested.emit(self._steps.position_of(place.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.indexAt(event.position().toPoint())
        if self._came_from is None:
            super().mouseMoveEvent(event)
        elif place.isValid() and place != self.currentIndex():
            self.setCurrentIndex(place)
            self.jump_requested.emit(self._steps.position_of(place.row()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._came_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _is_on_chevron(self, place: QModelIndex, point: QPoint) -> bool:
        if self._steps.row(place.row()).count < 2:
            return False
        return point.x() < self.visualRect(place).left() + _ICON_LEFT

    def _on_entered(self, place: QModelIndex) -> None:
        self.hovered_row = int(place.data(ROW_ROLE))
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered_row = -1
        self.viewport().update()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.indexAt(event.pos())
        if place.isValid():
            menu = self.context_menu(place.row())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    # Keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Esc is an action of the window; here it first gives back what is only looked at.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, key = self.currentIndex(), event.key()
        if key == Qt.Key.Key_Escape:
            self._give_back()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place.isValid():
            self.jump_requested.emit(self._steps.position_of(place.row()))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and place.isValid():
            row = self._steps.row(place.row())
            if self._steps.is_unfolded(row) == (key == Qt.Key.Key_Left):
                self._steps.toggle(place.row())
        else:
            super().keyPressEvent(event)

    def _give_back(self) -> None:
        if self._came_from is None:
            self.focus_returned.emit()
            return
        position, self._came_from = self._came_from, None
        self.jump_requested.emit(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._steps.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.current().of("second"))
            painter.setFont(theme.font(theme.SECONDARY_PX))
            none_yet = self.tr("Every stroke and every Segment becomes a step here.")
            none_such = self.tr("No step is like that.")
            words = none_such if self._steps.count else none_yet
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            room = self.viewport().rect().adjusted(12, 12, -12, 0)
            painter.drawText(room, int(flags | Qt.TextFlag.TextWordWrap), words)
            painter.end()

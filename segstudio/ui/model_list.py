"""All models as a list in groups: of the project, with the program, added, to be fetched."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.model_info import ModelInfo
from segstudio.ui import icons, theme
from segstudio.ui.controls import named
from segstudio.ui.model_text import second_line
from segstudio.ui.row_painting import LEFT, Index, paint_mark, paint_option_ground, paint_text

_ROW_HEIGHT, _HEADING_HEIGHT = 46, 30
_PAD = 8
_ICON_PX = 14
_BAR_PX = 3


class ModelRows(QAbstractListModel):
    """Headings and models."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[str | ModelInfo] = []
        self.shares: dict[str, float] = {}
        self.used = ""

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """Show models under their headings."""
        bundled = [model for model in models if model.kind == "bundled"]
        taught = [model for model in models if model.kind == "taught"]
        others = [model for model in models if model.kind not in ("bundled", "taught")]
        groups = (
            (self.tr("This project"), taught),
            (self.tr("With the program"), bundled),
            (self.tr("Added by you"), [model for model in others if model.is_installed]),
            (self.tr("To be fetched"), [model for model in others if not model.is_installed]),
        )
        rows: list[str | ModelInfo] = []
        for heading, inside in groups:
            rows += [heading, *inside] if inside else []
        if rows == self.rows:
            return  # whoever looks at them stays where they are
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def set_shares(self, shares: dict[str, float]) -> None:
        """Show how much of each model that is being fetched is here, 0 to 1."""
        self.shares = dict(shares)
        self._show_all()

    def set_used(self, name: str) -> None:
        """Mark the model that segments."""
        self.used = name
        self._show_all()

    def row_of(self, name: str) -> int:
        """Return the row of a model; -1 where it has none."""
        for row, entry in enumerate(self.rows):
            if isinstance(entry, ModelInfo) and entry.name == name:
                return row
        return -1

    def mark(self, model: ModelInfo) -> str:
        """Return the word at the right of a model."""
        if model.name == self.used:
            return self.tr("In use")
        return self.tr("Default") if model.is_default else ""

    def _show_all(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.rows[index.row()], ModelInfo):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.rows[index.row()]
        if isinstance(entry, str):
            return entry if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (entry.title, entry.problem)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            line = second_line(entry, self.shares.get(entry.name))
            return ", ".join(filter(None, (entry.title, line, self.mark(entry))))
        return None


class ModelList(QListView):
    """Title, classes and size of each model, and what is going on with it."""

    current_changed = Signal(str)
    """Name of the model that is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_list", self.tr("Models"))
        self.models = ModelRows(self)
        self._told = ""
        self.setModel(self.models)
        self.setItemDelegate(_ModelDelegate(self.models, self))
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def current(self) -> str:
        """Return the name of the model that is looked at; empty for none."""
        return self._name_at(self.currentIndex())

    def choose(self, name: str) -> None:
        """Look at a model; at the first one where there is none of that name."""
        row = self.models.row_of(name)
        if row < 0:
            self.choose_near(0)
        else:
            self.setCurrentIndex(self.models.index(row))

    def choose_near(self, row: int) -> None:
        """Look at the model in a row or the closest one, where another one was that is gone."""
        rows = self.models.rows
        found = [at for at, entry in enumerate(rows) if isinstance(entry, ModelInfo)]
        nearest = min(found, key=lambda at: abs(at - row), default=-1)
        self.setCurrentIndex(self.models.index(nearest))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        name = self._name_at(current)
        if name and name != self._told:  # the same list anew is no change
            self._told = name
            self.current_changed.emit(name)

    def _name_at(self, index: Index) -> str:
        rows = self.models.rows
        entry = rows[index.row()] if 0 <= index.row() < len(rows) else ""
        return entry.name if isinstance(entry, ModelInfo) else ""


class _ModelDelegate(QStyledItemDelegate):
    def __init__(self, models: ModelRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._models = models

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        is_model = isinstance(self._models.rows[index.row()], ModelInfo)
        return QSize(160, _ROW_HEIGHT if is_model else _HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._models.rows[index.row()]
        painter.save()
        if isinstance(entry, ModelInfo):
            paint_option_ground(painter, option)
            self._paint_model(painter, option.rect, entry)
        else:
            painter.setPen(theme.current().of("second"))
            painter.setFont(theme.font(theme.SECONDARY_PX, semibold=True))
            room = option.rect.adjusted(_PAD, 4, -_PAD, 0)
            painter.drawText(room, LEFT, entry.upper())
        painter.restore()

    def _paint_model(self, painter: QPainter, rect: QRect, model: ModelInfo) -> None:
        colours = theme.current()
        inside = rect.adjusted(_PAD + 3, 5, -_PAD, -5)
        first = QRect(inside.left(), inside.top(), inside.width(), 18)
        second = first.translated(0, 18)
        mark, used = self._models.mark(model), 0
        if model.problem:
            icon = QRectF(first.right() - _ICON_PX, first.top() + 2, _ICON_PX, _ICON_PX)
            icons.draw(painter, "warning", icon, "danger")
            used = _ICON_PX + _PAD
        elif mark:
            painter.setFont(theme.font(theme.SECONDARY_PX))
            role = "success" if model.name == self._models.used else "second"
            used = paint_mark(painter, first, mark, role) + _PAD
        painter.setFont(theme.font(theme.BODY_PX))
        paint_text(painter, first.adjusted(0, 0, -used, 0), model.title, "text")
        share = self._models.shares.get(model.name)
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(colours.of("danger" if model.problem else "second"))
        painter.drawText(second, LEFT, second_line(model, share))
        if share is not None:
            bar = QRect(inside.left(), rect.bottom() - _BAR_PX, inside.width(), _BAR_PX)
            painter.fillRect(bar, colours.of("line"))
            bar.setWidth(round(bar.width() * share))
            painter.fillRect(bar, colours.of("accent"))

"""The rows of the history: steps in order, neighbouring strokes of one class folded into one."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from segstudio.core.classes import ClassTable
from segstudio.core.history import Step
from segstudio.ui.history_rows import SEGMENT, Row, are_one, common_steps, tool_of
from segstudio.ui.history_text import StepFilter, author_name, author_of, moment, subject, tool_name

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)


class HistoryModel(QAbstractListModel):
    """Follows the steps of a document at the cost of what has changed in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[Step] = []
        self._base = 0
        """How many steps have been forgotten: the number of the first one here."""
        self._position = 0
        self._groups: list[Row] = []
        """All steps, folded; those that are asked for are among the rows."""
        self._rows: list[Row] = []
        self._unfolded: set[int] = set()
        self._classes = ClassTable()
        self._models: Mapping[str, str] = {}
        self._filter = StepFilter("", self._classes)
        self._since = 0

    # What it is told -------------------------------------------------------------------------

    def set_steps(self, steps: Sequence[Step], position: int) -> None:
        """Take the steps as they are now, and how many of them are done."""
        self._position = position
        forgotten = self._forgotten(steps)
        if forgotten is None:
            self._begin_anew(steps)
            return
        kept = common_steps(self._steps, steps, forgotten)
        self._forget(forgotten)
        self._truncate(kept)
        for step in steps[kept:]:
            self._append(step)
        self._changed(0, len(self._rows) - 1)

    def set_view(
        self, classes: ClassTable, text: str, models: Mapping[str, str] | None = None
    ) -> None:
        """Name classes by a table and models by titles; show the steps that a person asks for."""
        self._classes, self._models = classes, models or {}
        self._filter = StepFilter(text, classes, self._models)
        self._rebuild()

    def toggle(self, row: int) -> None:
        """Unfold or fold a row of several strokes."""
        shown = self._rows[row]
        if shown.count < 2:
            return
        if shown.first in self._unfolded:
            self._unfolded.discard(shown.first)
            self._remove(row + 1, row + 1 + shown.count)
        else:
            self._unfolded.add(shown.first)
            self._insert(row + 1, self._children(shown))
        self._changed(row, row)

    # What it knows ---------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """How many steps are done."""
        return self._position

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    def row(self, place: int) -> Row:
        """Return a row that is shown."""
        return self._rows[place]

    def position_of(self, place: int) -> int:
        """Return the position at which the steps of a row have just been done."""
        return self._rows[place].end - self._base

    def is_done(self, row: Row) -> bool:
        """Return whether any step of a row is done."""
        return row.first < self._base + self._position or not row.count

    def is_present(self, row: Row) -> bool:
        """Return whether the step that was done last is in a row, or none is and none was."""
        now = self._base + self._position
        if not row.count:
            return now == self._base
        if row.first in self._unfolded and not row.is_child:
            return False
        return row.first < now <= row.end

    def is_unfolded(self, row: Row) -> bool:
        """Return whether the strokes of a row are shown below it."""
        return row.count > 1 and row.first in self._unfolded

    def present_place(self) -> int:
        """Return which row to bring into sight; -1 when there is none."""
        now = self._base + self._position
        place = bisect_left(self._rows, now, key=lambda row: row.first)
        near = range(max(0, place - 1), min(place + 2, len(self._rows)))
        return next((n for n in near if self.is_present(self._rows[n])), near[-1] if near else -1)

    def subject(self, row: Row) -> str:
        """Return the class, or the model, of a row."""
        if row.origin is None:
            return ""
        return subject(row.origin, self._classes, self._models)

    def title(self, row: Row) -> str:
        """Return the name of the tool of a row, and how often it was used."""
        if row.origin is None:
            return self.tr("Before the first step")
        name = tool_name(row.origin.tool)
        return f"{name} ×{row.count}" if row.count > 1 else name

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return index.row()
        texts = (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole))
        if role in texts:
            return self._text(row)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return self._tip(row)
        return None

    def _text(self, row: Row) -> str:
        if row.origin is None:
            return self.title(row)
        pixels = self.tr("{:,} px").format(row.pixels)
        return " · ".join(filter(None, (self.title(row), self.subject(row), pixels)))

    def _tip(self, row: Row) -> str:
        origin = row.origin
        if origin is None:
            return self.tr("Before the first step\nA click takes every step back.")
        who = origin.annotator or author_name(author_of(origin))
        return f"{self._text(row)}\n{who} · {moment(origin.time)}"

    # Following the steps ---------------------------------------------------------------------

    def _forgotten(self, steps: Sequence[Step]) -> int | None:
        """Return how many of the oldest steps are gone; None when these are other steps."""
        if not steps:
            return None
        return next((n for n, step in enumerate(self._steps) if step is steps[0]), None)

    def _begin_anew(self, steps: Sequence[Step]) -> None:
        self._steps, self._groups, self._base = [], [], 0
        self._unfolded.clear()
        for step in steps:
            self._group(step)
        self._rebuild()

    def _group(self, step: Step) -> bool:
        """Take one more step; returns whether it belongs to the group before it."""
        number, before = self._base + len(self._steps), self._steps[-1:]
        self._steps.append(step)
        joins = bool(before) and are_one(before[0].origin, step.origin)
        if joins:
            group = self._groups[-1]
            group.count, group.pixels = group.count + 1, group.pixels + step.pixels
            group.origin = step.origin
        else:
            self._groups.append(Row(number, 1, step.pixels, step.origin))
        return joins

    def _append(self, step: Step) -> None:
        joins = self._group(step)
        group, place = self._groups[-1], len(self._rows)
        is_first = not place and self._filter.shows_all
        if is_first or (self._filter.since_segment and step.origin.tool == SEGMENT):
            self._rebuild()
        elif not self._is_asked_for(group):
            return
        elif not joins:
            self._insert(place, [group])
        elif group.first in self._unfolded:
            self._insert(place, self._children(group)[-1:])

    def _truncate(self, kept: int) -> None:
        """Drop the steps from number `kept` on; what is left of a group is grouped again."""
        end = self._base + kept
        if kept == len(self._steps):
            return
        while self._groups and self._groups[-1].end > end:
            start = self._groups.pop().first
        self._unfolded = {first for first in self._unfolded if first < start}
        rest = self._steps[start - self._base : kept]
        del self._steps[start - self._base :]
        self._remove(self._place_from(start), len(self._rows))
        for step in rest:
            self._append(step)
        if self._filter.since_segment and self._since >= end:
            self._rebuild()  # the last Segment is gone: those since the one before it are shown

    def _forget(self, count: int) -> None:
        for step in self._steps[:count]:
            oldest = self._groups[0]
            place = next((n for n, row in enumerate(self._rows[:2]) if row is oldest), None)
            if oldest.first in self._unfolded and place is not None:
                self.toggle(place)
            self._unfolded.discard(oldest.first)
            oldest.first, oldest.count = oldest.first + 1, oldest.count - 1
            oldest.pixels -= step.pixels
            if not oldest.count:
                del self._groups[0]
                if place is not None:
                    self._remove(place, place + 1)
        del self._steps[:count]
        self._base += count
        if self._rows and not self._rows[0].count:
            self._rows[0].first = self._base

    def _rebuild(self) -> None:
        self.beginResetModel()
        segments = (g.first for g in reversed(self._groups) if tool_of(g) == SEGMENT)
        self._since = next(segments, self._base) if self._filter.since_segment else self._base
        shows_start = self._groups and self._filter.shows_all
        self._rows = [Row(self._base)] if shows_start else []
        for group in filter(self._is_asked_for, self._groups):
            self._rows.append(group)
            if self.is_unfolded(group):
                self._rows += self._children(group)
        self.endResetModel()

    def _is_asked_for(self, group: Row) -> bool:
        assert group.origin is not None
        return group.first >= self._since and self._filter.accepts(group.origin)

    def _place_from(self, number: int) -> int:
        """Return the place of the first row whose steps begin at a number or after it."""
        place = len(self._rows)
        while place and self._rows[place - 1].count and self._rows[place - 1].first >= number:
            place -= 1
        return place

    def _insert(self, place: int, rows: Sequence[Row]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
            self._rows[place:place] = rows
            self.endInsertRows()

    def _remove(self, start: int, end: int) -> None:
        if start < end:
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            del self._rows[start:end]
            self.endRemoveRows()

    def _children(self, row: Row) -> list[Row]:
        start = row.first - self._base
        return [
            Row(row.first + n, 1, step.pixels, step.origin, is_child=True)
            for n, step in enumerate(self._steps[start : start + row.count])
        ]

    def _changed(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))

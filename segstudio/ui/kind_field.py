"""A drop-down list of what pixels can be: a class, Ignore, unlabelled."""

from collections.abc import Iterable

from segstudio.core.classes import ClassTable
from segstudio.editing.kinds import EVERY, IGNORED, UNLABELLED
from segstudio.ui import swatch
from segstudio.ui.controls import Combo


class KindField(Combo):
    """Holds a kind, see `editing.kinds`, and shows it by name and colour."""

    @property
    def kind(self) -> int | None:
        """What is chosen; None while nothing is offered."""
        kind = self.currentData()
        return None if kind is None else int(kind)

    def offer(self, classes: ClassTable, *, every: bool = False, unlabelled: bool = False) -> None:
        """Offer other kinds in place of those before; the first is chosen."""
        self.clear()
        if every:
            self.addItem(self.tr("Every class"), EVERY)
        for entry in classes:
            self.addItem(swatch.icon(entry.colour), entry.name, entry.index)
        self.addItem(swatch.icon(None), self.tr("Ignore"), IGNORED)
        if unlabelled:
            self.addItem(self.tr("Unlabelled"), UNLABELLED)

    def choose(self, wanted: Iterable[int | None]) -> None:
        """Choose the first of some kinds that is offered, else the first row."""
        rows = (self.findData(kind) for kind in wanted if kind is not None)
        self.setCurrentIndex(next((row for row in rows if row >= 0), 0))

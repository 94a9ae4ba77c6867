"""The conflicts of a merge: a list, both versions of one, and a choice for it or for all."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segstudio.project.merge_state import Choice
from segstudio.project.merging import MergeItem, MergePlan
from segstudio.session.merging import MergePicture
from segstudio.ui.controls import Segment, Segmented, link_button, text_label
from segstudio.ui.merge_list import THUMBNAIL, ConflictList
from segstudio.ui.merge_view import MergeView

LIST_WIDTH = 312
_LATER = "later"


class ConflictPage(QWidget):
    """Shows conflicts and takes choices."""

    chosen = Signal()
    """Something else is chosen for some of them."""
    picture_requested = Signal(object, int)
    """A `MergeItem` and how long the picture should be, in pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(8)
        self._list = ConflictList()
        self._list.setFixedWidth(LIST_WIDTH)
        left.addWidget(self._list, 1)
        left.addLayout(self._build_for_all())
        row.addLayout(left)
        right = QVBoxLayout()
        right.setSpacing(8)
        self._way = Segmented(
            "merge_way",
            self.tr("How to compare"),
            (
                Segment("beside", self.tr("Side by side")),
                Segment("divider", self.tr("Divider"), tip=self.tr("Drag it, or use ← and →.")),
            ),
            width=96,
            takes_focus=True,
        )
        self._way.set_value("beside")
        self._name = text_label("", "")
        self._name.setObjectName("merge_name")
        bar = QHBoxLayout()
        bar.addWidget(self._name, 1)
        bar.addWidget(self._way)
        self._view = MergeView()
        right.addLayout(bar)
        right.addWidget(self._view, 1)
        right.addWidget(self._build_choice())
        row.addLayout(right, 1)

    def _build_for_all(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(text_label(self.tr("For all:"), "secondary"))
        self._for_all = {
            Choice.MINE: link_button(self.tr("Mine"), "merge_all_mine"),
            Choice.THEIRS: link_button(self.tr("Theirs"), "merge_all_theirs"),
            Choice.BOTH: link_button(self.tr("Both: mine first"), "merge_all_both"),
        }
        for button in self._for_all.values():
            button.setAccessibleName(self.tr("For all: %s") % button.text())
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _build_choice(self) -> QWidget:
        self._choice = Segmented(
            "merge_choice",
            self.tr("Take for this image"),
            (
                Segment(_LATER, self.tr("Later"), tip=self.tr("It stays as it is for now.")),
                Segment("mine", self.tr("Mine"), tip=self.tr("Leave theirs out.")),
                Segment("theirs", self.tr("Theirs"), tip=self.tr("In place of mine.")),
                Segment(
                    "both",
                    self.tr("Both: mine first"),
                    tip=self.tr(
                        "Mine where I painted, then theirs where they did; the blank is filled."
                    ),
                ),
            ),
            takes_focus=True,
        )
        self._choice.set_value(_LATER)
        return self._choice

    def _connect(self) -> None:
        self._list.current_changed.connect(self._on_current)
        self._list.conflicts.picture_wanted.connect(self._on_thumbnail_wanted)
        self._way.chosen.connect(self._on_way)
        self._choice.chosen.connect(self._on_choice)
        self._for_all[Choice.MINE].clicked.connect(self._all_mine)
        self._for_all[Choice.THEIRS].clicked.connect(self._all_theirs)
        self._for_all[Choice.BOTH].clicked.connect(self._all_both)

    # What it shows ---------------------------------------------------------------------------

    def choices(self) -> dict[str, Choice]:
        """Return what is chosen at the moment, by name of the conflict."""
        return dict(self._list.conflicts.choices)

    def set_plan(self, plan: MergePlan) -> None:
        self._list.conflicts.set_items(plan.conflicts, plan.classes.table)
        if plan.conflicts:
            self._list.show_first()
            self._list.setFocus()

    def set_picture(self, picture: MergePicture) -> None:
        """Show a picture that was asked for."""
        if picture.side <= self._thumbnail_side():
            self._list.conflicts.set_picture(picture)
            return
        current = self._list.current()
        if current is not None and current.name == picture.name:
            self._view.set_picture(picture)

    # What is wished for ----------------------------------------------------------------------

    def _thumbnail_side(self) -> int:
        return round(THUMBNAIL.width() * self.devicePixelRatioF())

    def _on_thumbnail_wanted(self, item: MergeItem) -> None:
        self.picture_requested.emit(item, self._thumbnail_side())

    def _on_current(self, item: MergeItem | None) -> None:
        if item is None:
            return
        self._name.setText(item.name)
        choice = self._list.conflicts.choices.get(item.name)
        self._choice.set_value(str(choice) if choice is not None else _LATER)
        self._view.set_picture(None)
        longest = max(self._view.width(), self._view.height(), 320)
        self.picture_requested.emit(item, round(longest * self.devicePixelRatioF()))

    def _on_way(self, way: str) -> None:
        self._view.set_divided(way == "divider")

    def _on_choice(self, key: str) -> None:
        item = self._list.current()
        if item is not None:
            choice = None if key == _LATER else Choice(key)
            self._list.conflicts.choose(item.name, choice)
            self.chosen.emit()

    def _all_mine(self) -> None:
        self._choose_all(Choice.MINE)

    def _all_theirs(self) -> None:
        self._choose_all(Choice.THEIRS)

    def _all_both(self) -> None:
        self._choose_all(Choice.BOTH)

    def _choose_all(self, choice: Choice) -> None:
        for item in self._list.conflicts.items:
            self._list.conflicts.choose(item.name, choice)
        self._choice.set_value(str(choice))
        self.chosen.emit()

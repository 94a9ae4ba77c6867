"""Merging another copy of the project: what would be taken, and a choice for each conflict."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.project.merge_state import Choice
from segstudio.project.merging import MergeItem, MergePlan
from segstudio.session.merging import MergePicture
from segstudio.ui import theme
from segstudio.ui.controls import ElidedLabel, Segment, Segmented, link_button, named, text_label
from segstudio.ui.merge_list import THUMBNAIL, ConflictList
from segstudio.ui.merge_view import MergeView
from segstudio.ui.merge_words import head_line, second_line

DIALOG_SIZE = (900, 600)
LIST_WIDTH = 312
_LATER = "later"


class MergeDialog(QDialog):
    """Asks and shows; the session compares and merges."""

    merge_requested = Signal(object)
    """By name of a conflict the `Choice`."""
    cancel_requested = Signal()
    picture_requested = Signal(object, int)
    """A `MergeItem` and how long the picture should be, in pixels."""

    def __init__(self, source: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "merge_dialog", self.tr("Merge another copy"))
        self.setWindowTitle(self.tr("Merge another copy"))
        self.resize(*DIALOG_SIZE)
        self._plan: MergePlan | None = None
        self._is_running = False
        self._large: dict[str, MergePicture] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._build_head(source))
        column.addWidget(self._build_pages(), 1)
        column.addLayout(self._build_foot())
        self._connect()
        self.set_progress(0.0, "")

    def _build_head(self, source: str) -> QVBoxLayout:
        head = QVBoxLayout()
        head.setSpacing(4)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(text_label(self.tr("Merge another copy"), "title"))
        title.addWidget(ElidedLabel(source), 1, Qt.AlignmentFlag.AlignBottom)
        self._head = text_label(self.tr("Comparing…"), "dialog")
        self._head.setObjectName("merge_head")
        self._more = text_label("", "secondary")
        self._more.setObjectName("merge_more")
        self._more.setWordWrap(True)
        self._more.hide()
        head.addLayout(title)
        head.addWidget(self._head)
        head.addWidget(self._more)
        return head

    def _build_pages(self) -> QWidget:
        self._pages = QStackedWidget()
        self._pages.addWidget(QWidget())
        self._pages.addWidget(self._build_conflicts())
        return self._pages

    def _build_conflicts(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
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
        return page

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

    def _build_foot(self) -> QVBoxLayout:
        self._progress = named(QProgressBar(), "merge_progress", self.tr("Progress"))
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._line = QLabel()
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setObjectName("merge_foot")
        self._line.setWordWrap(True)
        self._merge = named(QPushButton(self.tr("Merge")), "merge_start", self.tr("Merge"))
        self._merge.setEnabled(False)
        self._cancel = named(QPushButton(self.tr("Cancel")), "merge_cancel", self.tr("Cancel"))
        for button in (self._merge, self._cancel):
            button.setAutoDefault(False)  # Enter in the list must not throw choices away
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._line, 1)
        row.addWidget(self._merge)
        row.addWidget(self._cancel)
        foot = QVBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._progress)
        foot.addLayout(row)
        return foot

    def _connect(self) -> None:
        self._list.current_changed.connect(self._on_current)
        self._list.conflicts.picture_wanted.connect(self._on_thumbnail_wanted)
        self._way.chosen.connect(self._on_way)
        self._choice.chosen.connect(self._on_choice)
        self._for_all[Choice.MINE].clicked.connect(self._all_mine)
        self._for_all[Choice.THEIRS].clicked.connect(self._all_theirs)
        self._for_all[Choice.BOTH].clicked.connect(self._all_both)
        self._merge.clicked.connect(self._on_merge)
        self._cancel.clicked.connect(self.reject)

    # What it shows ---------------------------------------------------------------------------

    def choices(self) -> dict[str, Choice]:
        """Return what is chosen at the moment, by name of the conflict."""
        return dict(self._list.conflicts.choices)

    def set_progress(self, done: float, stage: str) -> None:
        """Show how much is compared or merged."""
        self._is_running = True
        self._progress.show()
        self._progress.setValue(round(1000 * done))
        self._say(stage)

    def set_plan(self, plan: MergePlan) -> None:
        """Show what was found."""
        self._plan = plan
        self._set_running(False)
        self._head.setText(head_line(plan))
        more = second_line(plan)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self._list.conflicts.set_items(plan.conflicts, plan.classes.table)
        self._pages.setCurrentIndex(1 if plan.conflicts else 0)
        if plan.conflicts:
            self._list.show_first()
            self._list.setFocus()
        self._show_foot()

    def set_picture(self, picture: MergePicture) -> None:
        """Show a picture that was asked for."""
        if picture.side <= self._thumbnail_side():
            self._list.conflicts.set_picture(picture)
            return
        self._large = {picture.name: picture}
        current = self._list.current()
        if current is not None and current.name == picture.name:
            self._view.set_picture(picture)

    def set_error(self, text: str) -> None:
        """Show what went wrong."""
        self._set_running(False)
        if self._plan is None:
            self._head.setText(self.tr("Nothing was compared."))
        else:
            self._show_foot()
        self._say(text, "danger")

    def _show_foot(self) -> None:
        plan = self._plan
        assert plan is not None
        chosen = len(self._list.conflicts.choices)
        count = len(plan.taken) + chosen
        one, several = self.tr("Merge 1 image"), self.tr("Merge %d images")
        self._merge.setText(one if count == 1 else several % count)
        self._merge.setAccessibleName(self._merge.text())
        self._merge.setEnabled(count > 0)
        left = len(plan.conflicts) - chosen
        if left:
            one = self.tr("1 conflict without a choice stays as it is.")
            several = self.tr("%d conflicts without a choice stay as they are.")
            self._say(one if left == 1 else several % left)
        elif count:
            self._say(self.tr("Each image can be undone by itself. The other copy stays as it is."))
        else:
            self._say(self.tr("There is nothing to merge."))

    def _say(self, text: str, role: str = "secondary") -> None:
        self._line.setText(text)
        theme.restyle(self._line, "role", role)

    def _set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        self._progress.setVisible(is_running)
        self._pages.setEnabled(not is_running)
        self._merge.setEnabled(not is_running and self._plan is not None)

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
        self._view.set_picture(self._large.get(item.name))
        longest = max(self._view.width(), self._view.height(), 320)
        self.picture_requested.emit(item, round(longest * self.devicePixelRatioF()))

    def _on_way(self, way: str) -> None:
        self._view.set_divided(way == "divider")

    def _on_choice(self, key: str) -> None:
        item = self._list.current()
        if item is not None:
            choice = None if key == _LATER else Choice(key)
            self._list.conflicts.choose(item.name, choice)
            self._show_foot()

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
        self._show_foot()

    def _on_merge(self) -> None:
        self._set_running(True)
        self.merge_requested.emit(self.choices())

    def reject(self) -> None:
        """Stop what is running, or close."""
        if self._is_running:
            self.cancel_requested.emit()
        if not self._is_running or self._plan is None:
            super().reject()

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
from segstudio.project.merging import MergePlan
from segstudio.session.merging import MergePicture
from segstudio.ui import theme
from segstudio.ui.controls import ElidedLabel, named, text_label
from segstudio.ui.merge_page import ConflictPage
from segstudio.ui.merge_words import head_line, merge_button, second_line

DIALOG_SIZE = (900, 600)


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
        self._conflicts = ConflictPage()
        self._pages.addWidget(self._conflicts)
        return self._pages

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
        self._conflicts.chosen.connect(self._show_foot)
        self._conflicts.picture_requested.connect(self.picture_requested)
        self._merge.clicked.connect(self._on_merge)
        self._cancel.clicked.connect(self.reject)

    # What it shows ---------------------------------------------------------------------------

    def choices(self) -> dict[str, Choice]:
        """Return what is chosen at the moment, by name of the conflict."""
        return self._conflicts.choices()

    def set_picture(self, picture: MergePicture) -> None:
        """Show a picture that was asked for."""
        self._conflicts.set_picture(picture)

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
        self._pages.setCurrentIndex(1 if plan.conflicts else 0)
        self._conflicts.set_plan(plan)
        self._show_foot()

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
        chosen = len(self.choices())
        count = len(plan.taken) + chosen
        self._merge.setText(merge_button(count, plan))
        self._merge.setAccessibleName(self._merge.text())
        self._merge.setEnabled(count > 0 or bool(plan.models or plan.first_looks))
        left = len(plan.conflicts) - chosen
        if left:
            one = self.tr("1 conflict without a choice stays as it is.")
            several = self.tr("%d conflicts without a choice stay as they are.")
            self._say(one if left == 1 else several % left)
        elif count:
            self._say(self.tr("Each image can be undone by itself. The other copy stays as it is."))
        elif plan.models or plan.first_looks:
            self._say(self.tr("No label changes. The other copy stays as it is."))
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

    def _on_merge(self) -> None:
        self._set_running(True)
        self.set_progress(0.0, self.tr("Merging…"))
        self.merge_requested.emit(self.choices())

    def reject(self) -> None:
        """Stop what is running, or close."""
        if self._is_running:
            self.cancel_requested.emit()
        if not self._is_running or self._plan is None:
            super().reject()

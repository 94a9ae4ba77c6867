"""From "Merge another copy…" to the merged project: the dialog and its jobs."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from segstudio.project.merge_state import Choice
from segstudio.project.merging import MergeItem, MergePlan
from segstudio.project.taking import Outcome
from segstudio.session.merging import MergePicture, Merging
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui.merge_dialog import MergeDialog
from segstudio.ui.merge_words import merged_line
from segstudio.ui.window import MainWindow


class MergeFlow(QObject):
    """Asks which copy, shows what a merge would do, and has it done."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._merging = Merging(session, self)
        self._dialog: MergeDialog | None = None
        self._models: frozenset[str] = frozenset()
        self._merging.compared.connect(self._on_compared)
        self._merging.progressed.connect(self._on_progressed)
        self._merging.pictured.connect(self._on_pictured)
        self._merging.failed.connect(self._on_failed)
        self._merging.merged.connect(self._on_merged)

    def ask(self) -> None:
        """Ask for the other copy."""
        session = self._session
        if session.project is None or not len(session.images):
            session.tell(self.tr("Open images first, then merge another copy of their project."))
            return
        if session.is_read_only:
            session.tell_error(session.editor.forbidden)
            return
        if self._dialog is not None:
            self._dialog.raise_()
            return
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Merge another copy"),
            str(session.root or Path.home()),
            self.tr("Projects (*.segstudio);;All files (*)"),
        )
        if name:
            self.begin(Path(name))

    def begin(self, path: Path) -> None:
        """Compare the copy at a path and show what a merge would do."""
        if self._dialog is not None:
            return
        dialog = self._dialog = MergeDialog(str(path), self._window)
        dialog.merge_requested.connect(self._on_wish)
        dialog.cancel_requested.connect(self._merging.cancel)
        dialog.picture_requested.connect(self._on_picture_wanted)
        dialog.finished.connect(self._on_closed)
        dialog.open()
        self._merging.compare(path)

    def _on_compared(self, plan: MergePlan) -> None:
        self._models = frozenset(version.title for version in plan.models)
        if self._dialog is None:
            self._merging.close()
        else:
            self._dialog.set_plan(plan)

    def _on_progressed(self, done: float, stage: str) -> None:
        if self._dialog is not None:
            self._dialog.set_progress(done, stage)

    def _on_picture_wanted(self, item: MergeItem, side: int) -> None:
        self._merging.want(item, side)

    def _on_pictured(self, picture: MergePicture) -> None:
        if self._dialog is not None:
            self._dialog.set_picture(picture)

    def _on_wish(self, choices: Mapping[str, Choice]) -> None:
        self._merging.merge(choices)

    def _on_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.set_error(sentence)
        else:
            self._session.tell_error(sentence)

    def _on_merged(self, outcomes: tuple[Outcome, ...] | None) -> None:
        if self._dialog is not None:
            self._dialog.done(MergeDialog.DialogCode.Accepted)
        if outcomes is None:
            text = self.tr("The merge was stopped. What was merged before stays; merge again.")
            self._session.tell(text)
            return
        problems = [outcome.problem for outcome in outcomes if outcome.problem]
        failed = {outcome.name for outcome in outcomes if outcome.problem}
        models = len(self._models - failed)
        text = merged_line(len(outcomes) - len(problems), len(problems), models)
        if problems:
            self._session.tell_error(f"{text} {problems[0]}")
        else:
            self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_closed(self, _result: int) -> None:
        dialog, self._dialog = self._dialog, None
        self._merging.close()
        if dialog is not None:
            dialog.deleteLater()

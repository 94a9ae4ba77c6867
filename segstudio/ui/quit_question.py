"""The question before the program ends while something is running."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import named


@dataclass(frozen=True)
class RunningJob:
    """What is running, and what becomes of it when the program ends: a sentence each."""

    text: str
    after: str


class QuitQuestion(QMessageBox):
    """Names what is running; Stay is the answer of Enter and Esc."""

    def __init__(self, jobs: Sequence[RunningJob], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "quit_question", self.tr("Quit"))
        self.setWindowTitle(self.tr("Quit"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        lines = [job.text for job in jobs]
        self.setText("\n".join([*lines[:-1], f"{lines[-1]} {self.tr('Quit anyway?')}"]))
        self.setInformativeText("\n".join(job.after for job in jobs))
        self._quit = self.addButton(self.tr("Quit"), QMessageBox.ButtonRole.AcceptRole)
        stay = self.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        named(self._quit, "quit_quit", self.tr("Quit"))
        named(stay, "quit_stay", self.tr("Stay"))
        theme.restyle(self._quit, "danger", True)
        self.setDefaultButton(stay)
        self.setEscapeButton(stay)

    @classmethod
    def ask(cls, jobs: Sequence[RunningJob], parent: QWidget) -> bool:
        """Ask, and tell whether the program is to end all the same."""
        question = cls(jobs, parent)
        question.exec()
        answer = question.clickedButton() is question._quit
        question.deleteLater()
        return answer

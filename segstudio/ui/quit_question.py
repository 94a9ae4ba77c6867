"""The question before the program ends, or other images are opened, while something is running."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import named


@dataclass(frozen=True)
class RunningJob:
    """What is running, and what becomes of it when it is left: a sentence each."""

    text: str
    after: str


class QuitQuestion(QMessageBox):
    """Names what is running; Stay is the answer of Enter and Esc."""

    def __init__(
        self, jobs: Sequence[RunningJob], parent: QWidget | None = None, *, opens: bool = False
    ) -> None:
        """Make the question; `opens`: other images are to be opened, and the program goes on."""
        super().__init__(parent)
        verb = self.tr("Open") if opens else self.tr("Quit")
        ask = self.tr("Open other images anyway?") if opens else self.tr("Quit anyway?")
        named(self, "quit_question", verb)
        self.setWindowTitle(verb)
        self.setTextFormat(Qt.TextFormat.PlainText)
        lines = [job.text for job in jobs]
        self.setText("\n".join([*lines[:-1], f"{lines[-1]} {ask}"]))
        self.setInformativeText("\n".join(job.after for job in jobs))
        self._quit = self.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        stay = self.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        named(self._quit, "quit_quit", verb)
        named(stay, "quit_stay", self.tr("Stay"))
        theme.restyle(self._quit, "danger", True)
        self.setDefaultButton(stay)
        self.setEscapeButton(stay)

    @classmethod
    def ask(cls, jobs: Sequence[RunningJob], parent: QWidget, *, opens: bool = False) -> bool:
        """Ask, and tell whether to go on all the same."""
        question = cls(jobs, parent, opens=opens)
        question.exec()
        answer = question.clickedButton() is question._quit
        question.deleteLater()
        return answer

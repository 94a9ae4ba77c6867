"""The project as a file: opening, copying, packing, compacting and recovering it."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog

from segstudio.project.location import FILE_NAME
from segstudio.project.repair import Repaired
from segstudio.session.jobs import Job
from segstudio.session.session import Session
from segstudio.ui.controls import named
from segstudio.ui.text_dialog import TextDialog
from segstudio.ui.window import MainWindow

_KINDS = "*.segstudio"
_SHOWN_AFTER_MS = 400
"""What is done sooner shows no progress."""
_STEPS = 1000


class ProjectWiring(QObject):
    """Asks where to, has it done, and says what came of it."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._running: dict[Job, QProgressDialog] = {}
        for name, work in (
            ("open_project", self.open_project),
            ("save_copy", self.save_copy),
            ("pack", self.pack),
            ("compact", self.compact),
            ("recover", self.recover),
        ):
            window.actions_by_name[name].triggered.connect(work)
        session.keeping.started.connect(self._on_started)
        session.keeping.recovered.connect(self._on_recovered)

    def open_project(self) -> None:
        """Ask for a project file and open its folder."""
        file = self._ask_for_project(self.tr("Open project"))
        if file is not None:
            self._session.open([file])

    def save_copy(self) -> None:
        """Ask where to and save a copy."""
        root = self._root()
        if root is None:
            return
        kinds = self.tr("Projects (%s)") % _KINDS
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save a copy"), str(root.parent / FILE_NAME), kinds
        )
        if name:
            self._session.editor.finish()
            self._session.keeping.save_copy(Path(name))

    def pack(self) -> None:
        """Ask where to and pack everything into one file."""
        root = self._root()
        if root is None:
            return
        proposed = root.parent / f"{root.name or 'project'}.zip"
        kinds = self.tr("Zip files (%s)") % "*.zip"
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Pack to send"), str(proposed), kinds
        )
        if name:
            self._session.editor.finish()
            names = [record.name for record in self._session.images.records]
            self._session.keeping.pack(Path(name), names, ())

    def compact(self) -> None:
        """Make the project smaller, after saying what cannot be undone then."""
        if self._root() is None:
            return
        if self._session.is_read_only:
            self._session.tell_held()
            return
        if self._session.class_step and not self._may_make_permanent():
            return
        self._session.editor.finish()
        self._session.keeping.compact()

    def recover(self) -> None:
        """Recover the project that was found damaged, else one that is asked for."""
        damaged = self._session.keeping.damaged
        if damaged is not None:
            file, paths = damaged.file, damaged.paths
        else:
            chosen = self._ask_for_project(self.tr("Recover a project"))
            if chosen is None:
                return
            file, paths = chosen, (chosen,)
        problem = self._session.leave_project(file)
        if problem:
            self._session.tell_error(problem)
            return
        self._session.keeping.recover(file, paths)

    def _root(self) -> Path | None:
        session = self._session
        if session.root is None or session.project is None:
            session.tell(self.tr("Open images or a project first."))
            return None
        return session.root

    def _ask_for_project(self, title: str) -> Path | None:
        recent = self._session.settings.get("recent")
        start = str(Path(recent[0]).parent) if recent else str(Path.home())
        kinds = self.tr("Projects (%s);;All files (*)") % _KINDS
        name, _ = QFileDialog.getOpenFileName(self._window, title, start, kinds)
        return Path(name) if name else None

    def _may_make_permanent(self) -> bool:
        text = self.tr(
            "Compact makes the project file smaller. Merged and deleted classes become permanent: "
            "they cannot be undone any more. The steps of the images stay."
        )
        question = QMessageBox(
            QMessageBox.Icon.NoIcon, self.tr("Compact"), text, parent=self._window
        )
        yes = question.addButton(self.tr("Compact"), QMessageBox.ButtonRole.AcceptRole)
        question.setDefaultButton(question.addButton(QMessageBox.StandardButton.Cancel))
        question.exec()
        return question.clickedButton() is yes

    # Progress --------------------------------------------------------------------------------

    def _on_started(self, title: str, job: Job) -> None:
        dialog = QProgressDialog(title, self.tr("Cancel"), 0, _STEPS, self._window)
        named(dialog, "job_progress", title)
        dialog.setWindowTitle(title.rstrip("…"))
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(_SHOWN_AFTER_MS)
        dialog.setAutoClose(False)
        dialog.setAutoReset(False)
        dialog.canceled.connect(job.cancel)
        job.progressed.connect(self._on_progressed)
        job.ended.connect(self._on_ended)
        self._running[job] = dialog
        dialog.setValue(0)

    def _on_progressed(self, share: float, _stage: str) -> None:
        dialog = self._running.get(self.sender())  # type: ignore[call-overload]
        if dialog is not None and not dialog.wasCanceled():
            dialog.setValue(round(share * _STEPS))

    def _on_ended(self, job: Job) -> None:
        dialog = self._running.pop(job, None)
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    def _on_recovered(self, repaired: Repaired, paths: tuple[Path, ...]) -> None:
        dialog = TextDialog(self.tr("Recovered"), repaired.report(), self._window)
        dialog.show()
        self._session.open(list(paths))

"""From Ctrl+E to the report: the export dialog and its job."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.session.exporting import export_work, exportable
from segstudio.session.jobs import Job
from segstudio.session.session import Session
from segstudio.ui.export_values import ExportOffer, ExportWish
from segstudio.ui.quit_question import RunningJob
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    from segstudio.formats.export_values import ExportReport

    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.export_dialog import ExportDialog

REMEMBERED = 50
"""Folders of images whose dataset is known again."""


class ExportFlow(QObject):
    """Asks what to export, has it done, and shows that it was done right."""

    written = Signal()
    """An export is in its place."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._dialog: ExportDialog | None = None
        self._job: Job | None = None
        self._progress = 0, 0
        """How many images of the export are written, and of how many."""
        self._report: list[ExportReport] = []
        """What the job wrote, also when it was cancelled too late to stop it."""

    def running_job(self) -> RunningJob | None:
        """Return the export that is being written, for whoever would end it."""
        if self._job is None:
            return None
        done, total = self._progress
        text = self.tr("Export is running.")
        if total:
            counted = self.tr("Export is running: {done} of {total} images are written.")
            text = counted.format(done=done, total=total)
        return RunningJob(text, self.tr("Of an unfinished export nothing is kept."))

    def ask(self) -> None:
        """Open the dialog."""
        from segstudio.ui.export_dialog import ExportDialog

        session = self._session
        if session.root is None or not len(session.images):
            session.tell(self.tr("Open images first; there is nothing to export yet."))
            return
        if self._dialog is not None:
            self._dialog.raise_()
            return
        session.editor.finish()
        there = exportable(session.images)
        offer = ExportOffer(
            done=there.done,
            labelled=there.labelled,
            done_unseen=0,
            labelled_unseen=there.labelled_unseen,
            classes=session.classes,
            folder=self._proposed_folder(session.root),
            image_bytes=there.image_bytes,
            model=session.versions.current,
            format=session.settings.get("export.format"),
        )
        self._dialog = ExportDialog(offer, self._window)
        self._dialog.export_requested.connect(self._on_wish)
        self._dialog.cancel_requested.connect(self._on_cancel)
        self._dialog.finished.connect(self._on_closed)
        self._dialog.open()

    def _proposed_folder(self, root: Path) -> Path:
        """Return where these images went last, else a folder of their own beside the last one.

        Never the dataset of other images: an export replaces the one before it.
        """
        get = self._session.settings.get
        known = get("export.folders").get(str(root))
        if isinstance(known, str):
            return Path(known)
        place = Path(get("export.folder")) if get("export.folder") else root.parent
        name = f"{root.name or 'images'}-dataset"
        names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
        return next(place / free for free in names if not (place / free).exists())

    def _remember(self, root: Path, folder: Path) -> None:
        settings = self._session.settings
        others = {k: v for k, v in settings.get("export.folders").items() if k != str(root)}
        newest = list(others.items())[1 - REMEMBERED :]
        settings.set("export.folders", dict(newest) | {str(root): str(folder)})
        settings.set("export.folder", str(folder.parent))

    def _on_wish(self, wish: ExportWish) -> None:
        session = self._session
        project, root = session.project, session.root
        assert project is not None
        assert root is not None
        self._remember(root, wish.folder)
        session.settings.set("export.format", wish.format)
        work = export_work(
            session.images,
            session.open_documents(),
            project,
            session.classes,
            which=wish.which,
            folder=wish.folder,
            with_images=wish.copy_images,
            root=root,
            form=wish.format,
            model=wish.model,
        )
        written = self._report = []
        self._progress = 0, 0

        def write(job: Job) -> "ExportReport":
            written.append(work(job))
            return written[0]

        job = self._job = session.runner.new("export", write)
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_written)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.ended.connect(self._on_ended)
        job.start()

    def _on_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
        elif self._dialog is not None:
            self._dialog.reject()

    def _on_closed(self, _result: int) -> None:
        if self._job is not None:
            self._job.cancel()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _on_progressed(self, _done: float, text: str) -> None:
        if self.sender() is not self._job:
            return
        done, _, total = text.partition(" / ")
        self._progress = int(done), int(total)
        if self._dialog is not None:
            self._dialog.set_progress(*self._progress)

    def _on_written(self, report: "ExportReport") -> None:
        self.written.emit()
        if self._dialog is not None and self.sender() is self._job:
            lines = [report.sentence, *report.failed.values()]
            self._dialog.set_report(lines, report.folder)

    def _on_failed(self, sentence: str) -> None:
        if self._dialog is not None and self.sender() is self._job:
            self._dialog.set_error(sentence)

    def _on_cancelled(self) -> None:
        if self._report and self.sender() is self._job:
            self._on_written(self._report[0])  # it was in its place before the wish came
            return
        if self._dialog is not None and self.sender() is self._job:
            self._dialog.set_error(self.tr("Cancelled. Nothing was written."))

    def _on_ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None

"""Opening other images: looking what is there, and waiting until nothing of these is unsaved."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core import places
from segstudio.core.errors import DamagedError
from segstudio.project.project import Project
from segstudio.session.images import Opened, look
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.saving import Saver


class Opening(QObject):
    """Looks in a job; the newest wish counts, and what is open stays until all of it is saved."""

    ready = Signal(object)
    """What is to be opened now: an `Opened`."""
    damaged = Signal(object, object)
    """A `DamagedError`, and the paths that were to be opened."""
    noticed = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        saver: Saver,
        release: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        """Make an opening; `release` ends a stroke in progress."""
        super().__init__(parent)
        self._runner = runner
        self._saver = saver
        self._release = release
        self._job: Job | None = None
        self._wanted: tuple[Path, ...] = ()
        self._found: Opened | None = None
        self.may_leave: Callable[[], bool] = lambda: True
        """Asks a person who would lose something by opening another project."""
        self._told_loss: Project | None = None
        """Whose changes that are not saved the person was told of."""
        saver.rested.connect(self._go_on)

    @property
    def is_looking(self) -> bool:
        """Whether it is not known yet what there is."""
        return self._job is not None

    def begin(self, paths: Sequence[Path]) -> None:
        """Look at files and folders; `ready` answers."""
        if self._job is not None:
            self._job.cancel()
        self._found = None
        fallback, wanted = places.user_folder(), tuple(paths)
        job = self._runner.new("open", lambda _job: look(wanted, fallback))
        self._job, self._wanted = job, wanted
        job.succeeded.connect(self._on_looked)
        job.failed.connect(self._on_failed)
        job.start()

    def forget(self) -> None:
        """Drop what was found, for the end of the program."""
        self._found = None

    def _on_failed(self, sentence: str) -> None:
        job = self._job
        if job is None or self.sender() is not job:
            return
        self._job = None
        if isinstance(job.error, DamagedError):
            self.damaged.emit(job.error, self._wanted)
        else:
            self.noticed.emit(Notice(sentence, NoticeKind.ERROR))

    def _on_looked(self, found: Opened) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        project = self._saver.project
        is_other = project is not None and project.file != found.project.file
        if is_other and not self.may_leave():
            return
        if self._job is not None:
            return  # something else was wished for while the question was open
        self._found = found
        self._saver.save_now()
        self._go_on()

    def _go_on(self) -> None:
        """Hand over what was found as soon as nothing is unsaved; the window goes on meanwhile."""
        if self._found is None or self._saver.is_writing:
            return
        state, project = self._saver.state, self._saver.project
        if state.problem and not state.is_over and not self._saver.has_unsaved:
            return  # it has just been stored, and the writer says so in a moment
        # Where another window has the project, nothing is lost once it is in a copy.
        is_lost = project is not None and project.has_given_up
        is_told = is_lost and project is self._told_loss
        if state.problem and (not state.is_over or (is_lost and not is_told)):
            self._found = None
            self._told_loss = project if state.is_over else None
            stays = self.tr("What is open stays open, so that nothing is lost.")
            if state.is_over:
                stays = self.tr("Save a copy, or open once more to leave out what is not saved.")
            copy = (("save_copy", self.tr("Save a copy…")),)
            self.noticed.emit(Notice(f"{state.problem} {stays}", NoticeKind.ERROR, copy))
            return
        self._release()
        if self._saver.has_unsaved:
            self._saver.save_now()
            return
        found, self._found = self._found, None
        self.ready.emit(found)

    # Telling ---------------------------------------------------------------------------------

    def tell(self, opened: Opened) -> None:
        """Tell what is not as expected: one banner at a time, so that the weightiest comes last."""
        project, over = opened.project, opened.taken_over
        if over is not None:
            text = self.tr("The labels of %d images in segstudio-labels were taken over.")
            stays = self.tr("That folder stays as it is.")
            self._tell(" ".join([text % over.images, stays, *over.problems]))
        if opened.left_out:
            self._tell_left_out(opened)
        if not opened.has_images:
            self._tell_without_images(opened)
        if project.moved_from is not None:
            self.tell_moved(project.file)
        if project.other is not None:
            self._tell_other(project.other)
        if project.ended_badly:
            self._tell_recovered(project)

    def tell_moved(self, file: Path) -> None:
        """Say where the project is kept instead of beside the images."""
        text = self.tr("The folder of the images cannot be written. The project is kept in %s.")
        self._tell(text % file.parent)

    def _tell_other(self, file: Path) -> None:
        text = self.tr(
            "Other work on these images is in %s. Bring it in with File > Merge another copy, "
            "then remove that file."
        )
        self._tell(text % file)

    def _tell_recovered(self, project: Project) -> None:
        steps = project.steps_since(project.ended_badly)
        text = self.tr("The program ended unexpectedly last time. Nothing stored was lost")
        if steps:
            text += self.tr(": all %d steps of that session are here") % steps
        self._tell(text + ".")

    def _tell_without_images(self, opened: Opened) -> None:
        text = self.tr(
            "No image of %s is in %s. Its labels are safe: put the file beside its images and open "
            "it there, or bring the images here; they are found by themselves."
        )
        self._tell(text % (opened.project.file.name, opened.root))

    def _tell_left_out(self, opened: Opened) -> None:
        names = [str(folder.relative_to(opened.root)) for folder in opened.left_out]
        one = self.tr("%s has labels of its own and was left out; open it by itself.")
        several = self.tr("%s have labels of their own and were left out; open them one by one.")
        self._tell((one if len(names) == 1 else several) % ", ".join(names))

    def _tell(self, text: str) -> None:
        self.noticed.emit(Notice(text))

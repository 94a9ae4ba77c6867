"""Keeping a project safe: backups while work goes on, copies, recovery, compacting."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core import places
from segstudio.core.errors import DamagedError, SegstudioError
from segstudio.project import backups, checking
from segstudio.project.compacting import Compacted, compact
from segstudio.project.copying import take_snapshot
from segstudio.project.location import backups_of
from segstudio.project.packing import Packed, pack_to_send
from segstudio.project.project import CHECKED_BYTES, Project
from segstudio.project.repair import Repaired, repair
from segstudio.project.saving_copies import save_copy
from segstudio.project.writer import Ticket
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.saving import Saver

log = logging.getLogger(__name__)

BACKUP_EVERY_MS = 30 * 60 * 1000

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Damaged:
    """A project file that has to be recovered, and what a person wanted to open."""

    file: Path
    paths: tuple[Path, ...]


class Keeping(QObject):
    """Looks after the file of the open project; what takes time is a job."""

    noticed = Signal(object)
    compacted = Signal()
    """The class steps of the project are permanent now."""
    recovered = Signal(object, object)
    """A `Repaired` and the paths that were to be opened."""
    started = Signal(str, object)
    """What is done, for people, and its `Job`, which tells how far it is."""

    _about_to_write = Signal(object, object)

    def __init__(self, runner: JobRunner, saver: Saver, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.damaged: Damaged | None = None
        self._runner = runner
        self._saver = saver
        self._backed_up: Ticket | None = None
        self._timer = QTimer(self, interval=BACKUP_EVERY_MS)
        self._timer.timeout.connect(self.back_up)
        # Emitted by the writer's thread, received in this one.
        self._about_to_write.connect(self._on_snapshot)

    # Backups ---------------------------------------------------------------------------------

    def watch(self, project: Project | None) -> None:
        """Turn to another project."""
        self._backed_up = self._saver.last_ticket
        if project is None:
            self._timer.stop()
            return
        self._timer.start()
        project.about_to_write = lambda file: self._take_snapshot(project, file)
        if project.exists and project.file.stat().st_size > CHECKED_BYTES:
            job = self._runner.new("check", lambda _job: (project, checking.is_whole(project.file)))
            job.succeeded.connect(self._on_checked)
            job.start()

    def back_up(self) -> None:
        """Make a backup if anything was changed since the last one."""
        project = self._saver.project
        if project is None or self._saver.last_ticket is self._backed_up:
            return
        if self._runner.running("backup") or not project.exists or project.held_by:
            return
        self._backed_up = self._saver.last_ticket
        file, folder = project.file, project.backups
        work = _stoppable(lambda report: backups.make(file, folder, going_on=_asking(report)))
        self._runner.new("backup", work).start()

    def _take_snapshot(self, project: Project, file: Path) -> None:
        """Remember the project as it is before its first change; in the writer's thread."""
        try:
            if not backups.is_due(project.backups):
                return
            snapshot = take_snapshot(file)
            (mode,) = snapshot.execute("PRAGMA journal_mode").fetchone()
            (images,) = snapshot.execute("SELECT count(*) FROM image").fetchone()
            if images and mode == "wal":
                self._about_to_write.emit(project, snapshot)
                return
            # Without a log whoever reads keeps others from writing: it is done right here.
            with closing(snapshot):
                if images:
                    backups.make_from(snapshot, project.backups)
        except (SegstudioError, sqlite3.Error) as error:
            log.warning("no backup before the first change: %s", error)

    def _on_snapshot(self, project: Project, snapshot: sqlite3.Connection) -> None:
        def make(report: Report) -> object:
            with closing(snapshot):
                return backups.make_from(snapshot, project.backups, going_on=_asking(report))

        self._runner.new("backup", _stoppable(make)).start()

    def _on_checked(self, found: tuple[Project, bool]) -> None:
        project, whole = found
        if not whole and project is self._saver.project:
            text = self.tr("%s in %s is damaged.") % (project.file.name, project.file.parent)
            self.tell_damaged(DamagedError(text, project.file), (project.root,))

    # Recovery --------------------------------------------------------------------------------

    def tell_damaged(self, error: DamagedError, paths: Sequence[Path]) -> None:
        """Say that a project is damaged, and offer to recover it."""
        self.damaged = Damaged(error.file, tuple(paths))
        recover = (("recover", self.tr("Recover…")),)
        self.noticed.emit(Notice(str(error), NoticeKind.ERROR, recover))

    def recover(self, file: Path, paths: Sequence[Path]) -> None:
        """Make a whole project of a damaged file and its backups; `paths` are opened then."""
        folder, wanted = backups_of(file, places.user_folder()), tuple(paths)

        def work(report: Report) -> tuple[Repaired, tuple[Path, ...]]:
            return repair(file, folder, report=report), wanted

        self._start("recover", self.tr("Recovering %s…") % file.name, work, self._on_recovered)

    def _on_recovered(self, found: tuple[Repaired, tuple[Path, ...]]) -> None:
        self.damaged = None
        self.recovered.emit(*found)

    # Copies ----------------------------------------------------------------------------------

    def save_copy(self, target: Path) -> None:
        """Save a copy with everything that was done, stored or not."""
        project = self._saver.project
        assert project is not None

        def work(report: Report) -> tuple[Path, tuple[str, ...]]:
            return target, save_copy(project, target, going_on=_asking(report))

        self._start("copy", self.tr("Saving a copy…"), work, self._on_copied)

    def _on_copied(self, found: tuple[Path, tuple[str, ...]]) -> None:
        target, left_out = found
        text = self.tr("A copy was saved as %s.") % target
        if left_out:
            text += self.tr(" Changes of %s could not be put into it.") % ", ".join(left_out)
        self.noticed.emit(Notice(text))

    def pack(self, target: Path, names: Sequence[str], models: Sequence[Path]) -> None:
        """Write project, images and models into one zip file."""
        project, images, files = self._saver.project, tuple(names), tuple(models)
        assert project is not None

        def work(report: Report) -> Packed:
            return pack_to_send(project, target, images, models=files, report=report)

        self._start("pack", self.tr("Packing…"), work, self._on_packed)

    def _on_packed(self, packed: Packed) -> None:
        text = self.tr("%s has the project and %d images. Unpacked, its folder opens anywhere.")
        text %= (packed.file.name, packed.images)
        if packed.missing:
            text += self.tr(" %d images are missing and not in it.") % len(packed.missing)
        self.noticed.emit(Notice(text))

    # Compacting ------------------------------------------------------------------------------

    def compact(self) -> None:
        """Make the file of the project as small as it can be."""
        project = self._saver.project
        assert project is not None
        self._start(
            "compact",
            self.tr("Compacting…"),
            lambda report: compact(project, report=report),
            self._on_compacted,
        )

    def _on_compacted(self, found: Compacted) -> None:
        before, after = (f"{size / 1e6:.1f} MB" for size in (found.before, found.after))
        text = self.tr("The project takes %s, before %s.") % (after, before)
        if found.class_steps:
            text += self.tr(" %d merged or deleted classes are permanent.") % found.class_steps
        self.compacted.emit()
        self.noticed.emit(Notice(text))

    # Inside ----------------------------------------------------------------------------------

    def _start(
        self,
        kind: str,
        title: str,
        work: Callable[[Report], Any],
        succeeded: Callable[[Any], None],
    ) -> None:
        if self._runner.running(kind):
            return
        job = self._runner.new(kind, _stoppable(work))
        job.succeeded.connect(succeeded)
        job.failed.connect(self._on_failed)
        self.started.emit(title, job)
        job.start()

    def _on_failed(self, sentence: str) -> None:
        self.noticed.emit(Notice(sentence, NoticeKind.ERROR))


def _stoppable(work: Callable[[Report], Any]) -> Callable[[Job], Any]:
    """Return the work of a job that reports as the project package does."""

    def run(job: Job) -> Any:
        def report(done: int, total: int) -> None:
            job.check()
            job.report(done / max(1, total), "")

        return work(report)

    return run


def _asking(report: Report) -> Callable[[], None]:
    return lambda: report(0, 1)

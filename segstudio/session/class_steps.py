"""Merging and deleting classes in the whole project, and taking that back, in the background."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.project import Project
from segstudio.project.writer import Ticket
from segstudio.session.class_book import ClassBook
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.register import Register

PATIENCE_S = 10.0


@dataclass(eq=False)
class _UnderWay:
    """A step on its way to the disk, and what is done once it is there."""

    what: str
    project: Project
    ticket: Ticket
    finish: Callable[[], None]
    stop: threading.Event = field(default_factory=threading.Event)


class ClassSteps(QObject):
    """One step for all images at once; whoever shows an image reads it anew afterwards.

    Every stroke after it is made in the new classes, so that nothing is painted while it is on
    its way to the disk. One that the disk does not take is taken back, and nothing has happened.
    """

    began = Signal()
    """A step is `under_way`; nothing may change until `ended`."""
    done = Signal()
    """All label maps read otherwise now."""
    ended = Signal()
    """It is stored, or was taken back."""
    noticed = Signal(object)

    def __init__(
        self,
        book: ClassBook,
        register: Register,
        runner: JobRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._register = register
        self._saver = register.saver
        self._runner = runner
        self._steps: list[tuple[str, ClassTable]] = []
        self._permanent: tuple[Mapping, ...] = ()
        self._mappings: list[Mapping] = []
        """Of the steps."""
        self._under_way: _UnderWay | None = None

    @property
    def under_way(self) -> str:
        """What is on its way to the disk, such as ``Merging: person → human``; else empty."""
        return self._under_way.what if self._under_way is not None else ""

    @property
    def last(self) -> str:
        """What could be taken back, such as ``person → human``; empty when nothing can."""
        return self._steps[-1][0] if self._steps else ""

    def open(self, project: Project) -> None:
        """Turn to another project."""
        self._steps = project.class_steps_with_classes()
        self._permanent = project.permanent_mappings()
        self._mappings = [step.mapping for step in project.class_steps()]
        self._book.became = _composed((*self._permanent, *self._mappings))

    def merge(self, source: int, target: int) -> None:
        """Make all pixels of a class those of another one, in all images."""
        merged, into = self._book.table.get(source), self._book.table.get(target)
        if merged is None or into is None or source == target:
            return
        title = f"{merged.name} → {into.name}"
        self._do(
            "merge",
            title,
            merged,
            target,
            self.tr("%s was merged into %s.") % (merged.name, into.name),
        )

    def delete(self, index: int, target: int | None = None) -> None:
        """Delete a class from all images.

        Parameters
        ----------
        target : int, optional
            What its pixels become: another class, or 255 for Ignore; without it unlabelled.
        """
        deleted = self._book.table.get(index)
        if deleted is None or target == index:
            return
        after = UNLABELLED if target is None else target
        text = self.tr("%s was deleted from all images.") % deleted.name
        self._do("delete", deleted.name, deleted, after, text)

    def take_back(self) -> None:
        """Take the last class step back: what was merged comes apart again."""
        project = self._saver.project
        if project is None or not self._steps or self.under_way:
            return
        title, before = self._steps[-1]
        table = _with_restored(self._book.table, before)

        def finish() -> None:
            self._steps.pop()
            self._mappings.pop()
            self._use(table)
            self.noticed.emit(Notice(self.tr("Taken back: %s") % title, NoticeKind.TOAST))

        ticket = project.take_back_class_step(table)
        self._begin(self.tr("Taking back: %s") % title, project, ticket, finish)

    def cancel(self) -> None:
        """Take back what is under way, unless it is stored by then."""
        if self._under_way is not None:
            self._under_way.stop.set()

    def settle(self, at_most_s: float = 0.0) -> None:
        """Finish a step that the disk has answered, without waiting for the job's word.

        Parameters
        ----------
        at_most_s : float
            How long to wait for that answer; it takes no time once nothing is unsaved.
        """
        under_way = self._under_way
        if under_way is None:
            return
        under_way.ticket.wait(at_most_s)
        if under_way.ticket.has_ended:
            self._end(under_way, is_stored=under_way.ticket.is_stored)

    def _do(self, kind: str, title: str, entry: LabelClass, target: int, text: str) -> None:
        project = self._saver.project
        if project is None or self.under_way:
            return
        if entry.locked:
            sentence = self.tr("%s is locked. Unlock it first.") % entry.name
            self.noticed.emit(Notice(sentence, NoticeKind.ERROR))
            return
        before = self._book.table
        after = before.without(entry.index)
        mapping = Mapping(((entry.index, target),))

        def finish() -> None:
            self._steps.append((title, before))
            self._mappings.append(mapping)
            self._move_matches(entry.index, target)
            self._use(after)
            undo = (("undo_class_step", self.tr("Undo")),)
            self.noticed.emit(Notice(text, NoticeKind.TOAST, undo))

        ticket = project.add_class_step(kind, title, mapping, before=before, after=after)
        verb = self.tr("Merging: %s") if kind == "merge" else self.tr("Deleting: %s")
        self._begin(verb % title, project, ticket, finish)

    def _begin(
        self, what: str, project: Project, ticket: Ticket, finish: Callable[[], None]
    ) -> None:
        under_way = self._under_way = _UnderWay(what, project, ticket, finish)
        self.began.emit()

        def work(_job: Job) -> tuple[_UnderWay, bool]:
            return under_way, project.is_stored(ticket, PATIENCE_S, under_way.stop)

        job = self._runner.new("class step", work)
        job.succeeded.connect(self._on_answered)
        job.start()

    def _on_answered(self, found: tuple[_UnderWay, bool]) -> None:
        under_way, is_stored = found
        if under_way is self._under_way:
            self._end(under_way, is_stored=is_stored)

    def _end(self, under_way: _UnderWay, *, is_stored: bool) -> None:
        self._under_way = None
        project = under_way.project
        if project is self._saver.project:
            if is_stored:
                under_way.finish()
            elif under_way.stop.is_set():
                text = self.tr("Cancelled: %s") % under_way.what
                self.noticed.emit(Notice(text, NoticeKind.TOAST))
            else:
                why = project.state.problem or self.tr("The disk does not answer.")
                text = self.tr("%s Classes can be merged and deleted once everything is saved.")
                self.noticed.emit(Notice(text % why, NoticeKind.ERROR))
        self.ended.emit()

    def _move_matches(self, index: int, target: int) -> None:
        """Let what models match to a class that goes match what its pixels became."""
        for model, chosen in self._book.matches.items():
            moved = {name: target if own == index else own for name, own in chosen.items()}
            if moved != chosen:
                self._book.set_match(model, moved)

    def _use(self, table: ClassTable) -> None:
        self._register.count_anew()
        self._book.became = _composed((*self._permanent, *self._mappings))
        self._book.use(table, keep=False)
        self._saver.owed_classes = None  # stored together with the step
        self.done.emit()


def _composed(mappings: Iterable[Mapping]) -> dict[int, int]:
    """Return what the classes that are gone have become, one step after the other."""
    became: dict[int, int] = {}
    for before, after in (pair for mapping in mappings for pair in mapping.pairs):
        became = {gone: after if now == before else now for gone, now in became.items()}
        became[before] = after
    return became


def _with_restored(table: ClassTable, before: ClassTable) -> ClassTable:
    """Return a class table with what a class step took from it, at its old place."""
    known = set(table.indices)
    for position, entry in enumerate(before):
        if entry.index in known:
            continue
        while table.find(entry.name) is not None:
            entry = replace(entry, name=entry.name + "'")
        table = replace(table, classes=(*table.classes, entry)).moved(entry.index, position)
    return table

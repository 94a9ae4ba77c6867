"""What becomes of labels when image files move, change, appear or vanish."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core.file_facts import FileFacts
from segstudio.core.image_record import ImageRecord
from segstudio.project.project import Project
from segstudio.project.relink import Basis, Match
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job
from segstudio.session.looking import Ground, Outcome, is_worked_on, search
from segstudio.session.moving_notices import MovingNotices
from segstudio.session.watching import Watching

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

_FIELDS = [field.name for field in fields(ImageRecord) if field.name != "is_missing"]


FEW = 1000
"""So many records are read one by one; of more, all are read at once."""


class Moving(QObject):
    """Keeps list and labels with their files: what is certain by itself, the rest when asked.

    Marks of missing and altered images are found anew at every look, and therefore never
    written: looking changes nothing.
    """

    found = Signal(object)
    """Matches found in the folder that was searched, a tuple of `Match`."""
    search_failed = Signal(str)

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.watching = Watching(session.runner, self._ground, self)
        self._likely: tuple[Match, ...] = ()
        self._notices = MovingNotices(session.noticed, self)
        self._looked_at = session.images
        self._looked_with = session.images.records
        self._read: dict[str, FileFacts] = {}
        """Files whose content was looked at, so that each is read once."""
        self._search: Job | None = None
        self.watching.looked.connect(self._on_looked)
        session.images_changed.connect(self._on_images)
        session.document_changed.connect(self._on_document)

    def end(self) -> None:
        """Stop watching, for the end of the program."""
        self.watching.end()
        self.stop_search()

    # What the person asks for ----------------------------------------------------------------

    def missing(self) -> list[Match]:
        """Return the images without a file, with the proposed place or an empty one."""
        likely = {match.old: match for match in self._likely}
        names = (record.name for record in self._session.images.records if record.is_missing)
        return [likely.get(name) or Match(name, "", Basis.NOTHING) for name in names]

    def search(self, folder: Path) -> None:
        """Look for the missing images in a folder; `found` answers."""
        self.stop_search()
        session = self._session
        names, root = [match.old for match in self.missing()], session.images.root
        project = session.project
        job = session.runner.new("search", lambda job: search(names, folder, root, project, job))
        self._search = job
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_search_failed)
        job.start()

    def stop_search(self) -> None:
        """Give up a search that is going on."""
        if self._search is not None:
            self._search.cancel()
            self._search = None

    def link(self, names: Mapping[str, str], altered: Iterable[str] = ()) -> dict[str, str]:
        """Let labels follow their images to other names, and return for which that was done.

        What would take the labels of another image is left out.

        Parameters
        ----------
        altered : iterable of str
            Old names whose file has other content now: what was read from it is read again.
        """
        session = self._session
        project = session.project
        if not names or project is None or project.held_by:
            return {}
        names = self._free(names, _records_of(names.values(), project))
        if names:
            session.editor.release()
            project.rename(names)
            self._likely = tuple(match for match in self._likely if match.old not in names)
            self._relist(names, altered)
            self.watching.look_soon()
        return names

    def _free(self, names: Mapping[str, str], kept: Mapping[str, ImageRecord]) -> dict[str, str]:
        """Return the new names that no image with labels has, or keeps."""
        images = self._session.images
        free = dict(names)
        while taken := [
            old
            for old, new in free.items()
            if new not in free and is_worked_on(kept.get(new) or images.record(images.root / new))
        ]:
            for old in taken:
                del free[old]
        return free

    def _on_found(self, matches: list[Match]) -> None:
        if self.sender() is self._search:
            self._search = None
            self.found.emit(tuple(matches))

    def _on_search_failed(self, sentence: str) -> None:
        if self.sender() is self._search:
            self._search = None
            self.search_failed.emit(sentence)

    # Looking ---------------------------------------------------------------------------------

    def _on_images(self) -> None:
        self._likely = ()
        self._notices.forget()
        self._read = {}
        self.stop_search()
        self.watching.begin()

    def _ground(self) -> Ground | None:
        session = self._session
        if not len(session.images):
            return None
        root = session.images.root
        self._looked_at = session.images
        self._looked_with = session.images.records
        names = (p.relative_to(root).as_posix() for p in session.opened if p.is_relative_to(root))
        return Ground(
            root,
            tuple("" if name == "." else name for name in names),
            self._looked_with,
            session.project,
            session.images.name_of(session.images.path) if session.images.path else "",
            session.images.removed,
            self._read,
        )

    def _on_looked(self, outcome: Outcome) -> None:
        session = self._session
        if session.images is not self._looked_at:
            self.watching.look_soon()
            return
        comparison, project = outcome.comparison, session.project
        if outcome.images is not None:
            self._take_list(outcome.images)
        for name in outcome.back:
            self._mark(name, is_missing=False, is_altered=False)
        for name in outcome.gone:
            self._mark(name, is_missing=True)
        if project is not None and not project.held_by:
            for name, facts in comparison.touched.items():
                project.keep_file(name, facts)
        self._likely = comparison.likely
        certain = {match.old: match.new for match in comparison.certain}
        followed = self.link(certain, comparison.altered)
        for name in comparison.altered:
            if name not in followed and self._mark(name, is_altered=True, is_missing=False):
                self._show_altered(name)
        self._notices.linked(len(followed))
        self._notices.missing(outcome.missing - followed.keys())
        self._notices.unreadable(outcome.unreadable)

    def _mark(self, name: str, **marks: bool) -> bool:
        """Show a mark in the list without keeping it, and tell whether it is new."""
        session = self._session
        row = session.images.change(session.images.root / name, **marks)
        if row is not None:
            session.record_changed.emit(row)
        return row is not None

    def _show_altered(self, name: str) -> None:
        session = self._session
        path = session.images.root / name
        session.read_again(path)
        if path == session.images.path and session.document is not None:
            self._notices.altered(name)

    def _take_list(self, images: ImageList) -> None:
        """Use the list that a look has made, with what has changed in the records since."""
        session = self._session
        for before, now in zip(self._looked_with, session.images.records, strict=True):
            if now is not before:
                fields = {field: getattr(now, field) for field in _FIELDS}
                images.change(images.root / now.name, **fields)
        session.relist(images)

    def _on_document(self, document: object) -> None:
        images = self._session.images
        if document is not None and images.path is not None:
            record = images.record(images.path)
            if record.is_altered:
                self._notices.altered(record.name)

    def _relist(self, names: Mapping[str, str], altered: Iterable[str]) -> None:
        """Rename rows; those of the files that were there without labels go."""
        images = self._session.images
        taken = set(names.values())
        after = []
        for record in images.records:
            if record.name in names:
                name = names[record.name]
                after.append(replace(record, name=name, is_missing=False, is_altered=False))
            elif record.name not in taken:
                after.append(record)
        places = {record.name: row for row, record in enumerate(images.records)}
        # A moved image stands where its file was listed, or else where it was itself.
        former = {new: old for old, new in names.items()}
        after.sort(key=lambda r: places.get(r.name, places.get(former.get(r.name, ""), 0)))
        root = images.root
        moved = {root / old: root / new for old, new in names.items()}
        stale = {root / name for name in altered}
        self._session.relist(ImageList(root, after), moved, stale)


def _records_of(names: Collection[str], project: Project) -> Mapping[str, ImageRecord]:
    """Return what is stored of some images."""
    if len(names) > FEW:
        return project.records()
    found = {name: project.record(name) for name in names}
    return {name: record for name, record in found.items() if record is not None}

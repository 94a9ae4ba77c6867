"""What becomes of labels when image files move, change, appear or vanish."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core.file_facts import FileFacts
from segstudio.project.relink import Basis, Match
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job
from segstudio.session.linking import FEW, Linked, Linking, carry_over, plan
from segstudio.session.looking import Ground, Outcome, search
from segstudio.session.moves import NOTHING_MOVED, Moves
from segstudio.session.moving_notices import MovingNotices
from segstudio.session.watching import Watching

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session


class Moving(QObject):
    """Keeps list and labels with their files: what is certain by itself, the rest when asked.

    Marks of missing and altered images are found anew at every look, and therefore never
    written: looking changes nothing.
    """

    found = Signal(object)
    """Matches found in the folder that was searched, a tuple of `Match`."""
    search_failed = Signal(str)
    linked = Signal(object)
    """The names that were linked by `link_soon`: new ones by the old ones."""

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
        self._unread: set[str] = set()
        """Images that are read again once they are saved."""
        self._search: Job | None = None
        self.watching.looked.connect(self._on_looked)
        session.images_changed.connect(self._on_images)
        session.document_changed.connect(self._on_document)
        session.images_moved.connect(self._on_moved)
        session.saver.rested.connect(self._read_unread)
        session.editor.gesture_ended.connect(self._read_unread)

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

    def link(self, names: Mapping[str, str], altered: Iterable[str] = ()) -> Mapping[str, str]:
        """Let labels follow their images to other names, and return for which that was done.

        What would take the labels of another image is left out.

        Parameters
        ----------
        altered : iterable of str
            Old names whose file has other content now: what was read from it is read again.
        """
        wish = self._wish(names, altered)
        if wish is None:
            return {}
        planned = plan(wish)
        self._do(planned)
        return planned.moves.names

    def link_soon(self, names: Mapping[str, str]) -> None:
        """Link images, in a job where they are many; `linked` answers with the names."""
        self._begin(names, (), None)

    def _wish(self, names: Mapping[str, str], altered: Iterable[str]) -> Linking | None:
        images, project = self._session.images, self._session.project
        if not names or project is None or project.held_by:
            return None
        return Linking(names, frozenset(altered), images, images.records, project)

    def _begin(
        self, names: Mapping[str, str], altered: Iterable[str], outcome: Outcome | None
    ) -> None:
        """Link images, for a look where there is an outcome."""
        wish = self._wish(names, altered)
        if wish is None or max(len(names), len(wish.listed)) <= FEW:
            self._on_linked(self.link(names, altered), outcome)
            return
        session = self._session
        job = session.runner.new("link", lambda _job: (plan(wish), outcome))
        job.succeeded.connect(self._on_planned)
        job.failed.connect(session.tell_error)
        job.start()

    def _on_planned(self, planned: tuple[Linked, Outcome | None]) -> None:
        links, outcome = planned
        if links.wish.project is not self._session.project:
            return
        if self._do(links):
            self._on_linked(links.moves.names, outcome)
        elif outcome is None:
            self._begin(links.wish.names, links.wish.altered, None)
        else:
            self.watching.look_soon()

    def _do(self, links: Linked) -> bool:
        """Rename what is stored and shown; not when the list is another one by now."""
        session, wish = self._session, links.wish
        names = links.moves.names
        session.editor.finish()
        now = session.images
        if now is not wish.images or not carry_over(
            wish.listed, now.records, links.images, links.moves
        ):
            return False
        if names:
            wish.project.rename(dict(names))
            self._likely = tuple(match for match in self._likely if match.old not in names)
            session.open_images.relist(links.images, links.moves)
            self.watching.look_soon()
        return True

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
        records = self._session.images.records
        # Of a project without any of its images it is said where to put it.
        has_none = all(record.is_missing for record in records)
        self._notices.forget(frozenset(r.name for r in records) if has_none else frozenset())
        self._read = {}
        self._unread = set()
        self.stop_search()
        self.watching.begin()

    def _ground(self) -> Ground | None:
        session = self._session
        if not len(session.images):
            return None
        root = session.images.root
        self._looked_at = session.images
        self._looked_with = session.images.records
        inside = (root,) if session.open_images.is_whole else session.open_images.wanted
        names = (p.relative_to(root).as_posix() for p in inside if p.is_relative_to(root))
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
        if session.runner.running("link"):
            self.watching.look_soon()  # names are about to change
            return
        if outcome.images is not None:
            self._take_list(outcome.images)
        else:
            for name in outcome.back:
                self._mark(name, is_missing=False, is_altered=False)
            for name in outcome.gone:
                self._mark(name, is_missing=True)
            for name in outcome.altered:
                self._mark(name, is_altered=True, is_missing=False)
        if project is not None and not project.held_by:
            for name, facts in comparison.touched.items():
                project.keep_file(name, facts)
        self._likely = comparison.likely
        certain = {match.old: match.new for match in comparison.certain}
        self._begin(certain, comparison.altered, outcome)

    def _on_linked(self, names: Mapping[str, str], outcome: Outcome | None) -> None:
        if outcome is None:
            self.linked.emit(names)
            return
        images = self._session.images
        read = {images.name_of(path) for path in self._session.open_documents()}
        for name in (outcome.altered & read) - names.keys():
            self._show_altered(name)
        self._notices.linked(len(names))
        self._notices.missing(outcome.missing - names.keys())
        self._notices.unreadable(outcome.unreadable)

    def _mark(self, name: str, **marks: bool) -> None:
        """Show a mark in the list without keeping it."""
        session = self._session
        row = session.images.change(session.images.root / name, **marks)
        if row is not None:
            session.record_changed.emit(row)

    def _show_altered(self, name: str) -> None:
        """Read an image again whose file has changed: as soon as nothing of it is unsaved."""
        session = self._session
        path = session.images.root / name
        if not session.open_images.read_again(path):
            self._unread.add(name)
        if path == session.images.path and session.document is not None:
            self._notices.altered(name)

    def _read_unread(self) -> None:
        images, unread = self._session.images, self._unread
        self._unread = {
            name for name in unread if not self._session.open_images.read_again(images.root / name)
        }

    def _on_moved(self, moves: Moves) -> None:
        self._unread = {moves.of(name) for name in self._unread} - {""}

    def _take_list(self, images: ImageList) -> None:
        """Use the list that a look has made, with what has changed in the records since."""
        session = self._session
        carry_over(self._looked_with, session.images.records, images, NOTHING_MOVED)
        session.open_images.relist(images)

    def _on_document(self, document: object) -> None:
        images = self._session.images
        if document is not None and images.path is not None:
            record = images.record(images.path)
            if record.is_altered:
                self._notices.altered(record.name)

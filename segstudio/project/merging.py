"""Comparing this project with another copy of it, in which somebody else went on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segstudio.core.errors import Cancelled, StorageError
from segstudio.core.image_record import ImageRecord
from segstudio.core.metrics import Agreement, agreement
from segstudio.core.model_version import ModelVersion
from segstudio.project import schema
from segstudio.project.both_labels import differs, load_both, side_by_start
from segstudio.project.class_match import ClassMatch, match_classes
from segstudio.project.location import FILE_NAME, Location
from segstudio.project.merge_fields import merged_fields
from segstudio.project.merge_state import KEPT, Side, has_taken, side_of, state_of
from segstudio.project.project import Project
from segstudio.project.reader import Reader
from segstudio.project.writer import Ticket

PATIENCE_S = 60.0

Report = Callable[[int, int], bool]
"""Hears how many of how many images are looked at; True asks to stop."""


@dataclass(frozen=True)
class MergeItem:
    """One image of the other copy.

    Attributes
    ----------
    name, their_name : str
        What it is called here and there.
    labels : Side
        Who went on with its labels.
    fields : dict
        What is taken of state, flag, note and part.
    by_date : tuple of str
        Fields that both set: the copy that was worked on later decides.
    agreement : Agreement or None
        Of the label maps where both went on, in the classes here.
    problem : str
        Why it cannot be merged; else empty.
    state, their_state : str
        What the labels were when they were compared.
    last_step : str
        The identity of the last step here at that time; empty without steps.
    """

    name: str
    their_name: str
    labels: Side = Side.SAME
    fields: Mapping[str, Any] = field(default_factory=dict)
    by_date: tuple[str, ...] = ()
    agreement: Agreement | None = None
    problem: str = ""
    state: str = ""
    their_state: str = ""
    last_step: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether somebody must choose."""
        return self.labels is Side.BOTH

    @property
    def is_taken(self) -> bool:
        """Whether there is something to take without asking."""
        return self.labels is Side.THEIRS or (not self.is_conflict and bool(self.fields))


@dataclass(frozen=True)
class MergePlan:
    """What a merge would do.

    Attributes
    ----------
    items : tuple of MergeItem
        By name.
    classes : ClassMatch
    models : tuple of ModelVersion
        Models that were taught there and are not here.
    first_looks : tuple of (str, str)
        Names here and there of images of which only the other copy has what a model first made.
    """

    items: tuple[MergeItem, ...]
    classes: ClassMatch
    models: tuple[ModelVersion, ...] = ()
    first_looks: tuple[tuple[str, str], ...] = ()

    @property
    def taken(self) -> tuple[MergeItem, ...]:
        """Images from which something is taken without asking."""
        return tuple(item for item in self.items if item.is_taken)

    @property
    def conflicts(self) -> tuple[MergeItem, ...]:
        """Images that both labelled in their own way."""
        return tuple(item for item in self.items if item.is_conflict)

    @property
    def left_out(self) -> tuple[MergeItem, ...]:
        """Images that cannot be merged."""
        return tuple(item for item in self.items if item.problem)

    @property
    def only_mine(self) -> int:
        """How many images only this copy went on with."""
        return sum(i.labels is Side.MINE and not i.is_taken for i in self.items)

    @property
    def same(self) -> int:
        """How many images there is nothing to do about."""
        return len(self.items) - sum(
            (len(self.taken), len(self.conflicts), len(self.left_out), self.only_mine)
        )


def open_copy(path: Path, mine: Project, fallback: Path) -> Reader:
    """Return a reader of another copy; it is never written.

    Parameters
    ----------
    path : Path
        A project file of any name, or the folder of images that it belongs to.
    fallback : Path
        The user's folder, where projects of folders are that cannot be written.

    Raises
    ------
    StorageError
        When there is no project, or it is this one.
    """
    file = Location.of(path, fallback).present() if path.is_dir() else path
    if not file.is_file():
        raise StorageError(f"There is no project in {path}. Choose a folder with {FILE_NAME}.")
    if mine.exists and file.samefile(mine.file):
        raise StorageError(f"{file} is this project itself. Choose another copy of it.")
    reader = Reader(file)
    try:
        with reader.connection() as connection:
            assert connection is not None
            if schema.version_of(connection) < schema.OLDEST_READ:
                raise StorageError(
                    f"{file} is of an older version. Open it once in this program, then merge it."
                )
    except StorageError:
        reader.close()
        raise
    return reader


def compare(mine: Project, theirs: Reader, report: Report | None = None) -> MergePlan:
    """Find what another copy has that this one has not; nothing is written.

    Raises
    ------
    Cancelled
        When the report asks to stop.
    SegstudioError
        When the classes of both are too many, a project cannot be read, or what was done here
        cannot be stored.
    """
    problem = mine.flush(PATIENCE_S)
    if problem:
        raise StorageError(problem)
    classes = match_classes(mine, theirs)
    here, there = mine.records(), theirs.records()
    kept = mine.value(KEPT, {})
    items = []
    pairs = list(_matched(mine, theirs, here, there))
    for number, (name, record) in enumerate(pairs):
        if report is not None and report(number, len(pairs)):
            raise Cancelled
        if name not in here and not (mine.root / name).is_file():
            text = f"{record.name} is not among the images here."
            items.append(MergeItem(name, record.name, problem=text))
            continue
        my_record = here.get(name) or ImageRecord(name)
        items.append(_compared(mine, theirs, my_record, record, classes, kept.get(name, "")))
    names = {version.name for version in mine.versions()}
    return MergePlan(
        tuple(sorted(items, key=lambda item: item.name)),
        classes,
        tuple(version for version in theirs.versions() if version.name not in names),
        tuple(_first_looks(mine, theirs, items)),
    )


def stored(mine: Project, ticket: Ticket) -> None:
    """Wait until a change is stored.

    Raises
    ------
    StorageError
        When it is not.
    """
    if not ticket.wait(PATIENCE_S):
        raise StorageError(mine.state.problem or ticket.error or "The disk does not answer.")


def _first_looks(
    mine: Project, theirs: Reader, items: Sequence[MergeItem]
) -> Iterator[tuple[str, str]]:
    here, there = ({look.name for look in reader.first_looks()} for reader in (mine, theirs))
    for item in items:
        if item.their_name in there and item.name not in here and not item.problem:
            yield item.name, item.their_name


def _compared(
    mine: Project,
    theirs: Reader,
    here: ImageRecord,
    there: ImageRecord,
    classes: ClassMatch,
    kept: str,
) -> MergeItem:
    steps, their_steps = mine.step_ids(here.name), theirs.step_ids(there.name)
    fields, by_date = merged_fields(here, there)
    side = side_of(steps, their_steps)
    item = MergeItem(
        here.name,
        there.name,
        side,
        fields,
        by_date,
        state=state_of(steps),
        their_state=state_of(their_steps),
        last_step=steps[-1] if steps else "",
    )
    # Labels without steps came from elsewhere: only their pixels tell.
    unclear = (not steps and here.has_labels) or (not their_steps and there.has_labels)
    if side is not Side.BOTH and not unclear:
        return item
    try:
        both = load_both(mine, theirs, (item.name, item.their_name), classes)
    except StorageError as error:
        return MergeItem(here.name, there.name, problem=str(error))
    item = replace(
        item,
        state=item.state or state_of((), both.mine.planes),
        their_state=item.their_state or state_of((), both.theirs.planes),
    )
    if not differs(both.my_planes, both.their_planes):
        return replace(item, labels=Side.SAME)
    if kept == item.their_state or has_taken(steps, item.their_state):
        return replace(item, labels=Side.MINE)
    if has_taken(their_steps, item.state):
        return replace(item, labels=Side.THEIRS)
    side = Side.BOTH if side is Side.BOTH else side_by_start(both, classes)
    if side is not Side.BOTH:
        return replace(item, labels=side)
    found = agreement(both.my_planes.labels, both.their_planes.labels)
    return replace(item, labels=side, agreement=found)


def _matched(
    mine: Project, theirs: Reader, here: dict[str, ImageRecord], there: dict[str, ImageRecord]
) -> Iterator[tuple[str, ImageRecord]]:
    """Yield name here and record there of each of their images, by name or else by content."""
    free = {
        facts.digest: name
        for name, facts in mine.files().items()
        if facts.digest and name not in there
    }
    their_files = theirs.files()
    for their_name, record in there.items():
        name = their_name
        if name not in here and name in their_files:
            name = free.pop(their_files[name].digest, name)
        yield name, record

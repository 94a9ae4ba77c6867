"""Letting labels follow their images to other names: what that does to the list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

from segstudio.core.image_record import ImageRecord
from segstudio.project.project import Project
from segstudio.session.image_list import ImageList
from segstudio.session.looking import is_worked_on
from segstudio.session.moves import Moves

FEW = 1000
"""So many images are linked while the window waits; more of them, or of a longer list, in a job."""

_FIELDS = [f.name for f in fields(ImageRecord) if f.name not in ("name", "is_missing")]


@dataclass(frozen=True)
class Linking:
    """A wish to link images, and the list that it was made for.

    Attributes
    ----------
    names : mapping of str to str
        New names by the old ones.
    altered : frozenset of str
        Old names whose file has other content now.
    """

    names: Mapping[str, str]
    altered: frozenset[str]
    images: ImageList
    listed: tuple[ImageRecord, ...]
    project: Project


@dataclass(frozen=True)
class Linked:
    """What comes of a wish: the names that are free, and the list as it is then."""

    wish: Linking
    images: ImageList
    moves: Moves


def plan(wish: Linking) -> Linked:
    """Return what a wish leads to, without doing it; what would take other labels is left out."""
    rows = {record.name: row for row, record in enumerate(wish.listed)}
    kept = wish.project.records_of(wish.names.values())
    names = dict(wish.names)

    def is_taken(name: str) -> bool:
        row = rows.get(name)
        record = kept.get(name) or (wish.listed[row] if row is not None else None)
        return record is not None and is_worked_on(record)

    while taken := [o for o, new in names.items() if new not in names and is_taken(new)]:
        for old in taken:
            del names[old]
    lost = frozenset(new for new in names.values() if new not in names)
    moves = Moves(names, lost | (wish.altered & names.keys()))
    return Linked(wish, _renamed(wish, names, rows), moves)


def _renamed(wish: Linking, names: Mapping[str, str], rows: Mapping[str, int]) -> ImageList:
    """Rename rows; those of the files that were there without labels go."""
    taken = set(names.values())
    after: list[tuple[int, int, ImageRecord]] = []
    for row, record in enumerate(wish.listed):
        name = names.get(record.name)
        if name is not None:
            # A moved image stands where its file was listed, or else where it was itself.
            moved = replace(record, name=name, is_missing=False, is_altered=False)
            after.append((rows.get(name, row), row, moved))
        elif record.name not in taken:
            after.append((row, row, record))
    after.sort(key=lambda entry: entry[:2])
    return ImageList(wish.images.root, (record for _, _, record in after))


def carry_over(
    before: Collection[ImageRecord], now: Collection[ImageRecord], images: ImageList, moves: Moves
) -> bool:
    """Put what has changed in the records since into a list that was made of them.

    Returns
    -------
    bool
        False when an image has been worked on whose row was to go; the list is of no use then.
    """
    for old, new in zip(before, now, strict=True):
        if new is old:
            continue
        if new.name in moves.lost and new.name not in moves.names and is_worked_on(new):
            return False
        changed = {field: getattr(new, field) for field in _FIELDS}
        if new.name in moves.names:
            changed["is_altered"] = False
        images.change(images.path_of(moves.names.get(new.name, new.name)), **changed)
    return True

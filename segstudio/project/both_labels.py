"""The labels of one image in two copies of a project."""

from dataclasses import dataclass

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import StorageError
from segstudio.core.history import History
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import is_ignored
from segstudio.core.patch import Planes
from segstudio.project.class_match import ClassMatch
from segstudio.project.merge_state import Side
from segstudio.project.project import Project
from segstudio.project.reader import Reader
from segstudio.project.store import StoredLabels


@dataclass(frozen=True)
class BothLabels:
    """The labels of one image in both copies.

    Attributes
    ----------
    mine, theirs : StoredLabels
        As they are stored; without any, blank ones.
    my_planes, their_planes : Planes
        In the classes here.
    """

    mine: StoredLabels
    theirs: StoredLabels
    my_planes: Planes
    their_planes: Planes


def load_both(
    mine: Project, theirs: Reader, names: tuple[str, str], classes: ClassMatch
) -> BothLabels:
    """Return the labels of both copies.

    Parameters
    ----------
    names : (str, str)
        What the image is called here and there.

    Raises
    ------
    StorageError
        When labels cannot be read, or the copies are of images of different sizes.
    """
    there = theirs.load(names[1])
    here = mine.load(names[0])
    sizes = {s.planes.labels.shape for s in (here, there) if s and s.planes.labels.size}
    if len(sizes) > 1:
        raise StorageError(f"{names[0]} is of another size in the other copy.")
    size = sizes.pop() if sizes else (0, 0)
    here = here if here and here.planes.labels.size else _blank(names[0], size)
    there = there if there and there.planes.labels.size else _blank(names[1], size)
    return BothLabels(here, there, here.planes, classes.mapping.planes(there.planes))


def differs(one: Planes, other: Planes) -> bool:
    """Tell whether two label maps say something else anywhere; who wrote it does not matter."""
    return bool(
        (one.labels != other.labels).any()
        or (is_ignored(one.labels, one.ink) != is_ignored(other.labels, other.ink)).any()
    )


def side_by_start(both: BothLabels, classes: ClassMatch) -> Side:
    """Tell who went on where a copy has no steps: the labels of one may be the other's start."""
    start = classes.mapping.planes(start_of(both.theirs))
    if _is_blank(both.my_planes) or not differs(both.my_planes, start):
        return Side.THEIRS
    if _is_blank(both.their_planes) or not differs(both.their_planes, start_of(both.mine)):
        return Side.MINE
    return Side.BOTH


def start_of(stored: StoredLabels, *, since: int = 0) -> Planes:
    """Return the planes before the steps from one on; without a number before all of them."""
    start = Planes(stored.planes.labels.copy(), stored.planes.ink.copy())
    for step in reversed(stored.history.steps[since : stored.history.position]):
        step.ready().revert(start)
    return start


def _is_blank(planes: Planes) -> bool:
    return bool((planes.labels == IGNORE_INDEX).all() and not planes.ink.any())


def _blank(name: str, size: tuple[int, ...]) -> StoredLabels:
    return StoredLabels(Planes.blank(size), ImageRecord(name), History())

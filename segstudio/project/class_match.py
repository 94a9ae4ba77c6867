"""What the classes of another copy of a project are in this one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.project import Project
from segstudio.project.reader import Reader


@dataclass(frozen=True)
class ClassMatch:
    """How label maps of the other copy are read here.

    Attributes
    ----------
    mapping : Mapping
        Of their class indices to those here.
    table : ClassTable
        The classes here, with those that came from there at the end.
    added : tuple of str
        The names of those.
    their_steps : tuple of str
        Titles of classes merged or deleted there only. Labels that are taken are as they are after
        that; nothing is merged or deleted here.
    """

    mapping: Mapping
    table: ClassTable
    added: tuple[str, ...]
    their_steps: tuple[str, ...] = ()


def match_classes(mine: Project, theirs: Reader) -> ClassMatch:
    """Match classes by name, upper and lower case alike; colours and indices may differ.

    A class that was merged or deleted here since becomes what it became here. Every other class
    that is not here is added with an index of its own.

    Raises
    ------
    SegstudioError
        When there are more classes together than a label map holds.
    """
    table = _all_classes(mine)
    gone = _gone(mine)
    pairs, added = [], []
    for entry in _all_classes(theirs):
        known = table.find(entry.name)
        here = known.index if known else gone.get(entry.name.casefold())
        if here is None:
            here = table.next_index
            used = [c.colour for c in table]
            colour = None if entry.colour in used else entry.colour
            table = table.with_class(entry.name, colour)
            table = table.changed(here, role=entry.role, description=entry.description)
            added.append(entry.name)
        if here != entry.index:
            pairs.append((entry.index, here))
    known_steps = {step.title for step in mine.class_steps()}
    only_theirs = (s.title for s in theirs.class_steps() if s.title not in known_steps)
    return ClassMatch(Mapping(tuple(pairs)), table, tuple(added), tuple(only_theirs))


def _gone(mine: Project) -> dict[str, int]:
    """Return what classes merged or deleted here became: an index here, 255 or `UNLABELLED`."""
    became: dict[str, int] = {}
    tables = [table for _, table in mine.class_steps_with_classes()]
    for step, table in zip(mine.class_steps(), tables, strict=True):
        became = {name: _after(index, step.mapping) for name, index in became.items()}
        for before, after in step.mapping.pairs:
            entry = table.get(before)
            if entry is not None:
                became[entry.name.casefold()] = after
    return became


def _after(index: int, mapping: Mapping) -> int:
    if index in (UNLABELLED, IGNORE_INDEX):
        return index
    return dict(mapping.pairs).get(index, index)


def _all_classes(project: Reader) -> ClassTable:
    """Return the classes, with names for indices that only label maps have."""
    table = project.classes() or ClassTable()
    used = _indices(record.classes for record in project.records().values())
    for index in sorted(used - set(table.indices)):
        table = table.with_index(index, f"class {index}")
    return table


def _indices(counted: Iterable[Sequence[tuple[int, int]]]) -> set[int]:
    return {index for counts in counted for index, _ in counts if index < IGNORE_INDEX}

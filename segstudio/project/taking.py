"""Taking from another copy of the project what `merging.compare` found there."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.file_facts import facts_of
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink, class_counts, ink_counts, is_unlabelled
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import block_region, grid_shape
from segstudio.project.both_labels import BothLabels, load_both, start_of
from segstudio.project.class_match import ClassMatch
from segstudio.project.class_steps import map_patch
from segstudio.project.merge_state import KEPT, Choice, Side, merge_identity
from segstudio.project.merging import (
    PATIENCE_S,
    MergeItem,
    MergePlan,
    Report,
    stored,
)
from segstudio.project.project import Project
from segstudio.project.reader import Reader
from segstudio.project.taking_models import take_models

TOOL = "merge"
"""The tool of the one step by which labels of another copy come in."""


@dataclass(frozen=True)
class Outcome:
    """What a merge did to one image.

    Attributes
    ----------
    choice : Choice
        Whose labels it has now.
    steps : int
        Steps that were added to its history.
    fields : tuple of str
        What was taken of state, flag, note and part.
    problem : str
        Why nothing was done; else empty.
    """

    name: str
    choice: Choice
    steps: int = 0
    fields: tuple[str, ...] = ()
    problem: str = ""


def apply(
    plan: MergePlan,
    choices: Mapping[str, Choice],
    mine: Project,
    theirs: Reader,
    report: Report | None = None,
) -> tuple[Outcome, ...]:
    """Take what only they did, and of conflicts what was chosen.

    Each image can be undone by itself: where this copy only lacks their last steps they are added
    as they were made, else one step brings all that is theirs. Theirs is only read.

    Parameters
    ----------
    choices : mapping of name to Choice
        Conflicts without a choice stay as they are.

    Returns
    -------
    tuple of Outcome
        Of the images that there was something to do about, and of models that could not be taken.

    Raises
    ------
    StorageError
        When this project cannot be changed; what was stored before stays.
    Cancelled
        When the report asks to stop; likewise.
    """
    if mine.held_by:
        raise StorageError(mine.held_by)
    problem = mine.flush(PATIENCE_S)
    if problem:
        raise StorageError(problem)
    wanted = [
        (item, choices.get(item.name, Choice.MINE) if item.is_conflict else Choice.THEIRS)
        for item in plan.items
        if item.is_taken or (item.is_conflict and item.name in choices)
    ]
    bringing = (Side.THEIRS, Side.BOTH)
    brings_labels = any(i.labels in bringing and c is not Choice.MINE for i, c in wanted)
    if (brings_labels or plan.first_looks) and plan.classes.added:
        stored(mine, mine.keep_classes(plan.classes.table))
    outcomes, kept = [], dict(mine.value(KEPT, {}))
    known_files = mine.files()
    for number, (item, choice) in enumerate(wanted):
        if report is not None and report(number, len(wanted)):
            raise Cancelled
        try:
            outcomes.append(_take(item, choice, mine, theirs, plan.classes))
        except SegstudioError as error:
            if mine.state.problem:
                raise
            outcomes.append(Outcome(item.name, choice, problem=str(error)))
            continue
        if item.is_conflict and not outcomes[-1].steps:
            # Nothing of theirs was taken, so that no step says that it was looked at.
            kept[item.name] = item.their_state
        path = mine.root / item.name
        if item.name not in known_files and path.is_file():
            mine.keep_file(item.name, facts_of(path))
    if kept != mine.value(KEPT, {}):
        stored(mine, mine.keep_value(KEPT, kept))
    for name, problem in take_models(plan, mine, theirs).items():
        outcomes.append(Outcome(name, Choice.THEIRS, problem=problem))
    return tuple(outcomes)


def together(mine: Planes, theirs: Planes) -> Planes:
    """Return mine where a person painted, then theirs where a person did; what is blank is filled.

    Whatever else is here stays as well.
    """
    by_hand = (theirs.ink == Ink.PERSON) & (mine.ink != Ink.PERSON)
    chosen = by_hand | is_unlabelled(mine.labels, mine.ink)
    return Planes(
        np.where(chosen, theirs.labels, mine.labels), np.where(chosen, theirs.ink, mine.ink)
    )


def _take(
    item: MergeItem, choice: Choice, mine: Project, theirs: Reader, classes: ClassMatch
) -> Outcome:
    steps = mine.step_ids(item.name)
    if (steps[-1] if steps else "") != item.last_step:
        raise StorageError(f"{item.name} was changed meanwhile. Merge once more.")
    fields = dict(item.fields)
    if item.is_conflict and choice is Choice.MINE:
        # Labels that stay as they are stay as far as they were.
        fields = {name: value for name, value in fields.items() if name in ("flagged", "note")}
    added = 0
    if choice is not Choice.MINE and item.labels in (Side.THEIRS, Side.BOTH):
        both = load_both(mine, theirs, (item.name, item.their_name), classes)
        added = _take_labels(item, choice, mine, theirs, both, classes)
    record = mine.record(item.name) or ImageRecord(item.name)
    changed = replace(record, **fields)
    if changed != record:
        stored(mine, mine.keep_record(changed))
    return Outcome(item.name, choice, added, tuple(name for name in fields if name != "done_at"))


def _take_labels(
    item: MergeItem,
    choice: Choice,
    mine: Project,
    theirs: Reader,
    both: BothLabels,
    classes: ClassMatch,
) -> int:
    """Store the steps that bring their labels in, and return how many."""
    record = both.theirs.record
    whose = _their_name(both)
    number = 0
    counts = class_counts(both.my_planes.labels, both.my_planes.ink)
    known = replace(
        both.mine.record,
        width=both.my_planes.labels.shape[1],
        height=both.my_planes.labels.shape[0],
        author=whose,
        changed_at=time.time() if item.is_conflict else record.changed_at,
    )
    if choice is Choice.THEIRS:
        known = replace(known, model=record.model, unsure=record.unsure)
    after = Planes(both.my_planes.labels.copy(), both.my_planes.ink.copy())
    for identity, patch in _steps(item, choice, mine, theirs, both, classes):
        number += 1
        counts += patch.counts
        patch.apply(after)
        pairs = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
        known = replace(known, classes=pairs, ink=ink_counts(after.ink))
        origin = replace(patch.origin, annotator=patch.origin.annotator or whose)
        # One after the other: a whole image's steps need not be in memory at once.
        stored(mine, mine.keep_step(known, replace(patch, origin=origin), identity=identity))
    if mine.wants_folding(item.name):
        mine.fold(item.name)
    if choice is Choice.THEIRS and both.theirs.confidence is not None:
        stored(mine, mine.keep_confidence(item.name, both.theirs.confidence))
    return number


def _steps(
    item: MergeItem,
    choice: Choice,
    mine: Project,
    theirs: Reader,
    both: BothLabels,
    classes: ClassMatch,
) -> Iterator[tuple[str, Patch]]:
    """Yield identity and patch of the steps to add."""
    if not item.is_conflict:
        first = _first_to_add(item, mine, theirs, both, classes)
        if first is not None:
            identities = theirs.step_ids(item.their_name)
            for number in range(first, len(identities)):
                patch = both.theirs.history.steps[number].ready()
                yield identities[number], map_patch(patch, [classes.mapping])
            return
    after = both.their_planes
    if choice is Choice.BOTH:
        after = together(both.my_planes, both.their_planes)
    origin = Origin(TOOL, Ink.PERSON, annotator=_their_name(both))
    whole = _between(both.my_planes, after, origin)
    if whole is not None:
        yield merge_identity(choice, item.state, item.their_state), whole


def _first_to_add(
    item: MergeItem, mine: Project, theirs: Reader, both: BothLabels, classes: ClassMatch
) -> int | None:
    """Return the number of their first step that is not here.

    None where they cannot be added to what is here: it has a merge of its own, or classes were
    merged in one of the copies.
    """
    here, there = mine.step_ids(item.name), theirs.step_ids(item.their_name)
    history = both.theirs.history
    if len(there) != history.position or (here and here[-1] not in there):
        return None
    first = there.index(here[-1]) + 1 if here else 0
    start = classes.mapping.planes(start_of(both.theirs, since=first))
    fits = np.array_equal(start.labels, both.my_planes.labels)
    return first if fits and np.array_equal(start.ink, both.my_planes.ink) else None


def _between(before: Planes, after: Planes, origin: Origin) -> Patch | None:
    """Return the step from one state of an image to another."""
    height, width = before.labels.shape
    rows, columns = grid_shape(height, width)
    regions = [block_region(r, c, height, width) for r in range(rows) for c in range(columns)]
    found = (difference(r, before.view(r), after.view(r)) for r in regions)
    return assemble((each for each in found if each is not None), origin)


def _their_name(both: BothLabels) -> str:
    steps = both.theirs.history.steps[: both.theirs.history.position]
    names = (step.origin.annotator for step in reversed(steps))
    return next((name for name in names if name), both.theirs.record.author)

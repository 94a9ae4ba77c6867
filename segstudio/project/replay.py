"""The labels of an image from a checkpoint and what was done since."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.core.labels import class_counts
from segstudio.core.patch import Change, Patch, Planes
from segstudio.project.class_steps import ClassStep, between, map_patch, map_planes


@dataclass(frozen=True)
class Entry:
    """One line of the journal of an image.

    Attributes
    ----------
    number : int
        Lines are numbered through.
    forward : bool
        Whether the step was done (again), or undone.
    epoch : int
        The last class step before it.
    """

    number: int
    step: int
    forward: bool
    epoch: int


@dataclass(frozen=True)
class Moment:
    """Label map and ink of an image after an entry, in the classes of an epoch."""

    number: int
    epoch: int
    planes: Planes


StepReader = Callable[[int], tuple[int, Patch]]
"""Returns the epoch and the patch of a step, as they were stored."""


def replay(
    start: Moment, entries: Sequence[Entry], read: StepReader, steps: Sequence[ClassStep]
) -> Iterator[Moment]:
    """Yield the last moment of each epoch in which something was done, and the present one.

    The planes of a moment are good until the next one is asked for.

    Parameters
    ----------
    start : Moment
        Its planes are changed in place.
    entries : sequence of Entry
        Those after the start, in order.
    read : callable
    steps : sequence of ClassStep
        Those in force.
    """
    planes, epoch, number = start.planes, start.epoch, start.number
    for entry in entries:
        mappings = between(steps, epoch, entry.epoch)
        if mappings:
            yield Moment(number, epoch, planes)
            planes = map_planes(planes, mappings)
        made_in, patch = read(entry.step)
        patch = map_patch(patch, between(steps, made_in, entry.epoch))
        (patch.apply if entry.forward else patch.revert)(planes)
        epoch, number = entry.epoch, entry.number
    latest = max((step.number for step in steps), default=epoch)
    mappings = between(steps, epoch, latest)
    if mappings:
        yield Moment(number, epoch, planes)
        planes = map_planes(planes, mappings)
    yield Moment(number, max(epoch, latest), planes)


def rebased(
    start: Moment,
    entries: Sequence[Entry],
    read: StepReader,
    steps: Sequence[ClassStep],
    *,
    since: int,
) -> dict[int, Patch]:
    """Return the steps made after a class step as if that had never been.

    Parameters
    ----------
    steps : sequence of ClassStep
        Those in force without the one taken back.
    since : int
        The number of the class step taken back.

    Returns
    -------
    dict of step to Patch
        Such a patch may change nothing any more.
    """
    planes, epoch = start.planes, start.epoch
    made: dict[int, Patch] = {}
    for entry in entries:
        planes = map_planes(planes, between(steps, epoch, entry.epoch))
        epoch = entry.epoch
        if entry.step in made:
            patch = made[entry.step]
        else:
            made_in, patch = read(entry.step)
            if made_in >= since:
                assert entry.forward, "a step is done before it is undone"
                patch = made[entry.step] = _on_top_of(planes, patch)
            else:
                patch = map_patch(patch, between(steps, made_in, entry.epoch))
        (patch.apply if entry.forward else patch.revert)(planes)
    return made


def _on_top_of(planes: Planes, patch: Patch) -> Patch:
    """Return a patch that writes the same pixels over other ones."""
    changes: list[Change] = []
    counts = np.zeros_like(patch.counts)
    pixels = 0
    for change in patch.changes:
        written = (change.before.labels != change.after.labels) | (
            change.before.ink != change.after.ink
        )
        before = planes.cut(change.region)
        after = Planes(
            np.where(written, change.after.labels, before.labels),
            np.where(written, change.after.ink, before.ink),
        )
        changes.append(Change(change.region, before, after))
        counts += class_counts(after.labels, after.ink)
        counts -= class_counts(before.labels, before.ink)
        pixels += int(np.count_nonzero((before.labels != after.labels) | (before.ink != after.ink)))
    return Patch(tuple(changes), patch.origin, counts, pixels)

"""Who made a pixel: its ink, and the step that gave it its present class."""

from collections.abc import Sequence
from dataclasses import dataclass

from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.patch import Change, Origin, Planes
from segstudio.core.region import Region


@dataclass(frozen=True)
class Authorship:
    """Who made one pixel.

    Attributes
    ----------
    ink : Ink
        Who its present class belongs to.
    step : int
        The step that made it, counted from 1; 0 when it is older than the steps that are kept.
    origin : Origin or None
        Tool, time, model and person of that step.
    """

    ink: Ink
    step: int = 0
    origin: Origin | None = None


def who_made(ink: Ink, applied: Sequence[Step], pixel: tuple[int, int]) -> Authorship:
    """Find the last step that changed a pixel.

    Parameters
    ----------
    ink : Ink
        Of the pixel, now.
    applied : sequence of Step
        The steps that are done, oldest first.
    pixel : (x, y) of int
        Column and row.
    """
    x, y = pixel
    for number in range(len(applied), 0, -1):
        step = applied[number - 1]
        # Most steps lie elsewhere; only those around the pixel are unpacked.
        if any(_holds(region, x, y) for region in step.form.regions) and _changes(step, x, y):
            return Authorship(ink, number, step.origin)
    return Authorship(ink)


def _holds(region: Region, x: int, y: int) -> bool:
    return region.left <= x < region.right and region.top <= y < region.bottom


def _changes(step: Step, x: int, y: int) -> bool:
    return any(
        _at(change, change.before, x, y) != _at(change, change.after, x, y)
        for change in step.ready().changes
        if _holds(change.region, x, y)
    )


def _at(change: Change, planes: Planes, x: int, y: int) -> tuple[int, int]:
    row, column = y - change.region.top, x - change.region.left
    return int(planes.labels[row, column]), int(planes.ink[row, column])

"""What the machines said of each pixel, also where a person has written since."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import InkMap, Mask
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes

SaidMap: TypeAlias = NDArray[np.int16]
"""(H, W) int16: the label that a machine wrote last, or `UNKNOWN`."""

UNKNOWN = -1
"""No machine has written there, or longer ago than steps are kept."""


def said_by_machines(
    planes: Planes, applied: Sequence[Step], is_stopped: Callable[[], bool] = lambda: False
) -> SaidMap:
    """Find the label that a machine wrote last in each pixel.

    Labels of a machine that are there say it themselves. Elsewhere the steps are gone through from
    the last one on: the pixels before a step are what was there then. What is stored with an image
    is enough for that, so that the answer is the same after a restart.

    Parameters
    ----------
    planes : Planes
        The labels now.
    applied : sequence of Step
        The steps that are done, oldest first.
    is_stopped : callable
        Tells whether nobody waits for the answer any more; what is returned then is incomplete.

    Raises
    ------
    StorageError
        When a step lies in a file that cannot be read.
    """
    sought = ~_is_machine(planes.ink)
    said = planes.labels.astype(np.int16)
    said[sought] = UNKNOWN
    for step in reversed(applied):
        if is_stopped():
            break
        # Most steps lie where everything is known; only the others are unpacked.
        if not any(sought[region.slices].any() for region in step.form.regions):
            continue
        for change in step.ready().changes:
            left = sought[change.region.slices]
            found = left & _is_machine(change.before.ink)
            said[change.region.slices][found] = change.before.labels[found]
            left &= ~found
    return said


def _is_machine(ink: InkMap) -> Mask:
    machine: Mask = (ink == Ink.MODEL) | (ink == Ink.REFINEMENT)
    return machine

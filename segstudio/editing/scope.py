"""Which pixels an edit may change."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.labels import Ink, is_unlabelled
from segstudio.core.patch import Planes
from segstudio.core.region import Region


class PaintOver(StrEnum):
    """What a person lets the brush paint over; locks apply in every one."""

    ANYTHING = "anything"
    UNLABELLED = "unlabelled"
    FIRST_CLASS = "first class"
    MODEL = "model"
    UNSURE = "unsure"


UNSURE_BELOW = 204
"""Confidence (0 to 255) under which a pixel counts as unsure: 80 %."""


@dataclass(frozen=True)
class Scope:
    """The rule that an edit keeps to.

    Attributes
    ----------
    over : PaintOver
    locked : (256,) bool
        Classes whose pixels stay, by index.
    unsure_below : int
        Confidence, 0 to 255, under which a pixel counts as unsure.
    """

    over: PaintOver = PaintOver.ANYTHING
    locked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(256, np.bool_))
    unsure_below: int = UNSURE_BELOW

    def allowed(
        self,
        planes: Planes,
        confidence: Confidence | None,
        region: Region,
        *,
        first: tuple[int, int] | None = None,
    ) -> Mask | None:
        """Return which pixels of a region may change; None when all may.

        Parameters
        ----------
        planes : Planes
            Of the whole image, as they were before the edit.
        confidence : (H, W) uint8 or None
            Without one, no pixel is unsure.
        region : Region
        first : (label, ink), optional
            Of the pixel that was touched first; None when that lay outside the image.
        """
        here = planes.view(region)
        mask = self._over_mask(here, confidence, region, first)
        # Ignore is a state of its own and no class: 255 is never locked.
        if self.locked[:255].any():
            free = ~self.locked[here.labels]
            mask = free if mask is None else mask & free
        return mask

    def _over_mask(
        self,
        here: Planes,
        confidence: Confidence | None,
        region: Region,
        first: tuple[int, int] | None,
    ) -> Mask | None:
        mask: Mask
        match self.over:
            case PaintOver.ANYTHING:
                return None
            case PaintOver.UNLABELLED:
                return is_unlabelled(here.labels, here.ink)
            case PaintOver.MODEL:
                mask = (here.ink == Ink.MODEL) | (here.ink == Ink.REFINEMENT)
            case PaintOver.FIRST_CLASS:
                if first is None:
                    mask = np.zeros(here.labels.shape, np.bool_)
                else:
                    mask = here.labels == first[0]
                    if first[0] == 255:
                        mask &= (here.ink == Ink.NOBODY) == (first[1] == Ink.NOBODY)
            case PaintOver.UNSURE:
                if confidence is None:
                    mask = np.zeros(here.labels.shape, np.bool_)
                else:
                    unsure = confidence[region.slices] < self.unsure_below
                    mask = unsure & (here.ink != Ink.PERSON)
        return mask


@dataclass(frozen=True)
class Paint:
    """What an edit writes: a class of a person, Ignore, or nothing (the eraser)."""

    label: int
    ink: Ink

    @classmethod
    def of_class(cls, index: int) -> "Paint":
        """Paint a class, or Ignore when the index is 255."""
        return cls(index, Ink.PERSON)

    @classmethod
    def eraser(cls) -> "Paint":
        """Make pixels unlabelled."""
        return cls(255, Ink.NOBODY)

    @property
    def class_index(self) -> int | None:
        """The class, 255 for Ignore; None for the eraser."""
        return None if self.ink == Ink.NOBODY else self.label

    @property
    def tool(self) -> str:
        """The name of the tool that paints like this."""
        return "eraser" if self.ink == Ink.NOBODY else "brush"

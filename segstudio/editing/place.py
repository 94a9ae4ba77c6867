"""Where an operation on regions works, and what it may change there."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.labels import is_ignored
from segstudio.core.patch import Planes
from segstudio.core.region import Region, whole
from segstudio.editing.fill import connected_region
from segstudio.editing.kinds import Kinds, kind_at, kinds_of
from segstudio.editing.scope import Scope
from segstudio.editing.selection import Selection


class Where(StrEnum):
    """How much of an image an operation is about."""

    REGION = "region"
    VIEW = "view"
    IMAGE = "image"


@dataclass(frozen=True, eq=False)
class Place:
    """The part of an image that an operation is about.

    Attributes
    ----------
    window : Region
        Only pixels in it may change.
    region : Selection or None
        The one region that is meant; the window is the image then.
    kind : int or None
        What that region is.
    first : (label, ink) or None
        Of the pixel that was pointed at.
    """

    window: Region
    region: Selection | None = None
    kind: int | None = None
    first: tuple[int, int] | None = None


def place_of(planes: Planes, where: Where, *, view: Region, pixel: tuple[int, int] | None) -> Place:
    """Find the place that is meant.

    Parameters
    ----------
    view : Region
        What is seen of the image.
    pixel : (x, y) of int, or None
        The pixel that was pointed at. Without one, a region is an empty place.
    """
    image = whole(planes.labels)
    if pixel is None:
        empty = Region(0, 0, 0, 0)
        window = {Where.REGION: empty, Where.VIEW: view.intersection(image), Where.IMAGE: image}
        return Place(window[where])
    x, y = pixel
    first = int(planes.labels[y, x]), int(planes.ink[y, x])
    if where is Where.REGION:
        return Place(image, connected_region(planes, x, y), kind_at(planes, x, y), first)
    return Place(view.intersection(image) if where is Where.VIEW else image, first=first)


@dataclass(frozen=True, eq=False)
class Frame:
    """The pixels that an operation looks at: its place with the neighbourhood that counts.

    Attributes
    ----------
    region : Region
        Where the frame lies in the image.
    planes : Planes
        Copies of that part.
    kinds : (h, w) uint16
    free : (h, w) bool
        Pixels that may change: in the window, as the scope and the locks allow, and no Ignore.
    subject : (h, w) bool or None
        The one region that is meant.
    window : Region
        The part of the frame that may change.
    """

    region: Region
    planes: Planes
    kinds: Kinds
    free: Mask
    subject: Mask | None
    window: Region


def frame_of(
    planes: Planes,
    confidence: Confidence | None,
    place: Place,
    scope: Scope,
    *,
    margin: int,
    names_ignore: bool,
) -> Frame:
    """Cut out what an operation looks at.

    Parameters
    ----------
    margin : int
        How far around the place it looks, in pixels.
    names_ignore : bool
        Whether the operation was asked to change Ignore: nothing else ever does.
    """
    height, width = planes.labels.shape
    core = place.window if place.region is None else place.region.region
    region = Region(
        core.top - margin, core.left - margin, core.bottom + margin, core.right + margin
    ).clipped(height, width)
    here = planes.cut(region)
    inner = Region(0, 0, region.height, region.width)
    sure = None if confidence is None else confidence[region.slices]
    allowed = scope.allowed(here, sure, inner, first=place.first)
    free = np.zeros(here.labels.shape, np.bool_)
    window = place.window.intersection(region).within(region)
    free[window.slices] = True if allowed is None else allowed[window.slices]
    if not names_ignore:
        free &= ~is_ignored(here.labels, here.ink)
    subject = None
    if place.region is not None:
        subject = np.zeros(here.labels.shape, np.bool_)
        subject[place.region.region.within(region).slices] = place.region.mask
    return Frame(region, here, kinds_of(here), free, subject, window)


def matches(frame: Frame, kind: int) -> Mask:
    """Return the pixels that are meant: the region, else every pixel of a kind."""
    return frame.subject if frame.subject is not None else frame.kinds == kind

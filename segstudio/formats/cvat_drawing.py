"""Drawing the shapes of CVAT into label maps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError
from segstudio.core.png import MAX_PIXELS
from segstudio.formats import outlines
from segstudio.formats.json_values import Points

_CORNERS = 64
"""Of the polygon that an ellipse becomes."""


@dataclass(frozen=True)
class Shape:
    """A shape as it stands in the file."""

    kind: str
    label: str
    level: int
    values: Mapping[str, str]


def draw(labels: LabelMap, shape: Shape, index: int, source: str) -> None:
    """Draw a shape that has an area into labels (H, W), in place.

    Parameters
    ----------
    index : int
        Of its class.
    source : str
        Which file and image it is of, for the sentence.

    Raises
    ------
    ImageError
        When its numbers make no shape.
    """
    _DRAWN[shape.kind](labels, shape, index, source)


def _draw_mask(labels: LabelMap, shape: Shape, index: int, source: str) -> None:
    """Draw runs of rows within a rectangle; the first is of what lies outside the shape."""
    left, top, width, height = (
        int(_number(shape, key, source)) for key in ("left", "top", "width", "height")
    )
    runs = _runs(shape, source)
    is_inside = left >= 0 and top >= 0 and width > 0 and height > 0
    is_inside &= top + height <= labels.shape[0] and left + width <= labels.shape[1]
    if not is_inside or runs.sum() != width * height:
        raise ImageError(f"{source} has a mask that does not fit into its rectangle.")
    kinds = np.arange(runs.size) % 2 == 1
    inside = np.repeat(kinds, runs).reshape(height, width)
    labels[top : top + height, left : left + width][inside] = index


def _runs(shape: Shape, source: str) -> NDArray[np.int64]:
    try:
        runs = [int(run) for run in shape.values.get("rle", "").split(",")]
    except ValueError as error:
        raise ImageError(f"{source} has a mask whose runs are no numbers.") from error
    if min(runs) < 0 or max(runs) > MAX_PIXELS:
        raise ImageError(f"{source} has a mask whose runs are no lengths.")
    return np.array(runs, np.int64)


def _draw_polygon(labels: LabelMap, shape: Shape, index: int, source: str) -> None:
    pairs = [pair.split(",") for pair in shape.values.get("points", "").split(";")]
    try:
        points = np.array([[float(x), float(y)] for x, y in pairs])
    except ValueError as error:
        raise ImageError(f"{source} has a polygon whose points are no numbers.") from error
    _fill(labels, points, index, source)


def _draw_box(labels: LabelMap, shape: Shape, index: int, source: str) -> None:
    left, top, right, bottom = (_number(shape, key, source) for key in ("xtl", "ytl", "xbr", "ybr"))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    _fill(labels, _turned(corners, shape, source), index, source)


def _draw_ellipse(labels: LabelMap, shape: Shape, index: int, source: str) -> None:
    x, y, across, down = (_number(shape, key, source) for key in ("cx", "cy", "rx", "ry"))
    angle = np.linspace(0, 2 * math.pi, _CORNERS, endpoint=False)
    around = np.stack([x + across * np.cos(angle), y + down * np.sin(angle)], axis=1)
    _fill(labels, _turned(around, shape, source), index, source)


def _turned(points: Points, shape: Shape, source: str) -> Points:
    """Turn a shape around its middle, clockwise as seen, by the degrees that it says."""
    angle = math.radians(_number(shape, "rotation", source, "0"))
    if not angle:
        return points
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned: Points = (points - middle) @ turn + middle
    return turned


def _fill(labels: LabelMap, points: Points, index: int, source: str) -> None:
    if not np.isfinite(points).all():
        raise ImageError(f"{source} has a shape whose points are no numbers.")
    labels[outlines.filled([points], (labels.shape[0], labels.shape[1]), source)] = index


def _number(shape: Shape, key: str, source: str, usual: str = "") -> float:
    try:
        value = float(shape.values.get(key, usual))
    except ValueError as error:
        raise ImageError(f"{source} has a {shape.kind} without a number for “{key}”.") from error
    if not math.isfinite(value):
        raise ImageError(f"{source} has a {shape.kind} without a number for “{key}”.")
    return value


_DRAWN = {
    "mask": _draw_mask,
    "polygon": _draw_polygon,
    "box": _draw_box,
    "ellipse": _draw_ellipse,
}
"""By the name of an element, how it is drawn; what is not here has no area."""

WITH_AREA = frozenset(_DRAWN)
"""The names of elements that have one; lines, points and tags have none."""

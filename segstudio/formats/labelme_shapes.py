"""Shapes of LabelMe as masks, drawn as labelme draws them, and masks as shapes of LabelMe."""

import base64
import binascii
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.errors import ImageError
from segstudio.formats import coco_writing, colour_mask, json_values, outlines
from segstudio.formats.json_values import Points, field

LINE_WIDTH, POINT_RADIUS = 10, 5
"""In pixels; labelme's own when it makes label maps."""

THIN = frozenset({"line", "linestrip", "point", "points"})

Size = tuple[int, int]
_Draw = ImageDraw.ImageDraw


def paint(labels: LabelMap, shape: dict[str, Any], index: int, source: str) -> None:
    """Give an index to the pixels of a shape.

    Only the rectangle that it takes up is looked at: there may be thousands of them.

    Raises
    ------
    ImageError
        When it is of a type that is not known, or damaged.
    """
    size = labels.shape[0], labels.shape[1]
    kind = shape.get("shape_type") or "polygon"
    points = json_values.points(field(shape, "points", list, source), source)
    if not len(points):
        raise ImageError(f"{source} has a shape without points.")
    outlines.check_reach(points, size, source)
    if kind == "mask":
        labels[_stored(shape, points, size, source)] = index
        return
    least, margin, draw = _DRAWN.get(kind, _UNKNOWN) if isinstance(kind, str) else _UNKNOWN
    if draw is None:
        raise ImageError(f"{source} has a shape of the type {str(kind)[:40]}, which is not known.")
    if len(points) < least:
        raise ImageError(f"{source} has a {kind} with too few points.")
    reach = margin + (_radius(points) if kind == "circle" else 0)
    low = np.floor(points.min(axis=0) - reach).astype(int).clip(0, size[::-1])
    high = (np.floor(points.max(axis=0) + reach).astype(int) + 2).clip(0, size[::-1])
    if (low < high).all():
        canvas = PillowImage.new("L", (int(high[0] - low[0]), int(high[1] - low[1])))
        draw(ImageDraw.Draw(canvas), points - low)
        labels[low[1] : high[1], low[0] : high[0]][np.array(canvas, np.bool_)] = index


def masks(mask: Mask, name: str) -> list[dict[str, Any]]:
    """Return a mask as the one shape that keeps every pixel."""
    left, top, width, height = coco_writing.box(mask)
    cut = mask[top : top + height, left : left + width]
    corners: list[list[float]] = [[left, top], [left + width - 1, top + height - 1]]
    return [_shape(name, corners, "mask", mask=_picture(cut))]


def polygons(mask: Mask, name: str) -> list[dict[str, Any]]:
    """Return a mask as one polygon for each part, of one group."""
    found = outlines.of_mask(mask)
    group = 1 if len(found) > 1 else None
    return [_shape(name, points.tolist(), "polygon", group=group) for points in found]


def json_text(content: dict[str, Any]) -> str:
    """Return the text of a file, one shape a line."""
    lines = []
    for key, value in content.items():
        text = json.dumps(value, ensure_ascii=False)
        if key == "shapes" and value:
            rows = (json.dumps(row, ensure_ascii=False) for row in value)
            text = "[\n  " + ",\n  ".join(rows) + "\n ]"
        lines.append(f' "{key}": {text}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape(
    name: str,
    points: list[list[float]],
    kind: str,
    *,
    group: int | None = None,
    mask: str | None = None,
) -> dict[str, Any]:
    return {
        "label": name,
        "points": points,
        "group_id": group,
        "description": "",
        "shape_type": kind,
        "flags": {},
        "mask": mask,
    }


def _picture(cut: Mask) -> str:
    buffer = io.BytesIO()
    PillowImage.fromarray(cut.astype(np.uint8)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _stored(shape: dict[str, Any], points: Points, size: Size, source: str) -> Mask:
    """Return the mask that a shape holds as a picture, laid where its first corner is."""
    try:
        data = base64.b64decode(field(shape, "mask", str, source), validate=True)
        with PillowImage.open(io.BytesIO(data)) as picture:
            if picture.width > size[1] + 1 or picture.height > size[0] + 1:
                raise ImageError(f"{source} has a mask that is larger than its image.")
            cut = np.array(picture.convert("L")) > 0
    except (binascii.Error, *colour_mask.BROKEN) as error:
        raise ImageError(f"{source} has a mask that cannot be read: {error}.") from error
    left, top = (int(number) for number in np.rint(points[0]))
    mask = np.zeros(size, np.bool_)
    rows = slice(max(top, 0), max(min(top + cut.shape[0], size[0]), 0))
    columns = slice(max(left, 0), max(min(left + cut.shape[1], size[1]), 0))
    here = cut[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    if rows.start < rows.stop and columns.start < columns.stop:
        mask[rows, columns] = here
    return mask


def _polygon(canvas: _Draw, points: Points) -> None:
    canvas.polygon(_pairs(points), fill=1, outline=1)


def _rectangle(canvas: _Draw, points: Points) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    canvas.rectangle(_pairs(np.stack([low, high])), fill=1, outline=1)


def _circle(canvas: _Draw, points: Points) -> None:
    _disc(canvas, points[0], _radius(points))


def _radius(points: Points) -> float:
    return float(np.hypot(*(points[1] - points[0])))


def _line(canvas: _Draw, points: Points) -> None:
    canvas.line(_pairs(points), fill=1, width=LINE_WIDTH, joint="curve")


def _points(canvas: _Draw, points: Points) -> None:
    for point in points:
        _disc(canvas, point, POINT_RADIUS)


def _disc(canvas: _Draw, middle: Points, radius: float) -> None:
    canvas.ellipse(_pairs(np.stack([middle - radius, middle + radius])), fill=1, outline=1)


def _pairs(points: Points) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


_DRAWN: dict[str, tuple[int, float, Callable[[_Draw, Points], None] | None]] = {
    "polygon": (3, 0, _polygon),
    "rectangle": (2, 0, _rectangle),
    "oriented_rectangle": (3, 0, _polygon),
    "rotation": (3, 0, _polygon),
    "quadrilateral": (3, 0, _polygon),
    "circle": (2, 0, _circle),
    "line": (2, LINE_WIDTH, _line),
    "linestrip": (2, LINE_WIDTH, _line),
    "point": (1, POINT_RADIUS, _points),
    "points": (1, POINT_RADIUS, _points),
}
"""By type, how many points it has at least, how far it reaches beyond them, and what draws it.
“rotation” and “quadrilateral” are X-AnyLabeling's, whose rectangles have four points."""

_UNKNOWN = (0, 0.0, None)

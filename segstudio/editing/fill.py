"""The bucket: relabel the region under the cursor, or every region of its class."""

import cv2
import numpy as np

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import is_ignored, is_unlabelled
from segstudio.core.patch import Planes
from segstudio.core.region import Region, whole
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool import Board, Modifiers, Outcome, Refusal, Tool, Why

WINDOW_PX = 512
GROWTH = 4
"""How many times as wide as the one before a window is."""


def connected_region(planes: Planes, x: int, y: int) -> Selection:
    """Return the 4-connected pixels of one class around a pixel.

    Unlabelled and Ignore are kept apart although both are stored as 255. The region is the
    smallest that holds them. It is looked for in a window that grows until it holds it all: what
    that costs follows the region, not the image.
    """
    height, width = planes.labels.shape
    image, side = whole(planes.labels), WINDOW_PX
    while True:
        window = _around(x, y, side).clipped(height, width)
        if 2 * window.area > image.area:  # little would be saved
            window = image
        found = _connected_within(planes.view(window), x - window.left, y - window.top)
        region = found.region.moved(window.top, window.left)
        if window == image or _is_inside(region, window, image):
            return Selection(region, found.mask)
        side *= GROWTH


def _connected_within(planes: Planes, x: int, y: int) -> Selection:
    plane = _plane_to_follow(planes, x, y)
    height, width = plane.shape
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
    _, _, _, box = cv2.floodFill(plane, mask, (x, y), 0, flags=flags)
    left, top, box_width, box_height = box
    region = Region(top, left, top + box_height, left + box_width)
    inside = mask[top + 1 : region.bottom + 1, left + 1 : region.right + 1]
    return Selection(region, inside.astype(np.bool_))


def _around(x: int, y: int, side: int) -> Region:
    top, left = y - side // 2, x - side // 2
    return Region(top, left, top + side, left + side)


def _is_inside(region: Region, window: Region, image: Region) -> bool:
    """Tell whether a region found in a window cannot go on beyond it."""
    return (
        (region.top > window.top or window.top == image.top)
        and (region.left > window.left or window.left == image.left)
        and (region.bottom < window.bottom or window.bottom == image.bottom)
        and (region.right < window.right or window.right == image.right)
    )


def all_of_class(planes: Planes, x: int, y: int) -> Selection:
    """Return every pixel of the image of the same class as one pixel."""
    plane = _plane_to_follow(planes, x, y)
    return Selection(whole(plane), plane == plane[y, x])


def _plane_to_follow(planes: Planes, x: int, y: int) -> LabelMap:
    if planes.labels[y, x] != IGNORE_INDEX:
        return planes.labels
    belongs = is_unlabelled if planes.ink[y, x] == 0 else is_ignored
    return belongs(planes.labels, planes.ink).view(np.uint8)


class FillTool(Tool):
    """A click gives the region under the cursor the active class."""

    name = "fill"

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Fill the region, or all regions of its class."""
        pixel = board.pixel(point)
        if pixel is None:
            return Outcome(refusal=Refusal(Why.OUTSIDE))
        find = all_of_class if board.state.fill_all != keys.extend else connected_region
        paint, first = board.paint(erase=keys.opposite), board.under(point)
        found = find(board.planes, *pixel)
        return board.painted(found, paint=paint, first=first, tool=self.name)

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


def connected_region(planes: Planes, x: int, y: int) -> Selection:
    """Return the 4-connected pixels of one class around a pixel.

    Unlabelled and Ignore are kept apart although both are stored as 255. The region is the
    smallest that holds them.
    """
    plane = _plane_to_follow(planes, x, y)
    height, width = plane.shape
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
    _, _, _, box = cv2.floodFill(plane, mask, (x, y), 0, flags=flags)
    left, top, box_width, box_height = box
    region = Region(top, left, top + box_height, left + box_width)
    inside = mask[top + 1 : region.bottom + 1, left + 1 : region.right + 1]
    return Selection(region, inside.astype(np.bool_))


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

"""What a format loses, in numbers."""

import numpy as np

from segstudio.core.classes import ClassTable
from segstudio.formats import losses
from segstudio.formats.format_table import FORMATS


def test_pixels_holes_and_parts_are_counted_for_each_class():
    before = np.zeros((6, 8), np.uint8)
    before[1:5, 1:5] = 1
    before[2, 2] = 0  # a hole
    before[5, 7] = 1  # a part apart
    after = before.copy()
    after[2, 2] = 1
    after[5, 7] = 255
    ground, one, none = losses.between([(before, after)])
    assert (ground.index, ground.pixels, ground.lost, ground.gained) == (0, 32, 1, 0)
    assert (one.index, one.pixels, one.lost, one.gained) == (1, 16, 1, 1)
    assert one.iou == 15 / 17
    assert (one.holes, one.holes_after, one.parts, one.parts_after) == (1, 0, 2, 1)
    assert (none.index, none.pixels, none.gained) == (255, 0, 1)


def test_losses_of_several_images_are_summed():
    labels = np.array([[0, 1]], np.uint8)
    pairs = [(labels, labels), (labels, np.array([[1, 1]], np.uint8))]
    zero, one = losses.between(pairs)
    assert (zero.pixels, zero.lost, zero.iou) == (2, 1, 0.5)
    assert (one.pixels, one.gained, one.is_none) == (2, 1, False)


def test_a_lossless_format_loses_nothing_of_a_sample():
    classes = ClassTable.named(["road", "sky"])
    labels = np.array([[0, 1, 255], [1, 1, 0]], np.uint8)
    for row in FORMATS.values():
        if row.is_lossless:
            assert all(loss.is_none for loss in losses.on_sample(row, classes, [labels], {}))

import numpy as np
import pytest

from segstudio.core import labels
from segstudio.core.even_planes import even
from segstudio.core.labels import Ink, class_counts


def counted(label_map, ink):
    unlabelled = np.count_nonzero((label_map == 255) & (ink == Ink.NOBODY))
    counts = np.append(np.bincount(label_map.ravel(), minlength=256), 0)
    counts[255:] = unlabelled, counts[255] - unlabelled
    return counts


@pytest.mark.parametrize("at_once", [1, 50, 2**22])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (37, 41), (0, 5), (5, 0)])
def test_every_pixel_is_counted_once(monkeypatch, at_once, shape):
    monkeypatch.setattr(labels, "COUNTED_AT_ONCE", at_once)
    rng = np.random.default_rng(1)
    label_map = rng.choice(np.array([0, 1, 7, 254, 255], np.uint8), (shape[0], shape[1] * 2))
    ink = rng.integers(0, 4, shape, np.uint8)
    cut = label_map[:, ::2]  # not in one piece in memory
    assert class_counts(cut, ink).tolist() == counted(cut, ink).tolist()


def test_a_plane_of_one_byte_is_counted_as_all_its_pixels():
    for label in (3, 255):
        for author in Ink:
            planes = even(label, (9, 7)), even(author, (9, 7))
            assert class_counts(*planes).tolist() == counted(*planes).tolist()

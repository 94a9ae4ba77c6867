from pathlib import Path

import numpy as np
import pytest

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.merge import EVERYWHERE, LEAVE_UNLABELLED, ClassMatch, Reach, model_writing
from segstudio.core.region import Region
from segstudio.session.segment_preview import preview_of

MATCH = ClassMatch((7, LEAVE_UNLABELLED, 2))
NOTHING_LOCKED = np.zeros(256, np.bool_)


@pytest.fixture
def document():
    made = Document(Path("photo.png"), np.zeros((40, 60, 3), np.uint8))
    made.label_map[:20, :30] = 3
    made.ink[:20, :30] = Ink.PERSON
    made.label_map[20:, :30] = 4
    made.ink[20:, :30] = Ink.MODEL
    return made


def proposed():
    labels = np.zeros((20, 30), np.uint8)
    labels[:, 20:25] = 1
    labels[:, 25:] = 255
    return labels


LOCKED = NOTHING_LOCKED.copy()
LOCKED[4] = True


@pytest.mark.parametrize("locked", [NOTHING_LOCKED, LOCKED])
@pytest.mark.parametrize(
    "reach", [EVERYWHERE, Reach(Region(10, 20, 30, 50)), Reach(only_unlabelled=True)]
)
def test_what_comes_is_shown_just_where_it_would_be_written(document, locked, reach):
    shown = preview_of(proposed(), document, MATCH, locked, reach)
    wide = np.kron(proposed(), np.ones((2, 2), np.uint8))
    writing = model_writing(wide, MATCH, locked, reach, is_partial=True)
    before = document.label_map.copy()
    found = writing(document.planes, Region(0, 0, 40, 60))
    after = before.copy()
    after[found.change.region.slices] = found.change.after.labels
    expected = np.where(after != before, after, 255)
    assert np.array_equal(shown, expected[::2, ::2])

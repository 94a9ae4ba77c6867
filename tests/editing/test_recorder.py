import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import Origin, Planes
from segstudio.core.region import BLOCK, Region
from segstudio.editing import recorder
from segstudio.editing.recorder import BlockRecorder

SIDE = 2 * BLOCK + 40

writes = st.tuples(
    st.integers(0, SIDE - 1),
    st.integers(0, SIDE - 1),
    st.integers(1, SIDE),
    st.integers(1, SIDE),
    st.sampled_from((0, 1, 255)),
)


@pytest.mark.parametrize("open_blocks", [0, 1, 3, 128])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(writes, min_size=1, max_size=12), st.booleans())
def test_a_step_is_the_same_whenever_its_blocks_are_compared(
    monkeypatch, open_blocks, written, is_blank
):
    monkeypatch.setattr(recorder, "OPEN_BLOCKS", open_blocks)
    planes = Planes.blank((SIDE, SIDE))
    if not is_blank:
        planes.labels[:, SIDE // 3 :] = 1
        planes.ink[100:] = Ink.MODEL
    before = planes.cut(Region(0, 0, SIDE, SIDE))
    kept = BlockRecorder(planes)
    for top, left, height, width, label in written:
        region = Region(top, left, top + height, left + width).clipped(SIDE, SIDE)
        kept.save(region)
        planes.labels[region.slices] = label
        planes.ink[region.slices] = Ink.PERSON
    after = planes.cut(Region(0, 0, SIDE, SIDE))
    patch = kept.patch(Origin("brush", Ink.PERSON))
    differs = (before.labels != after.labels) | (before.ink != after.ink)
    if patch is None:
        assert not differs.any()
        return
    assert patch.pixels == np.count_nonzero(differs)
    gained = class_counts(after.labels, after.ink) - class_counts(before.labels, before.ink)
    assert np.array_equal(patch.counts, gained)
    planes.labels[:], planes.ink[:] = 7, 1  # what is kept must not be a view of the planes
    planes.labels[~differs], planes.ink[~differs] = after.labels[~differs], after.ink[~differs]
    for move, wanted in ((patch.revert, before), (patch.apply, after)):
        move(planes)
        assert np.array_equal(planes.labels, wanted.labels)
        assert np.array_equal(planes.ink, wanted.ink)


def test_few_blocks_are_left_to_compare_at_the_end_of_a_long_stroke(monkeypatch):
    planes = Planes.blank((BLOCK, 400 * BLOCK))
    kept = BlockRecorder(planes)
    for column in range(400):
        region = Region(0, column * BLOCK, BLOCK, (column + 1) * BLOCK)
        kept.save(region)
        planes.labels[region.slices] = 1
    compared = []
    honest = recorder.difference
    monkeypatch.setattr(
        recorder, "difference", lambda *a, **k: compared.append(a[0]) or honest(*a, **k)
    )
    patch = kept.patch(Origin("brush", Ink.PERSON))
    assert patch is not None
    assert len(patch.changes) == 400
    assert len(compared) <= recorder.OPEN_BLOCKS

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink, is_ignored, is_unlabelled
from segstudio.core.merge import (
    LEAVE_UNLABELLED,
    ClassMatch,
    Reach,
    carried_writing,
    finish,
    merge,
    model_writing,
)
from segstudio.core.patch import Origin, Planes
from segstudio.core.region import Region, grid_shape

ORIGIN = Origin("segment", Ink.MODEL)
UNLOCKED = np.zeros(256, np.bool_)
SAME = ClassMatch((0, 1, 2))


def blank(height: int, width: int) -> Planes:
    return Planes(np.full((height, width), 255, np.uint8), np.zeros((height, width), np.uint8))


def versions_of(planes: Planes) -> np.ndarray:
    return np.zeros(grid_shape(*planes.labels.shape), np.int64)


def merged(planes: Planes, proposed: np.ndarray, match=SAME, locked=UNLOCKED) -> Planes:
    """Return copies of the planes with a whole merge applied."""
    versions = versions_of(planes)
    made = merge(planes, versions, model_writing(proposed, match, locked))
    patch = finish(made, planes, versions, model_writing(proposed, match, locked), ORIGIN)
    result = planes.cut(Region(0, 0, *planes.labels.shape))
    if patch is not None:
        patch.apply(result)
    return result


def test_a_model_writes_its_classes_with_its_own_ink():
    result = merged(blank(2, 2), np.array([[0, 1], [2, 1]], np.uint8))
    assert result.labels.tolist() == [[0, 1], [2, 1]]
    assert (result.ink == Ink.MODEL).all()


@pytest.mark.parametrize(
    ("target", "label", "ink"),
    [
        (9, 9, Ink.MODEL),
        (IGNORE_INDEX, IGNORE_INDEX, Ink.MODEL),
        (LEAVE_UNLABELLED, IGNORE_INDEX, Ink.NOBODY),
    ],
)
def test_a_class_of_the_model_becomes_what_the_table_says(target, label, ink):
    match = ClassMatch((target, 1))
    planes = Planes(np.full((1, 2), 5, np.uint8), np.full((1, 2), Ink.MODEL, np.uint8))
    result = merged(planes, np.array([[0, 1]], np.uint8), match)
    assert (result.labels[0, 0], result.ink[0, 0]) == (label, ink)
    assert (result.labels[0, 1], result.ink[0, 1]) == (1, Ink.MODEL)


def test_ignore_and_leave_unlabelled_are_told_apart():
    match = ClassMatch((IGNORE_INDEX, LEAVE_UNLABELLED))
    result = merged(blank(1, 2), np.array([[0, 1]], np.uint8), match)
    assert is_ignored(result.labels, result.ink).tolist() == [[True, False]]
    assert is_unlabelled(result.labels, result.ink).tolist() == [[False, True]]
    assert match.matched == 1


def test_where_the_model_says_nothing_pixels_become_unlabelled():
    planes = Planes(np.full((1, 1), 2, np.uint8), np.full((1, 1), Ink.REFINEMENT, np.uint8))
    result = merged(planes, np.array([[255]], np.uint8))
    assert is_unlabelled(result.labels, result.ink).all()


@given(
    arrays(np.uint8, (4, 5), elements=st.sampled_from((0, 1, 2, 255))),
    arrays(np.uint8, (4, 5), elements=st.integers(0, 3)),
    arrays(np.uint8, (4, 5), elements=st.sampled_from((0, 1, 2, 255))),
    st.lists(st.sampled_from((0, 1, 2, 255, LEAVE_UNLABELLED)), min_size=3, max_size=3),
    st.sets(st.integers(0, 2)),
)
def test_a_merge_is_the_rule_applied_to_every_pixel(labels, ink, proposed, targets, locks):
    locked = UNLOCKED.copy()
    locked[list(locks)] = True
    result = merged(Planes(labels, ink), proposed, ClassMatch(tuple(targets)), locked)
    for pixel in np.ndindex(4, 5):
        target = targets[proposed[pixel]] if proposed[pixel] < 3 else LEAVE_UNLABELLED
        if ink[pixel] == Ink.PERSON or labels[pixel] in locks:
            expected = labels[pixel], ink[pixel]
        elif target == LEAVE_UNLABELLED:
            expected = 255, Ink.NOBODY
        else:
            expected = target, Ink.MODEL
        assert (result.labels[pixel], result.ink[pixel]) == expected


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 299), st.integers(0, 519)), min_size=1, max_size=4))
def test_strokes_between_merge_and_finish_win(spots):
    planes = blank(300, 520)
    versions = versions_of(planes)
    proposed = np.ones((300, 520), np.uint8)
    made = merge(planes, versions, model_writing(proposed, SAME, UNLOCKED))
    for y, x in spots:
        planes.labels[y, x], planes.ink[y, x] = 2, Ink.PERSON
        versions[y // 256, x // 256] += 1
    patch = finish(made, planes, versions, model_writing(proposed, SAME, UNLOCKED), ORIGIN)
    assert patch is not None
    before = planes.cut(Region(0, 0, 300, 520))
    patch.apply(planes)
    assert np.count_nonzero(planes.labels == 2) == len(set(spots))
    assert np.count_nonzero(planes.labels == 1) == 300 * 520 - len(set(spots))
    patch.revert(planes)
    assert np.array_equal(planes.labels, before.labels)
    assert np.array_equal(planes.ink, before.ink)


def test_an_erasure_between_merge_and_finish_frees_its_pixels_for_the_model():
    planes = blank(10, 300)
    planes.labels[:], planes.ink[:] = 2, Ink.PERSON
    versions = versions_of(planes)
    proposed = np.zeros((10, 300), np.uint8)
    made = merge(planes, versions, model_writing(proposed, SAME, UNLOCKED))
    assert not made.changes
    planes.labels[3, 280], planes.ink[3, 280] = 255, Ink.NOBODY
    versions[0, 1] += 1
    patch = finish(made, planes, versions, model_writing(proposed, SAME, UNLOCKED), ORIGIN)
    assert patch is not None
    assert patch.regions == (Region(3, 280, 4, 281),)


def test_a_result_that_changes_nothing_makes_no_step():
    planes = Planes(np.zeros((3, 3), np.uint8), np.full((3, 3), Ink.MODEL, np.uint8))
    proposed = np.zeros((3, 3), np.uint8)
    made = merge(planes, versions_of(planes), model_writing(proposed, SAME, UNLOCKED))
    patch = finish(
        made, planes, versions_of(planes), model_writing(proposed, SAME, UNLOCKED), ORIGIN
    )
    assert patch is None


def test_a_merge_without_the_step_it_replaces_sees_the_labels_under_that_step():
    planes = blank(5, 300)
    planes.labels[:, :100], planes.ink[:, :100] = 2, Ink.PERSON
    first = np.ones((5, 300), np.uint8)
    made = merge(planes, versions_of(planes), model_writing(first, SAME, UNLOCKED))
    step = finish(made, planes, versions_of(planes), model_writing(first, SAME, UNLOCKED), ORIGIN)
    assert step is not None
    step.apply(planes)
    second = np.zeros((5, 300), np.uint8)
    again = merge(planes, versions_of(planes), model_writing(second, SAME, UNLOCKED), replaced=step)
    step.revert(planes)
    direct = merge(planes, versions_of(planes), model_writing(second, SAME, UNLOCKED))
    assert again.changes.keys() == direct.changes.keys()
    for block, found in again.changes.items():
        wanted = direct.changes[block]
        assert found.change.region == wanted.change.region
        assert np.array_equal(found.change.before.labels, wanted.change.before.labels)
        assert np.array_equal(found.change.after.labels, wanted.change.after.labels)
        assert np.array_equal(found.counts, wanted.counts)


@pytest.mark.parametrize("only_unlabelled", [False, True])
@pytest.mark.parametrize("region", [None, Region(1, 250, 4, 270), Region(0, 0, 2, 2)])
def test_a_result_for_a_part_leaves_the_rest_as_it_is(region, only_unlabelled):
    planes = blank(5, 300)
    planes.labels[:, ::3], planes.ink[:, ::3] = 2, Ink.MODEL
    planes.labels[:, 1::3], planes.ink[:, 1::3] = 255, Ink.PERSON
    writing = model_writing(
        np.ones((5, 300), np.uint8), SAME, UNLOCKED, Reach(region, only_unlabelled)
    )
    before = planes.cut(Region(0, 0, 5, 300))
    patch = finish(
        merge(planes, versions_of(planes), writing), planes, versions_of(planes), writing, ORIGIN
    )
    if patch is not None:
        patch.apply(planes)
    inside = np.zeros((5, 300), np.bool_)
    inside[region.slices if region else ...] = True
    free = inside & (before.ink != Ink.PERSON)
    if only_unlabelled:
        free &= is_unlabelled(before.labels, before.ink)
    assert np.array_equal(planes.labels, np.where(free, 1, before.labels))
    assert np.array_equal(planes.ink, np.where(free, Ink.MODEL, before.ink))


@given(
    arrays(np.uint8, (2, 3, 4), elements=st.sampled_from((0, 1, 255))),
    arrays(np.uint8, (2, 3, 4), elements=st.integers(0, 3)),
)
def test_labels_of_another_image_fill_what_is_unlabelled_and_are_a_persons(labels, ink):
    here, there = Planes(labels[0], ink[0]), Planes(labels[1], ink[1])
    writing = carried_writing(there)
    made = merge(here, versions_of(here), writing)
    patch = finish(made, here, versions_of(here), writing, ORIGIN)
    result = here.cut(Region(0, 0, 3, 4))
    if patch is not None:
        patch.apply(result)
    takes = is_unlabelled(*_of(here)) & ~is_unlabelled(*_of(there))
    assert np.array_equal(result.labels, np.where(takes, there.labels, here.labels))
    assert np.array_equal(result.ink, np.where(takes, Ink.PERSON, here.ink))


def _of(planes: Planes) -> tuple[np.ndarray, np.ndarray]:
    return planes.labels, planes.ink

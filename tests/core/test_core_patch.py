import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.history import History
from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import (
    Origin,
    PackedPatch,
    Patch,
    Planes,
    assemble,
    difference,
    pack,
    unpack,
)
from segstudio.core.region import Region

ORIGIN = Origin("brush", Ink.PERSON, 3, time=1.0)
SHAPE = (6, 9)

labels = arrays(np.uint8, SHAPE, elements=st.sampled_from((0, 7, 254, 255)))
inks = arrays(np.uint8, SHAPE, elements=st.integers(0, 3))
planes = st.builds(Planes, labels, inks)
LEFT, RIGHT = Region(0, 0, 6, 4), Region(0, 4, 6, 9)


def patch_between(before: Planes, after: Planes) -> Patch | None:
    parts = [difference(part, before.view(part), after.view(part)) for part in (LEFT, RIGHT)]
    return assemble((part for part in parts if part is not None), ORIGIN)


def copy_of(source: Planes) -> Planes:
    return source.cut(Region(0, 0, *SHAPE))


def equal(first: Planes, second: Planes) -> bool:
    return np.array_equal(first.labels, second.labels) and np.array_equal(first.ink, second.ink)


@given(planes, planes)
def test_a_patch_between_two_states_leads_from_one_to_the_other_and_back(before, after):
    patch = patch_between(before, after)
    if patch is None:
        assert equal(before, after)
        return
    work = copy_of(before)
    patch.apply(work)
    assert equal(work, after)
    patch.revert(work)
    assert equal(work, before)
    gained = class_counts(after.labels, after.ink) - class_counts(before.labels, before.ink)
    assert np.array_equal(patch.counts, gained)


@given(planes, planes)
def test_a_patch_keeps_copies_and_not_views(before, after):
    patch = patch_between(before, after)
    if patch is None:
        return
    wanted, start = copy_of(after), copy_of(before)
    after.labels[:] = 9
    before.ink[:] = 2
    patch.apply(start)
    assert equal(start, wanted)


@given(planes, planes)
def test_packing_loses_nothing(before, after):
    patch = patch_between(before, after)
    if patch is None:
        return
    packed = pack(patch)
    again = unpack(packed)
    assert packed.unpacked_nbytes == again.nbytes >= patch.nbytes
    assert again.regions == patch.regions == packed.regions
    assert again.pixels == patch.pixels
    assert again.origin == patch.origin
    assert np.array_equal(again.counts, patch.counts)
    for change, same in zip(patch.changes, again.changes, strict=True):
        assert equal(change.before, same.before)
        assert equal(change.after, same.after)


def test_a_patch_holds_one_byte_of_a_plane_of_one_value():
    before = Planes(np.full(SHAPE, 255, np.uint8), np.zeros(SHAPE, np.uint8))
    after = Planes(np.full(SHAPE, 4, np.uint8), np.full(SHAPE, Ink.PERSON, np.uint8))
    patch = patch_between(before, after)
    assert patch is not None
    assert patch.nbytes == 4 * len(patch.changes) + patch.counts.nbytes
    unpack(pack(patch)).apply(before)
    assert equal(before, after)


def test_equal_planes_make_no_patch():
    same = Planes(np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8))
    assert patch_between(same, same) is None


def step(number: int, side: int = 64) -> Patch:
    """Make a patch of noise, which cannot be packed much."""
    noise = np.random.default_rng(number).integers(0, 255, (4, side, side), np.uint8)
    region = Region(0, 0, side, side)
    found = difference(region, Planes(noise[0], noise[1]), Planes(noise[2], noise[3]))
    assert found is not None
    patch = assemble([found], Origin("brush", Ink.PERSON, number))
    assert patch is not None
    return patch


def flat_step(number: int, side: int = 64) -> Patch:
    """Make a patch that packs to next to nothing."""
    flat = np.zeros((side, side), np.uint8)
    flat[0, -1] = 3  # a plane of one value is a single byte from the beginning
    region = Region(0, 0, side, side)
    found = difference(region, Planes(flat, flat), Planes(flat + 1, flat))
    assert found is not None
    patch = assemble([found], Origin("segment", Ink.MODEL, number))
    assert patch is not None
    return patch


def test_the_oldest_steps_go_when_the_budget_is_exceeded():
    size = step(0).nbytes
    history = History(budget=3 * size + size // 2)
    for number in range(10):
        history.push(step(number))
        history.rebalance()
        assert history.nbytes <= history.budget + 2 * size  # noise: the next push forgets
    kept = [s.origin.class_index for s in history.steps]
    assert kept == list(range(10))[-len(kept) :]
    assert history.position == len(kept) <= 4


def test_old_steps_are_packed_before_any_is_forgotten():
    size = flat_step(0).nbytes
    history = History(budget=3 * size)
    for number in range(10):
        history.push(flat_step(number))
        history.rebalance()
    assert len(history.steps) == 10
    assert history.nbytes <= history.budget


def test_a_step_larger_than_the_budget_is_packed_and_kept():
    history = History(budget=4000)
    history.push(flat_step(0))
    history.rebalance()
    assert history.nbytes <= history.budget
    patch = history.undo()
    assert patch is not None
    assert (patch.changes[0].before.labels[1:] == 0).all()


def test_a_step_larger_than_what_may_be_ready_is_packed_by_rebalance():
    history = History(ready_budget=1000)
    history.push(flat_step(0))
    assert isinstance(history.steps[0].form, Patch)
    history.rebalance()
    assert isinstance(history.steps[0].form, PackedPatch)


def test_rebalancing_unpacks_the_steps_around_the_present():
    size = flat_step(0).nbytes
    history = History(ready_budget=2 * size)
    for number in range(8):
        history.push(flat_step(number))
    for _ in range(4):
        history.undo()
    history.pack_all()
    history.rebalance()
    ready = [i for i, s in enumerate(history.steps) if isinstance(s.form, Patch)]
    assert ready == [3, 4]


def test_rebalancing_keeps_to_the_budget_of_the_whole():
    size = step(0).nbytes
    history = History(budget=4 * size, ready_budget=4 * size)
    for number in range(3):
        history.push(step(number))
    for number in range(60):
        history.push(flat_step(number))
        history.rebalance()
    history.push(flat_step(60))
    history.rebalance()
    assert history.nbytes <= history.budget


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["push", "undo", "redo", "rebalance", "pack"]), max_size=40))
def test_packing_and_unpacking_change_no_step(moves):
    history, number = History(budget=2**20, ready_budget=2 * step(0).nbytes), 0
    done: list[int] = []
    undone: list[int] = []
    for move in moves:
        if move == "push":
            history.push(step(number))
            done, undone, number = [*done, number], [], number + 1
        elif move == "undo":
            patch = history.undo()
            assert (patch is None) == (not done)
            if patch is not None:
                undone.append(done.pop())
                assert patch.origin.class_index == undone[-1]
        elif move == "redo":
            patch = history.redo()
            assert (patch is None) == (not undone)
            if patch is not None:
                done.append(undone.pop())
                assert patch.origin.class_index == done[-1]
        elif move == "rebalance":
            history.rebalance()
        else:
            history.pack_all()
    for kept, wanted in zip(history.steps, [*done, *undone[::-1]], strict=True):
        assert equal(kept.ready().changes[0].after, step(wanted).changes[0].after)

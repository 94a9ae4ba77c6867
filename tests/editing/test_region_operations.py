"""Every operation on regions against its definition, word for word, on small maps."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.pieces import pieces_of
from segstudio.core.region import Region, whole
from segstudio.editing.kinds import EVERY, IGNORED, UNLABELLED, kinds_of
from segstudio.editing.place import Where
from segstudio.editing.region_operations import OPERATIONS, find
from segstudio.editing.scope import Scope
from segstudio.editing.wish import Wish

EDGES = ((0, 1), (1, 0), (0, -1), (-1, 0))
AROUND = tuple((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)
KINDS = (0, 1, 2, IGNORED, UNLABELLED)


@st.composite
def maps(draw, side=9):
    """Planes of a few kinds in which pieces of every size occur."""
    shape = draw(st.tuples(st.integers(1, side), st.integers(1, side)))
    kinds = draw(arrays(np.uint16, shape, elements=st.sampled_from(draw(_some_kinds()))))
    ink = np.full(shape, Ink.MODEL, np.uint8)
    ink[kinds == UNLABELLED] = Ink.NOBODY
    return Planes(np.minimum(kinds, 255).astype(np.uint8), ink)


def _some_kinds():
    return st.sampled_from(((0, 1), (0, 1, 2), KINDS, (0, UNLABELLED), (0, 0, 0, 1, IGNORED)))


@st.composite
def windows(draw, planes):
    """A part of the image, often all of it."""
    height, width = planes.labels.shape
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
    return draw(st.sampled_from((whole(planes.labels), Region(top, left, bottom, right))))


def after(planes, wish, *, view=None, scope=None):
    """Return the kinds after an operation; nothing beside its selection has changed."""
    before = planes.cut(whole(planes.labels))
    proposal = find(wish, planes, None, scope or Scope(), view=view or whole(planes.labels))
    assert np.array_equal(planes.labels, before.labels)
    assert np.array_equal(planes.ink, before.ink)
    result = planes.cut(whole(planes.labels))
    here = result.view(proposal.selection.region)
    chosen = proposal.selection.mask
    here.labels[chosen] = proposal.labels[chosen]
    here.ink[chosen] = proposal.ink[chosen]
    changed = kinds_of(result) != kinds_of(planes)
    written = result.ink[changed]
    expected = np.where(kinds_of(result)[changed] == UNLABELLED, Ink.NOBODY, Ink.PERSON)
    assert np.array_equal(written, expected)
    assert proposal.pixels == int(chosen.sum())
    return kinds_of(result), proposal


def components(mask, steps):
    """Return the connected sets of pixels of a mask, in the order of their first pixels."""
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    found = []
    while left:
        piece, queue = set(), [min(left)]
        left.discard(queue[0])
        while queue:
            y, x = queue.pop()
            piece.add((y, x))
            for dy, dx in steps:
                if (y + dy, x + dx) in left:
                    left.discard((y + dy, x + dx))
                    queue.append((y + dy, x + dx))
        found.append(piece)
    return found


def inside(piece, window):
    return all(
        window.top <= y < window.bottom and window.left <= x < window.right for y, x in piece
    )


def touches_border(piece, shape):
    return any(y in (0, shape[0] - 1) or x in (0, shape[1] - 1) for y, x in piece)


def holes(mask, window):
    return [
        piece
        for piece in components(~mask, AROUND)
        if not touches_border(piece, mask.shape) and inside(piece, window)
    ]


def distance(one, other):
    return math.dist(one, other)


def masked(window, shape):
    mask = np.zeros(shape, bool)
    mask[window.slices] = True
    return mask


def assert_nearest(kinds, result, changed, sources):
    """Every changed pixel has the kind of a source as near as the nearest, to 3 %."""
    places = [tuple(p) for p in np.argwhere(sources)]
    for pixel in map(tuple, np.argwhere(changed)):
        least = min(distance(pixel, place) for place in places)
        near = {kinds[p] for p in places if distance(pixel, p) <= 1.03 * least + 1e-6}
        assert result[pixel] in near


# Pieces


@given(maps(12))
def test_pieces_are_the_connected_sets_of_equal_pixels(planes):
    values = planes.labels
    found = pieces_of(values)
    expected = []
    for value in np.unique(values):
        expected += [(min(p), int(value), p) for p in components(values == value, EDGES)]
    expected.sort()
    assert found.areas.tolist() == [len(p) for _, _, p in expected]
    assert found.values.tolist() == [value for _, value, _ in expected]
    numbers = found.spread(np.arange(len(expected)))
    boxes = zip(found.tops, found.lefts, found.bottoms, found.rights, strict=True)
    for number, (box, (_, _, piece)) in enumerate(zip(boxes, expected, strict=True)):
        rows, columns = zip(*piece, strict=True)
        assert box == (min(rows), min(columns), max(rows) + 1, max(columns) + 1)
        assert {tuple(p) for p in np.argwhere(numbers == number)} == piece
        assert np.flatnonzero(found.touched(numbers == number)).tolist() == [number]
    beside = set()
    for y, x in np.ndindex(values.shape):
        for dy, dx in AROUND:
            v, u = y + dy, x + dx
            if 0 <= v < values.shape[0] and 0 <= u < values.shape[1]:
                beside.add((int(numbers[y, x]), int(numbers[v, u])))
    low, high = found.neighbours()
    assert sorted(zip(low, high, strict=True)) == sorted((a, b) for a, b in beside if a < b)


# Holes and islands


@given(st.data(), maps(), st.sampled_from((0, 1, 3)))
def test_holes_of_a_class_are_filled_whole(data, planes, size):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    wish = Wish("fill_holes", Where.VIEW, kind=0, size=size)
    result, proposal = after(planes, wish, view=window)
    wanted = [h for h in holes(kinds == 0, window) if not size or len(h) <= size]
    expected = kinds.copy()
    for piece in wanted:
        for pixel in piece:
            if kinds[pixel] != IGNORED:
                expected[pixel] = 0
    assert np.array_equal(result, expected)
    assert proposal.things == sum(any(kinds[p] != IGNORED for p in h) for h in wanted)


@given(maps(11))
def test_of_holes_in_each_other_the_outermost_class_wins(planes):
    kinds = kinds_of(planes)
    result, _ = after(planes, Wish("fill_holes"))
    expected, extent = kinds.copy(), np.zeros(kinds.shape, int)
    for kind in (0, 1, 2):
        for piece in holes(kinds == kind, whole(kinds)):
            for pixel in piece:
                if kinds[pixel] != IGNORED and len(piece) > extent[pixel]:
                    expected[pixel], extent[pixel] = kind, len(piece)
    assert np.array_equal(result, expected)


@given(st.data(), maps(), st.integers(2, 6), st.sampled_from((EVERY, 0, IGNORED)))
def test_islands_take_what_lies_nearest(data, planes, size, kind):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    wish = Wish("remove_islands", Where.VIEW, kind=kind, size=size)
    result, proposal = after(planes, wish, view=window)
    meant = (0, 1, 2) if kind == EVERY else (kind,)
    islands = [
        piece
        for k in meant
        for piece in components(kinds == k, EDGES)
        if len(piece) < size and inside(piece, window)
    ]
    removed = np.zeros(kinds.shape, bool)
    for piece in islands:
        removed[tuple(zip(*piece, strict=True))] = True
    if removed.all():
        assert np.array_equal(result, kinds)
        return
    assert np.array_equal(result[~removed], kinds[~removed])
    assert_nearest(kinds, result, removed, ~removed)
    assert proposal.things == len(islands)


@given(st.data(), maps())
def test_the_largest_region_of_a_class_stays(data, planes):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    result, _ = after(planes, Wish("keep_largest", Where.VIEW, kind=0), view=window)
    frame = Region(window.top - 1, window.left - 1, window.bottom + 1, window.right + 1)
    shown = masked(frame.clipped(*kinds.shape), kinds.shape)
    pieces = components((kinds == 0) & shown, EDGES)
    removed = np.zeros(kinds.shape, bool)
    if pieces:
        largest = max(pieces, key=len)
        for piece in pieces:
            if piece is not largest and inside(piece, window):
                removed[tuple(zip(*piece, strict=True))] = True
    assert np.array_equal(result[~removed], kinds[~removed])
    assert_nearest(kinds, result, removed, ~removed)


# Boundaries


@given(st.data(), maps(), st.integers(1, 2), st.sampled_from((EVERY, 0)))
def test_smoothing_takes_what_weighs_most_around(data, planes, size, kind):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    wish = Wish("smooth_boundaries", Where.VIEW, kind=kind, size=size)
    result, _ = after(planes, wish, view=window)
    reach = 2 * size + 1
    for y, x in np.ndindex(kinds.shape):
        weights = Counter()
        for (v, u), k in np.ndenumerate(kinds):
            weights[int(k)] += max(0, reach - abs(v - y)) * max(0, reach - abs(u - x))
        best = max(weights.values())
        own = int(kinds[y, x])
        winner = own if weights[own] == best else min(k for k in weights if weights[k] == best)
        stays = (
            own == IGNORED
            or not masked(window, kinds.shape)[y, x]
            or (kind != EVERY and kind not in (own, winner))
        )
        assert result[y, x] == (own if stays else winner)


@given(st.data(), maps(), st.integers(1, 4))
def test_growing_takes_what_is_near(data, planes, size):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    result, _ = after(planes, Wish("grow", Where.VIEW, kind=0, size=size), view=window)
    sources = [tuple(p) for p in np.argwhere(kinds == 0)]
    for pixel in np.ndindex(kinds.shape):
        near = any(distance(pixel, source) <= size for source in sources)
        free = masked(window, kinds.shape)[pixel] and kinds[pixel] != IGNORED
        assert result[pixel] == (0 if near and free else kinds[pixel])


@given(st.data(), maps(), st.integers(1, 4))
def test_shrinking_gives_away_what_is_near_others(data, planes, size):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    result, _ = after(planes, Wish("shrink", Where.VIEW, kind=0, size=size), view=window)
    others = [tuple(p) for p in np.argwhere(kinds != 0)]
    given_away = np.zeros(kinds.shape, bool)
    for pixel in np.ndindex(kinds.shape):
        near = any(distance(pixel, other) <= size for other in others)
        given_away[pixel] = near and kinds[pixel] == 0 and masked(window, kinds.shape)[pixel]
    assert np.array_equal(result[~given_away], kinds[~given_away])
    assert_nearest(kinds, result, given_away, kinds != 0)


@given(st.data(), maps(), st.integers(1, 3), st.sampled_from((EVERY, 0)))
def test_the_band_lies_along_boundaries_of_classes(data, planes, size, kind):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    wish = Wish("ignore_band", Where.VIEW, kind=kind, size=size)
    result, _ = after(planes, wish, view=window)
    edge = []
    for y, x in np.ndindex(kinds.shape):
        for dy, dx in EDGES:
            v, u = y + dy, x + dx
            if not (0 <= v < kinds.shape[0] and 0 <= u < kinds.shape[1]):
                continue
            both = {int(kinds[y, x]), int(kinds[v, u])}
            if len(both) == 2 and max(both) < IGNORED and (kind == EVERY or kind in both):
                edge.append((y, x))
    for pixel in np.ndindex(kinds.shape):
        near = any(distance(pixel, e) <= size - 1 for e in edge)
        free = masked(window, kinds.shape)[pixel] and kinds[pixel] < IGNORED
        assert result[pixel] == (IGNORED if near and free else kinds[pixel])


# Kinds


@given(st.data(), maps(), st.sampled_from(KINDS), st.sampled_from(KINDS))
def test_replacing_and_swapping(data, planes, one, other):
    window = data.draw(windows(planes))
    assume(one != other)
    kinds = kinds_of(planes)
    here = masked(window, kinds.shape)
    result, _ = after(planes, Wish("replace_class", Where.VIEW, one, other), view=window)
    assert np.array_equal(result, np.where(here & (kinds == one), other, kinds))
    result, _ = after(planes, Wish("swap_classes", Where.VIEW, one, other), view=window)
    swapped = np.where(kinds == one, other, np.where(kinds == other, one, kinds))
    assert np.array_equal(result, np.where(here, swapped, kinds))


@given(st.data(), maps(), st.sampled_from((0, 1, 2)))
def test_unlabelled_pixels_take_the_nearest_class(data, planes, size):
    window = data.draw(windows(planes))
    kinds = kinds_of(planes)
    wish = Wish("fill_unlabelled", Where.VIEW, size=size)
    result, _ = after(planes, wish, view=window)
    labelled = kinds < IGNORED
    sources = [tuple(p) for p in np.argwhere(labelled)]
    filled = np.zeros(kinds.shape, bool)
    for pixel in np.ndindex(kinds.shape):
        near = any(not size or distance(pixel, s) <= size for s in sources)
        filled[pixel] = near and kinds[pixel] == UNLABELLED
    filled &= masked(window, kinds.shape)
    assert np.array_equal(result[~filled], kinds[~filled])
    assert_nearest(kinds, result, filled, labelled)


# One region


@given(st.data(), maps(), st.sampled_from([o for o in OPERATIONS if o.is_for_region]))
def test_one_region_is_changed_as_if_it_were_alone(data, planes, operation):
    """What is about one region is what is about its class, were there no other of that class."""
    height, width = planes.labels.shape
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    kinds = kinds_of(planes)
    kind = int(kinds[y, x])
    size = operation.size.least + 1 if operation.size is not None else 0
    wish = Wish(operation.name, Where.REGION, target=2, size=size, pixel=(x, y))
    result, _ = after(planes, wish)
    others = [p for p in components(kinds == kind, EDGES) if (y, x) not in p]
    region = {p for p in components(kinds == kind, EDGES) if (y, x) in p for p in p}
    changed = {tuple(p) for p in np.argwhere(result != kinds)}
    if operation.name in ("shrink", "replace_class", "fill_unlabelled"):
        assert changed <= region
    if operation.name == "replace_class":
        assert changed == (region if kind != 2 else set())
    if operation.name in ("fill_holes", "remove_islands"):
        mask = np.zeros(kinds.shape, bool)
        mask[tuple(zip(*region, strict=True))] = True
        enclosed = set().union(*holes(mask, whole(kinds)))
        assert changed <= enclosed
    alone = operation.name in ("fill_holes", "grow", "shrink", "replace_class")
    if alone and not others:
        same, _ = after(planes, replace(wish, where=Where.IMAGE, kind=kind))
        assert np.array_equal(result, same)


# Larger than a tile


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.size is not None])
def test_tiles_leave_no_seams(operation, monkeypatch):
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, (60, 70)).astype(np.uint8)
    labels[rng.random(labels.shape) < 0.3] = 255
    ink = np.where(labels == 255, np.uint8(Ink.NOBODY), np.uint8(Ink.MODEL))
    labels[20:40, 20:50] = 1
    ink[20:40, 20:50] = Ink.MODEL
    planes = Planes(labels, ink)
    size = max(3, operation.size.least)
    wish = Wish(operation.name, kind=1, target=2, size=size)
    expected, _ = after(planes, wish)
    monkeypatch.setattr("segstudio.editing.nearness.TILE_PX", 16)
    monkeypatch.setattr("segstudio.editing.nearness.REACH_PX", 8)
    monkeypatch.setattr("segstudio.editing.smoothing.TILE_PX", 8)
    monkeypatch.setattr("segstudio.core.pieces.BAND_PX", 100)
    result, _ = after(planes, wish)
    if operation.name in ("remove_islands", "shrink", "fill_unlabelled"):
        # Of several nearest pixels another one may be found.
        assert np.array_equal(result != kinds_of(planes), expected != kinds_of(planes))
    else:
        assert np.array_equal(result, expected)


@settings(max_examples=20)
@given(st.data(), maps())
def test_a_proposal_leaves_alone_what_was_changed_since(data, planes):
    view = whole(planes.labels)
    proposal = find(Wish("replace_class", kind=0, target=1), planes, None, Scope(), view=view)
    y = data.draw(st.integers(0, planes.labels.shape[0] - 1))
    planes.labels[y], planes.ink[y] = 2, Ink.PERSON
    found = proposal.writing(planes, view)
    expected = kinds_of(planes) == 0
    assert (found.pixels if found else 0) == int(expected.sum())

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.editing.snapping import FREE, INSIDE, STROKE
from segstudio.inference.snap import near_border, snapped

SIZE = 120, 160
EDGE = 80


def photo(noise=6):
    """Return a dark left and a light right half, with grain."""
    random = np.random.default_rng(0)
    image = np.full((*SIZE, 3), 60.0)
    image[:, EDGE:] = 170
    return np.clip(image + random.normal(0, noise, image.shape), 0, 255).astype(np.uint8)


def wobbly(right=EDGE, sway=6.0):
    """Return a stroke down the image whose right border sways around a column."""
    rows = np.arange(SIZE[0])[:, None]
    columns = np.arange(SIZE[1])[None]
    return (columns >= 30) & (columns < right + sway * np.sin(rows / 7))


def test_a_border_that_sways_around_an_edge_goes_there():
    stroke = wobbly()
    marks = (STROKE + INSIDE) * stroke + FREE
    after = snapped(photo(), marks.astype(np.uint8), 12)
    truth = np.zeros(SIZE, np.bool_)
    truth[:, 30:EDGE] = True
    inner = np.s_[8:-8, 50:]  # away from the ends, where there is no border
    wrong = np.count_nonzero((stroke != truth)[inner])
    assert np.count_nonzero((after != truth)[inner]) < 0.1 * wrong


def test_without_an_edge_the_border_stays_about_where_it_was():
    stroke = wobbly(sway=0)
    even = np.full((*SIZE, 3), 90, np.uint8)
    after = snapped(even, ((STROKE + INSIDE) * stroke + FREE).astype(np.uint8), 12)
    assert np.count_nonzero(after != stroke) <= 2 * SIZE[0] // 10


@given(st.integers(0, 2**32 - 1), st.integers(3, 20))
def test_only_free_pixels_near_the_border_of_the_stroke_change(seed, reach):
    random = np.random.default_rng(seed)
    height, width = random.integers(1, 60, 2)
    image = random.integers(0, 256, (height, width, 3), np.uint8)
    marks = random.integers(0, 8, (height, width), np.uint8)
    if random.integers(2):
        marks = np.repeat(marks[: height // 2 + 1], 2, axis=0)[:height]  # larger pieces
    after = snapped(image, marks, reach)
    inside, stroke = (marks & INSIDE) > 0, (marks & STROKE) > 0
    changed = after != inside
    assert not (changed & ((marks & FREE) == 0)).any()
    assert not (changed & ~near_border(stroke, reach)).any()


def test_a_snap_leaves_no_specks():
    stroke, spotted = wobbly(sway=0), photo()
    random = np.random.default_rng(3)
    for x, y in random.integers((20, 5), (100, 110), (60, 2)):
        spotted[y : y + 3, x : x + 3] = 170 if x < EDGE else 60
    after = snapped(spotted, ((STROKE + INSIDE) * stroke + FREE).astype(np.uint8), 12)
    for side in (after, ~after):
        _, _, stats, _ = cv2.connectedComponentsWithStats(side.view(np.uint8), connectivity=4)
        assert stats[:, cv2.CC_STAT_AREA].min() >= 144


def test_near_the_border_is_measured_on_both_sides():
    stroke = np.zeros((1, 40), np.bool_)
    stroke[:, 10:30] = True
    near = np.flatnonzero(near_border(stroke, 3)).tolist()
    assert near == [*range(7, 13), *range(27, 33)]

"""The simulated annotator: what it corrects, and with what."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.cli.benchmarks import annotator
from segstudio.cli.benchmarks.annotator import correct_image, largest_wrong_region, painted


def truth_with_a_bar():
    truth = np.zeros((80, 200), np.uint8)
    truth[30:50, 20:180] = 1
    truth[:5] = 255
    return truth


def test_the_largest_wrong_region_is_of_one_class_and_leaves_out_what_nobody_knows():
    truth = truth_with_a_bar()
    wrong = largest_wrong_region(np.full(truth.shape, 2, np.uint8), truth)
    assert wrong.label == 0
    assert wrong.selection.pixels == (truth == 0).sum()
    bar = largest_wrong_region(np.zeros_like(truth), truth)
    assert (bar.label, bar.selection.pixels) == (1, 20 * 160)
    assert largest_wrong_region(truth, truth) is None


def test_a_scribble_is_a_thin_line_along_the_region_through_its_deepest_point():
    wrong = largest_wrong_region(np.zeros((80, 200), np.uint8), truth_with_a_bar())
    drawn = annotator.scribble(wrong)
    rows, columns = np.nonzero(drawn.selection.mask)
    assert 50 <= np.ptp(columns) <= 64
    assert np.ptp(rows) == 2
    assert drawn.is_scribble


def test_a_dab_reaches_as_far_as_the_brush_and_not_out_of_the_region():
    wrong = largest_wrong_region(np.zeros((80, 200), np.uint8), truth_with_a_bar())
    dab = annotator.brush(wrong)
    after = painted(np.zeros((80, 200), np.uint8), dab)
    assert 0 < (after == 1).sum() == dab.selection.pixels < 61 * 20
    assert (truth_with_a_bar()[after == 1] == 1).all()
    assert annotator.mixed(wrong).is_scribble


def test_strokes_and_time_are_counted_until_the_last_goal():
    truth = truth_with_a_bar()
    session = correct_image(np.full_like(truth, 255), truth, annotator.brush, painted)
    assert session.strokes[0] < session.strokes[1] == len(session.accuracy) - 1
    assert session.accuracy[session.strokes[1]] >= 0.95 > session.accuracy[session.strokes[1] - 1]
    assert session.person_s[1] > 0.7 * session.strokes[1]


def test_an_annotator_whose_strokes_do_nothing_stops_at_the_cap():
    truth = truth_with_a_bar()
    blank = np.full_like(truth, 255)
    session = correct_image(blank, truth, annotator.scribble, lambda labels, _: labels, most=7)
    assert session.strokes == (8, 8)


@given(st.integers(0, 50))
@settings(max_examples=25)
def test_every_hand_paints_at_least_one_wrong_pixel_right(seed):
    rng = np.random.default_rng(seed)
    truth = np.kron(rng.integers(0, 3, (4, 5)), np.ones((9, 7))).astype(np.uint8)
    labels = rng.integers(0, 3, truth.shape).astype(np.uint8)
    wrong = largest_wrong_region(labels, truth)
    for hand in (annotator.brush, annotator.scribble, annotator.mixed):
        after = painted(labels, hand(wrong))
        assert (after == truth).sum() > (labels == truth).sum()
        assert (truth[after != labels] == wrong.label).all()

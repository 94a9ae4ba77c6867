"""Unsure places: which there are, and in which order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.labels import Ink
from segstudio.editing.unsure import unsure_places

BELOW = 204
SHAPE = (40, 60)

confidences = arrays(np.uint8, SHAPE, elements=st.sampled_from([20, 120, 250]), fill=st.just(250))
inks = arrays(np.uint8, SHAPE, elements=st.sampled_from([1, 3]), fill=st.just(1))


def field(*blobs):
    """A sure image of 200 x 300 pixels with squares of doubt: top, left, side, confidence."""
    confidence = np.full((200, 300), 255, np.uint8)
    for top, left, side, level in blobs:
        confidence[top : top + side, left : left + side] = level
    return confidence, np.full(confidence.shape, Ink.MODEL, np.uint8)


@given(confidences, inks)
def test_places_are_ranked_and_hold_doubt(confidence, ink):
    places = unsure_places(confidence, ink, below=BELOW)
    weights = [place.weight for place in places]
    assert weights == sorted(weights, reverse=True)
    assert len({place.region for place in places}) == len(places) or len(places) > 1
    for place in places:
        inside = confidence[place.region.slices]
        assert (inside < BELOW).any()
        doubt = (255 - inside[inside < BELOW].astype(float)).sum() / 255
        assert place.weight <= doubt + 1e-6


@given(confidences, inks)
def test_an_image_that_a_person_painted_all_over_has_none(confidence, ink):
    ink[:] = Ink.PERSON
    assert unsure_places(confidence, ink, below=BELOW) == ()


def test_area_counts_as_much_as_doubt():
    # 30 x 30 of half doubt weighs more than 15 x 15 of full doubt, and less than 25 x 25 of it.
    large, small, middle = (20, 20, 30, 128), (120, 40, 15, 0), (100, 200, 25, 0)
    places = unsure_places(*field(large, small, middle), below=BELOW)
    tops = [(place.region.top, place.region.left) for place in places]
    assert tops == [(100, 200), (20, 20), (120, 40)]


def test_what_a_person_has_touched_is_left_out():
    confidence, ink = field((20, 20, 30, 100), (100, 200, 20, 100))
    ink[30, 30] = Ink.PERSON
    (place,) = unsure_places(confidence, ink, below=BELOW)
    assert (place.region.top, place.region.left, place.region.width) == (100, 200, 20)


def test_a_border_across_the_image_is_cut_into_places_that_can_be_looked_at():
    confidence, ink = field()
    confidence[98:102] = 60
    ink[100, 10] = Ink.PERSON
    places = unsure_places(confidence, ink, below=BELOW)
    assert len(places) > 1
    assert all(place.region.width <= 50 for place in places)
    # Only the part where the person was is done.
    covered = np.zeros(300, bool)
    for place in places:
        covered[place.region.left : place.region.right] = True
    assert not covered[10]
    assert covered[100:].all()


def test_a_large_image_is_looked_at_in_a_smaller_copy_and_no_stroke_is_overlooked():
    confidence = np.full((3000, 2000), 255, np.uint8)
    confidence[1000:1200, 400:600] = 50
    confidence[2000:2100, 1400:1500] = 50
    ink = np.full(confidence.shape, Ink.MODEL, np.uint8)
    first, second = unsure_places(confidence, ink, below=BELOW)
    assert first.region.left <= 400 < 600 <= first.region.right
    assert first.region.width <= 204
    assert second.region.top <= 2000
    ink[1100, 500] = Ink.PERSON
    (left,) = unsure_places(confidence, ink, below=BELOW)
    assert left.region == second.region


def test_one_pixel_is_a_speck():
    one = np.zeros((1, 1), np.uint8)
    assert unsure_places(one, one, below=BELOW) == ()

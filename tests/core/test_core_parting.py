import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.image_record import Part
from segstudio.core.parting import MOST_IMAGES, SHARE, measured, parted

NAMES = st.integers(0, 30).map("photo{}.jpg".format)
PIXELS = st.dictionaries(
    NAMES, st.dictionaries(st.integers(0, 4), st.integers(0, 900), max_size=4), max_size=15
)
PARTS = st.dictionaries(NAMES, st.sampled_from(list(Part)), max_size=15)


def sides(pixels, parts):
    """Return the images to learn from and those held out, after a choice."""
    both = dict(parts)
    both |= parted(pixels, parts)
    return [[n for n in pixels if both[n] is p] for p in (Part.TRAINING, Part.VALIDATION)]


def kinds(pixels, names):
    return {index for name in names for index, count in pixels[name].items() if count}


@given(PIXELS, PARTS)
def test_only_images_without_a_part_get_one(pixels, parts):
    found = parted(pixels, parts)
    assert set(found) == {n for n in pixels if parts.get(n, Part.NONE) is Part.NONE}
    assert set(found.values()) <= {Part.TRAINING, Part.VALIDATION}


@given(PIXELS, PARTS)
def test_the_same_images_get_the_same_parts_in_any_order(pixels, parts):
    turned = dict(reversed(pixels.items()))
    assert parted(turned, parts) == parted(pixels, parts)


@given(PIXELS, PARTS)
def test_what_was_chosen_once_is_chosen_for_good(pixels, parts):
    found = parted(pixels, parts)
    assert parted(pixels, parts | found) == {}


@given(PIXELS)
def test_something_is_left_to_learn_from_every_class(pixels):
    training, held = sides(pixels, {})
    assert training or not pixels
    assert kinds(pixels, held) <= kinds(pixels, training)


@given(PIXELS)
def test_about_one_image_in_five_is_held_out(pixels):
    _, held = sides(pixels, {})
    assert len(held) <= max(1, len(pixels) / 3)
    if len(pixels) < 3:
        assert not held


@given(st.integers(3, 40), st.integers(0, 3))
def test_images_that_are_alike_are_divided_by_the_share(count, classes):
    pixels = {f"{n}.png": dict.fromkeys(range(classes), 9) for n in range(count)}
    _, held = sides(pixels, {})
    assert len(held) == max(1, round(SHARE * count))


def test_of_hundreds_no_more_are_held_out_than_can_be_measured_soon():
    pixels = {f"{n}.png": {n % 7: 9, 7: 9} for n in range(900)}
    training, held = sides(pixels, {})
    assert len(held) == MOST_IMAGES
    assert kinds(pixels, held) == kinds(pixels, training)


@given(st.sets(st.integers(0, 400), max_size=90), st.sets(st.integers(401, 500)))
def test_what_is_measured_stays_as_long_as_the_held_out_images_do(some, more):
    names = [f"{n}.png" for n in sorted(some)]
    found = measured(names)
    assert set(found) == set(measured(names[::-1]))
    assert len(found) == min(MOST_IMAGES, len(names))
    kept = set(measured([*names, *(f"{n}.png" for n in more)]))
    assert kept & set(names) <= set(found)


def test_a_class_of_two_images_is_on_both_sides():
    pixels = {f"{n}.png": {0: 9} for n in range(18)} | {"x.png": {0: 9, 1: 9}, "y.png": {1: 9}}
    training, held = sides(pixels, {})
    assert kinds(pixels, training) == kinds(pixels, held) == {0, 1}


def test_images_come_one_after_the_other():
    parts = {}
    for number in range(25):
        pixels = {f"{n}.png": {0: 9, 1: 9} for n in range(number + 1)}
        parts |= parted(pixels, parts)
    held = [name for name, part in parts.items() if part is Part.VALIDATION]
    assert len(held) == 5
    assert parts["0.png"] is parts["1.png"] is Part.TRAINING


@pytest.mark.parametrize("only", [Part.VALIDATION, Part.TEST])
def test_the_only_image_that_is_left_is_learned_from(only):
    pixels = {f"{n}.png": {0: 9} for n in range(4)}
    parts = {f"{n}.png": only for n in range(3)}
    assert parted(pixels, parts) == {"3.png": Part.TRAINING}

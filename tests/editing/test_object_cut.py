import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.region import Region
from segstudio.editing import object_cut
from segstudio.editing.object_cut import Hint, cut_object
from segstudio.editing.selection import Selection


def disc_image(height: int, width: int, centre, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return an image of a reddish disc on a greenish ground, both noisy, and the disc."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[:height, :width] + 0.5
    disc = np.hypot(x - centre[0], y - centre[1]) < radius
    image = np.where(disc[..., None], (190, 60, 50), (60, 120, 70))
    noisy = np.clip(image + random.normal(0, 12, image.shape), 0, 255).astype(np.uint8)
    return noisy, disc


def on_image(found: Selection, height: int, width: int) -> np.ndarray:
    mask = np.zeros((height, width), np.bool_)
    mask[found.region.slices] = found.mask
    return mask


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    return np.count_nonzero(first & second) / np.count_nonzero(first | second)


def test_the_object_in_a_box_is_found_to_the_pixel():
    image, disc = disc_image(160, 200, (90, 80), 40)
    found = cut_object(image, Region(30, 40, 130, 140), ())
    assert overlap(on_image(found, 160, 200), disc) > 0.98


def test_a_reduced_cut_is_scaled_back_along_the_border(monkeypatch):
    monkeypatch.setattr(object_cut, "MOST_SAMPLES", 5000)
    image, disc = disc_image(320, 400, (180, 160), 80)
    mask = on_image(cut_object(image, Region(60, 80, 260, 280), ()), 320, 400)
    assert overlap(mask, disc) > 0.96


def test_hints_hold_whatever_the_colours_say():
    image, _ = disc_image(160, 200, (90, 80), 40)
    hints = (
        Hint(((60.0, 80.0), (120.0, 80.0)), 6.0, is_object=False),
        Hint(((150.5, 20.5),), 8.0, is_object=True),
    )
    mask = on_image(cut_object(image, Region(30, 40, 130, 140), hints), 160, 200)
    assert not mask[79:81, 62:118].any()
    assert mask[18:22, 148:152].all()


def test_a_later_hint_overrides_an_earlier_one():
    image, _ = disc_image(160, 200, (90, 80), 40)
    here = ((85.0, 80.0), (95.0, 80.0))
    hints = (Hint(here, 6.0, is_object=False), Hint(here, 6.0, is_object=True))
    mask = on_image(cut_object(image, Region(30, 40, 130, 140), hints), 160, 200)
    assert mask[80, 86:94].all()


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_any_box_and_hint_give_the_same_pixels_again_and_stay_in_place(height, width, data):
    image = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    rows = sorted(data.draw(st.tuples(st.integers(0, height), st.integers(0, height))))
    columns = sorted(data.draw(st.tuples(st.integers(0, width), st.integers(0, width))))
    box = Region(rows[0], columns[0], max(rows[1], rows[0] + 1), max(columns[1], columns[0] + 1))
    box = box.clipped(height, width)
    if not box.area:
        box = Region(0, 0, 1, 1)
    spot = st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)) | st.tuples(
        st.floats(-5, 45), st.floats(-5, 45)
    )
    hint = st.builds(
        Hint, st.lists(spot, min_size=1, max_size=3).map(tuple), st.floats(0.1, 9), st.just(False)
    )
    hints = tuple(data.draw(st.lists(hint, max_size=2)))
    found = cut_object(image, box, hints)
    again = cut_object(image, box, hints)
    assert found.region == again.region
    assert np.array_equal(found.mask, again.mask)
    outside = on_image(found, height, width)
    outside[box.slices] = False
    assert not outside.any()


def test_the_random_numbers_of_others_are_not_asked():
    image, _ = disc_image(80, 100, (45, 40), 20)
    box = Region(15, 20, 65, 70)
    first = cut_object(image, box, ())
    cv2.setRNGSeed(99)
    again = cut_object(image, box, ())
    assert np.array_equal(first.mask, again.mask)

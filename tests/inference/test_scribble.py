"""What follows from a scribble: properties that hold for any image, with a model and without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio import assets
from segstudio.formats import images
from segstudio.inference import scribble, traits
from segstudio.inference.prior import Prior, prior_of
from segstudio.inference.progress import drained
from segstudio.inference.scribble import Ink, Stroke
from segstudio.inference.slivers import without_slivers

NO_TARGETS = np.zeros(0, np.int64)


def ink_of(mask, labels):
    rows, columns = np.nonzero(mask)
    return Ink(
        ((rows + 0.5) / mask.shape[0]).astype(np.float32),
        ((columns + 0.5) / mask.shape[1]).astype(np.float32),
        np.broadcast_to(labels, mask.shape)[mask].astype(np.int64),
    )


def seen_by_model(image, classes, seed=0):
    rng = np.random.default_rng(seed)
    height, width = image.shape[:2]
    raw = rng.random((classes, height, width), np.float32) + 0.01
    features = rng.random((8, -(-height // 4), -(-width // 4)), np.float32)
    return traits.from_model(image, features, raw / raw.sum(axis=0))


def correct(image, labels, stroke, label, *, seen=None, older=None, free=None, **how):
    seen = seen or traits.from_image(image)
    known = 0 if seen.probabilities is None else seen.probabilities.shape[1]
    believed = prior_of(seen, labels, np.arange(known))
    older = np.full(labels.shape, -1) if older is None else older
    free = (older < 0) & (labels != label) if free is None else free
    how = {"everywhere": True, "refine": True, **how}
    drawn = Stroke(stroke, ink_of(stroke, label), label)
    others = ink_of((older >= 0) & ~stroke, older)
    return drained(scribble.correct(image, seen, believed, drawn, others, free, labels, **how))


def line(shape, row=None):
    mask = np.zeros(shape, np.bool_)
    mask[shape[0] // 2 if row is None else row, : max(1, shape[1] // 2)] = True
    return mask


sides = st.integers(1, 40)


@given(sides, sides, st.integers(0, 9), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=60)
def test_the_stroke_is_taken_and_nothing_that_may_not_change(
    height, width, seed, everywhere, refine, has_model
):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), np.uint8)
    labels = rng.integers(0, 4, (height, width)).astype(np.uint8)
    older = np.where(rng.random((height, width)) < 0.2, labels, -1)
    free = (older < 0) & (rng.random((height, width)) < 0.7)
    stroke = line((height, width))
    seen = seen_by_model(image, 4) if has_model else None
    found = correct(
        image,
        labels,
        stroke,
        2,
        seen=seen,
        older=older,
        free=free,
        everywhere=everywhere,
        refine=refine,
    )
    assert found.shape == (height, width)
    assert found.dtype == np.uint8
    assert (found[stroke] == 255).all()
    assert not found[~free & ~stroke].any()
    if not everywhere:
        assert scribble.reached(found >= 128, stroke).sum() == (found >= 128).sum()


@pytest.mark.parametrize("label", [0, 254, 255, scribble.UNLABEL])
@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (3, 200)])
def test_tiny_and_narrow_images_and_every_kind_of_class(size, label):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    labels = np.full(size, 255, np.uint8)
    stroke = line(size)
    for seen in (None, seen_by_model(image, 255), seen_by_model(image, 1)):
        found = correct(image, labels, stroke, label, seen=seen, free=np.ones(size, np.bool_))
        assert (found[stroke] == 255).all()


def two_halves(size=(80, 120)):
    """Red at the left, green at the right, a little noise on both."""
    image = np.zeros((*size, 3), np.uint8)
    image[:, : size[1] // 2, 0] = 200
    image[:, size[1] // 2 :, 1] = 200
    noise = np.random.default_rng(0).integers(0, 20, image.shape, np.uint8)
    return image + noise


def test_without_any_model_a_line_takes_what_looks_like_it_and_not_what_does_not():
    image = two_halves()
    labels = np.zeros(image.shape[:2], np.uint8)
    stroke = np.zeros(labels.shape, np.bool_)
    stroke[40, 10:50] = True
    found = correct(image, labels, stroke, 1, everywhere=False) >= 128
    assert found[:, :55].mean() > 0.95
    assert found[:, 65:].mean() < 0.02


def test_near_keeps_to_what_hangs_together_and_everywhere_goes_on():
    image = two_halves()
    image[:, 100:] = image[:, :20]  # a second piece that looks like the first
    labels = np.full(image.shape[:2], 255, np.uint8)
    stroke = np.zeros(labels.shape, np.bool_)
    stroke[40, 10:50] = True
    far = (slice(10, 70), slice(106, 116))
    assert not (correct(image, labels, stroke, 1, everywhere=False) >= 128)[far].any()
    assert (correct(image, labels, stroke, 1) >= 128)[far].mean() > 0.9


def test_older_ink_of_another_class_holds_its_ground():
    image = two_halves()
    labels = np.full(image.shape[:2], 255, np.uint8)
    stroke, older = np.zeros(labels.shape, np.bool_), np.full(labels.shape, -1)
    stroke[40, 10:50] = True
    older[40, 70:110] = 3
    found = correct(image, labels, stroke, 1, older=older) >= 128
    assert found[:, :55].mean() > 0.95
    assert found[:, 65:].mean() < 0.02


def test_the_model_is_believed_where_no_evidence_reaches():
    """A cell unlike all that is inked keeps to what the model says of it."""
    rows = np.array([[0.0], [0.1], [40.0]], np.float32)
    seen = traits.Cells(rows, None, (1, 3))
    prior = Prior(np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]], np.float32), np.array([4, 7]))
    stroke = Stroke(np.ones((1, 1), np.bool_), Ink(*np.float32([[0.0], [0.0]]), np.array([7])), 7)
    nothing = Ink(np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    ahead = scribble.margins(seen, prior, stroke, nothing, everywhere=True)
    assert ahead[0, 0] > 0
    assert ahead[0, 1] > 0
    assert ahead[0, 2] == -1


def test_the_same_scribble_has_the_same_consequence():
    image = two_halves()
    labels = np.zeros(image.shape[:2], np.uint8)
    stroke = line(labels.shape)
    older = np.where(np.random.default_rng(1).random(labels.shape) < 0.5, 3, -1)
    first, second = (correct(image, labels, stroke, 1, older=older) for _ in range(2))
    assert np.array_equal(first, second)


def test_pixels_that_touch_at_a_corner_do_not_hang_together():
    changed = np.eye(4, dtype=np.bool_)
    stroke = np.zeros((4, 4), np.bool_)
    stroke[0, 0] = True
    assert scribble.reached(changed, stroke).sum() == 1


@pytest.mark.parametrize(("everywhere", "most"), [(False, 0.4), (True, 0.6)])
def test_the_first_class_of_an_image_takes_only_what_is_like_the_scribble(everywhere, most):
    image = images.read_image(assets.path("samples/astronaut.jpg"))
    nothing = np.full(image.shape[:2], 255, np.uint8)
    suit = np.zeros(nothing.shape, np.bool_)
    suit[330:340, 235:270] = True
    found = correct(image, nothing, suit, 0, everywhere=everywhere) >= 128
    assert found[300:330, 200:235].mean() > 0.9
    assert found.mean() < most


def test_a_strip_by_itself_is_not_taken_and_one_along_its_class_is():
    changed, same, stroke = (np.zeros((400, 300), np.bool_) for _ in range(3))
    same[:100] = True
    changed[100] = changed[150] = True
    changed[370:380, 50:90] = True
    stroke[20, 10:60] = True
    kept = without_slivers(changed, same, stroke)
    assert kept[100].all()
    assert not kept[150].any()
    assert kept[370:380, 50:90].all()
    assert not (kept & ~changed).any()


def test_something_narrow_around_the_stroke_is_taken():
    changed, same, stroke = (np.zeros((200, 300), np.bool_) for _ in range(3))
    changed[100, 50:200] = True
    stroke[100, 60:190] = True
    assert without_slivers(changed, same, stroke)[100, 58:192].all()


def test_a_thin_thing_is_filled_along_its_stroke_and_no_farther():
    image = two_halves((112, 168))
    image[:, 80:86] = (0, 0, 220)
    labels = np.zeros(image.shape[:2], np.uint8)
    stroke = np.zeros(labels.shape, np.bool_)
    stroke[20:90, 82:84] = True
    found = correct(image, labels, stroke, 1) >= 128
    assert found[20:90, 81:85].mean() > 0.95
    assert found[:, :74].mean() < 0.02
    assert found[:, 92:].mean() < 0.02

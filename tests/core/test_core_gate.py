import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segstudio.core import gate
from segstudio.core.lesson import Verdict

OPPOSITE = {
    Verdict.BETTER: Verdict.WORSE,
    Verdict.WORSE: Verdict.BETTER,
    Verdict.ALIKE: Verdict.ALIKE,
    Verdict.UNSCORED: Verdict.UNSCORED,
}


def confusions(count, right, seed=0, pixels=1000):
    """Return matrices of images of two classes, of which about a share of the pixels is right."""
    random = np.random.default_rng(seed)
    found = np.zeros((count, 2, 3), np.int64)
    for image in found:
        for index in (0, 1):
            hits = random.binomial(pixels, np.clip(right + random.normal(0, 0.02), 0, 1))
            image[index, index], image[index, 1 - index] = hits, pixels - hits
    return found


@st.composite
def two_models(draw):
    """Draw what two models say of the same labels."""
    count, classes = draw(st.integers(0, 8)), draw(st.integers(2, 4))
    shape = (count, classes, classes)
    counts = arrays.arrays(np.int64, shape, elements=st.integers(0, 50))
    old, new = draw(counts), draw(counts)
    truth = np.maximum(old.sum(axis=2), new.sum(axis=2))
    rest = [truth - found.sum(axis=2) for found in (old, new)]  # said to be no class
    return [
        np.concatenate([f, r[..., None]], axis=2) for f, r in zip((old, new), rest, strict=True)
    ]


@given(two_models())
def test_a_model_is_like_itself(models):
    found = gate.judged(models[0], models[0])
    assert found.verdict in (Verdict.ALIKE, Verdict.UNSCORED)
    assert found.before == found.after


@given(two_models())
def test_which_of_two_models_is_the_new_one_turns_the_verdict(models):
    there, back = gate.judged(*models), gate.judged(*reversed(models))
    assert back.verdict is OPPOSITE[there.verdict]
    assert (there.before, there.after) == (back.after, back.before)
    if there.change is not None:
        assert back.change == pytest.approx((-there.change[1], -there.change[0]))
        assert there.change[0] <= there.after - there.before + 1e-9
        assert there.change[1] >= there.after - there.before - 1e-9


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 20])
def test_much_worse_is_worse_however_few_the_images(count):
    old, new = confusions(count, 0.9), confusions(count, 0.6)
    assert gate.judged(old, new).verdict is Verdict.WORSE
    assert gate.judged(new, old).verdict is Verdict.BETTER


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_images_allow_a_small_drop_and_no_interval(count):
    old = confusions(count, 0.9)
    new = old.copy()
    new[:, 0, 0] -= 5
    new[:, 0, 1] += 5
    found = gate.judged(old, new)
    assert found.verdict is Verdict.ALIKE
    assert found.change is None


def test_what_some_images_gain_and_others_lose_is_noise():
    old, new = confusions(6, 0.8), confusions(6, 0.8)
    for number, image in enumerate(new):
        moved = 60 if number % 2 else -60
        image[0] += (moved, -moved, 0)
    found = gate.judged(old, new)
    assert found.verdict is Verdict.ALIKE
    assert found.change[0] < 0 < found.change[1]


def test_a_small_loss_of_every_image_is_told_only_where_it_matters():
    old = confusions(10, 0.9)
    for lost, verdict in ((2, Verdict.ALIKE), (40, Verdict.WORSE)):
        new = old.copy()
        new[:, 1, 1] -= lost
        new[:, 1, 0] += lost
        assert gate.judged(old, new).verdict is verdict


@given(two_models())
def test_images_without_labels_change_nothing(models):
    blank = np.zeros((2, *models[0].shape[1:]), np.int64)
    more = [np.concatenate([found, blank]) for found in models]
    assert gate.judged(*more) == gate.judged(*models)


def test_chance_alone_seldom_makes_a_model_worse():
    verdicts = [
        gate.judged(confusions(5, 0.8, seed), confusions(5, 0.8, seed + 1000)).verdict
        for seed in range(60)
    ]
    assert verdicts.count(Verdict.WORSE) <= 5

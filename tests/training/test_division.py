from pathlib import Path

import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.training import division
from segstudio.training.division import Division
from segstudio.training.settings import TrainSettings

SETTINGS = TrainSettings(Path(), Path(), ClassTable.named(["a", "b"]), Path("out"))


def test_the_split_is_of_whole_images_and_repeats():
    train, held = division.held_out_split(20, 0.25, seed=3)
    assert len(held) == 5
    assert sorted(train + held) == list(range(20))
    assert (train, held) == division.held_out_split(20, 0.25, seed=3)
    assert held != division.held_out_split(20, 0.25, seed=4)[1]


@pytest.mark.parametrize(("count", "share", "held"), [(1, 0.5, 0), (2, 0.01, 1), (3, 0.0, 0)])
def test_small_sets_keep_something_on_each_side(count, share, held):
    train, out = division.held_out_split(count, share, seed=0)
    assert len(out) == held
    assert train


def test_folds_hold_every_image_out_once():
    parts = division.folds(11, 4, seed=0)
    held = sorted(number for _, out in parts for number in out)
    assert held == list(range(11))
    assert all(not set(train) & set(out) for train, out in parts)
    with pytest.raises(ImageError, match="folds"):
        division.folds(3, 4, seed=0)


def test_images_for_validation_are_those_that_are_held_out():
    parts = [Part.TRAINING, Part.VALIDATION, Part.NONE, Part.VALIDATION]
    assert division.divide(parts, SETTINGS) == [Division([0, 2], [1, 3])]
    only = division.divide([Part.VALIDATION] * 4, SETTINGS)[0]
    assert len(only.train) == 3

"""Which images a training learns from and which it is measured on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.training.settings import TrainSettings


@dataclass(frozen=True)
class Division:
    """Images by number of one run; what is held out is measured at its end."""

    train: list[int]
    held_out: list[int]


def divide(parts: Sequence[Part], settings: TrainSettings) -> list[Division]:
    """Return what each run trains on and what it measures on.

    Images that are for validation are held out. Where there is none, the seed chooses; folds take
    every image in turn.

    Parameters
    ----------
    parts : sequence of Part
        What each image is for.

    Raises
    ------
    ImageError
        When there are fewer images than folds.
    """
    count = len(parts)
    if settings.folds:
        divided = folds(count, settings.folds, settings.seed)
        return [*(Division(*part) for part in divided), Division(list(range(count)), [])]
    held = [number for number, part in enumerate(parts) if part is Part.VALIDATION]
    if held and len(held) < count:
        return [Division(sorted(set(range(count)) - set(held)), held)]
    return [Division(*held_out_split(count, settings.held_out, settings.seed))]


def held_out_split(count: int, share: float, seed: int) -> tuple[list[int], list[int]]:
    """Divide whole images into those to train on and those to measure on.

    Returns
    -------
    train, held_out : lists of int
        Sorted numbers below `count`. With a share above 0 and at least 2 images, both have one.
    """
    held = round(count * share)
    if share > 0 and count >= 2:
        held = min(max(held, 1), count - 1)
    order = np.random.default_rng(seed).permutation(count)
    return sorted(map(int, order[held:])), sorted(map(int, order[:held]))


def folds(count: int, number: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Divide images for cross-validation: every image is held out exactly once.

    Raises
    ------
    ImageError
        When there are fewer images than folds.
    """
    if count < number:
        raise ImageError(f"{number} folds need at least {number} labelled images; {count} exist.")
    order = np.random.default_rng(seed).permutation(count)
    result = []
    for fold in range(number):
        held = {int(i) for i in order[fold::number]}
        result.append((sorted(set(range(count)) - held), sorted(held)))
    return result

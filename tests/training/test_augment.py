import numpy as np
import pytest

from segstudio.training import augment
from segstudio.training.augment import Augmentation
from segstudio.training.labelled import Labelled

PLAIN = Augmentation(smallest=1.0, largest=1.0, colour=0.0)


def pair(height, width):
    rows, columns = np.indices((height, width))
    mask = ((rows // 8 + columns // 8) % 5).astype(np.uint8)
    return np.repeat((mask * 50)[..., None], 3, axis=2), mask


def crop(height, width, seed, augmentation=PLAIN, size=32, short_side=40):
    found = augment.random_crop(
        Labelled(*pair(height, width)),
        size=size,
        short_side=short_side,
        random=np.random.default_rng(seed),
        augmentation=augmentation,
    )
    return found.image, found.labels


@pytest.mark.parametrize("size", [(1, 1), (5, 90), (40, 40), (300, 200)])
def test_crops_have_their_size_whatever_the_image(size):
    for seed in range(5):
        image, mask = crop(*size, seed, Augmentation())
        assert image.shape == (32, 32, 3)
        assert mask.shape == (32, 32)
        assert image.dtype == mask.dtype == np.uint8


def test_image_and_mask_move_together():
    for seed in range(8):
        image, mask = crop(40, 60, seed)
        np.testing.assert_array_equal(image[..., 0], mask * 50)


def test_what_lies_outside_counts_for_nothing():
    _, mask = crop(40, 40, 0, size=64)
    assert (mask == 255).sum() == 64 * 64 - 40 * 40


def test_a_seed_gives_the_same_crop():
    first, second = crop(90, 70, 5, Augmentation()), crop(90, 70, 5, Augmentation())
    np.testing.assert_array_equal(first[0], second[0])
    assert (crop(90, 70, 6, Augmentation())[0] != first[0]).any()


def test_colours_change_but_not_the_labels():
    image, _ = pair(40, 40)
    changed = augment.recoloured(image, np.random.default_rng(0), 0.5)
    assert (changed != image).any()
    same = augment.recoloured(image, np.random.default_rng(0), 0.0)
    assert np.abs(same.astype(int) - image).max() <= 1

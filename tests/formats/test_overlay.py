import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.formats.overlay import blend

COLOURS = ClassTable.named(["ground", "animal"]).colour_table()


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (600, 2)])
def test_every_pixel_is_the_mixture_of_image_and_colour(shape) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    labels = rng.integers(0, 2, shape).astype(np.uint8)
    expected = np.rint(image * 0.45 + COLOURS[labels] * 0.55)
    assert np.abs(blend(image, labels, COLOURS).astype(int) - expected).max() <= 1


def test_pixels_that_count_for_nothing_show_the_image() -> None:
    image = np.full((4, 4, 3), 77, np.uint8)
    labels = np.full((4, 4), 255, np.uint8)
    np.testing.assert_array_equal(blend(image, labels, COLOURS, alpha=1.0), image)

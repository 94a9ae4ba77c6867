"""Images made small."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.editing.reduction import reduced


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 30),
    st.integers(0, 11),
    st.integers(0, 11),
)
def test_every_sample_is_the_colour_of_the_pixels_that_it_stands_for(
    width, height, step, over, under
):
    random = np.random.default_rng(width * height)
    colours = random.integers(0, 255, (height, width, 3)).astype(np.uint8)
    image = colours.repeat(step, axis=0).repeat(step, axis=1)
    assert np.array_equal(reduced(image, width, height), colours)
    larger = np.pad(image, ((over, under), (under, over), (0, 0)))
    part = larger[over : over + image.shape[0], under : under + image.shape[1]]
    assert np.array_equal(reduced(part, width, height), colours)

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from segstudio.models.pyramid import GridAverage


@given(st.integers(1, 9), st.integers(1, 30), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_averages_over_a_grid_are_those_of_torch(cells, height, width):
    values = torch.randn(2, 3, height, width)
    torch.testing.assert_close(GridAverage(cells)(values), nn.AdaptiveAvgPool2d(cells)(values))


def test_the_pyramid_takes_any_grids_and_atrous_pooling(spec_of, build):
    arguments = {"psp_bins": [1, 4, 7], "psp_aspp_rates": [2, 4, 6], "psp_out_channels": 16}
    network = build(spec_of("pspnet", arguments=arguments))
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 33, 50)).shape == (1, 3, 33, 50)


def test_a_pixel_sees_the_whole_image(spec_of, build):
    network = build(spec_of("pspnet"))
    batch = torch.zeros(1, 3, 256, 256)
    other = batch.clone()
    other[..., -8:, -8:] = 4.0
    with torch.inference_mode():
        assert not torch.equal(network(batch)[..., 0, 0], network(other)[..., 0, 0])

import pytest
import torch
from torch.nn import functional

from segstudio.models.fcn import _doubling


def test_training_starts_from_the_coarse_scores_alone(spec_of, build):
    """As in the paper: skips are scored with zeros until they have learned."""
    network = build(spec_of("fcn8s"))
    with torch.inference_mode():
        features = network.encode(torch.randn(1, 3, 64, 64))
        other = [*features[:3], features[3] + 1, features[4] - 1, features[5]]
        assert torch.equal(network.decode(features), network.decode(other))


@pytest.mark.parametrize(("name", "stride"), [("fcn32s", 32), ("fcn16s", 16), ("fcn8s", 8)])
def test_the_name_says_how_fine_the_scores_are(name, stride, spec_of, build):
    network = build(spec_of(name))
    with torch.inference_mode():
        decoded = network.decode(network.encode(torch.zeros(1, 3, 64, 96)))
    assert decoded.shape == (1, 3, 64 // stride, 96 // stride)


def test_a_learned_doubling_starts_bilinear_within_each_class():
    scores = torch.randn(1, 2, 5, 7)
    with torch.inference_mode():
        doubled = _doubling(2)(scores)
    expected = functional.interpolate(scores, scale_factor=2, mode="bilinear")
    inner = (..., slice(1, -1), slice(1, -1))  # beyond the border one sees zeros, one repeats
    torch.testing.assert_close(doubled[inner], expected[inner])


def test_learned_doubling_fits_maps_of_odd_size(spec_of, build):
    network = build(spec_of("fcn8s", arguments={"upsampling": "transposed"}))
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 37, 5)).shape == (1, 3, 37, 5)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.errors import SegstudioError
from segstudio.inference import lattice
from segstudio.inference.grouping import PACKED_BITS, group
from segstudio.inference.lattice import Lattice
from segstudio.inference.progress import drained


def built(features: np.ndarray) -> Lattice:
    return drained(lattice.build(features.astype(np.float32)))


def filtered(grid: Lattice, values: np.ndarray) -> np.ndarray:
    """Splat, blur and slice one value a point, the plain way."""
    table = np.zeros(grid.size + 1)
    np.add.at(table, grid.vertices, grid.weights * values)
    for before, behind in grid.neighbours:
        table[:-1] = table[:-1] + 0.5 * (table[before] + table[behind])
    return (table[grid.vertices] * grid.weights).sum(axis=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 40), st.floats(0.01, 50), st.integers(0, 99))
def test_every_point_is_shared_out_between_corners_of_its_own(
    dimensions: int, count: int, spread: float, seed: int
) -> None:
    points = np.random.default_rng(seed).normal(0, spread, (dimensions, count))
    grid = built(points)
    np.testing.assert_allclose(grid.weights.sum(axis=0), 1, atol=1e-4)
    assert grid.weights.min() >= -1e-4 * max(1.0, spread)
    assert all(len(set(corners)) == dimensions + 1 for corners in grid.vertices.T)
    assert set(grid.vertices.ravel()) == set(range(grid.size))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(0, 99))
def test_neighbours_see_each_other(dimensions: int, seed: int) -> None:
    grid = built(np.random.default_rng(seed).normal(0, 2, (dimensions, 60)))
    for before, behind in grid.neighbours:
        for vertex in np.flatnonzero(before < grid.size):
            assert behind[before[vertex]] == vertex
        assert np.count_nonzero(before < grid.size) == np.count_nonzero(behind < grid.size)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_filtering_comes_close_to_the_gaussian(dimensions: int) -> None:
    rng = np.random.default_rng(dimensions)
    points = rng.normal(0, 1.0, (dimensions, 1500))
    values = (points[0] > 0.2).astype(float)
    apart = ((points[:, :, None] - points[:, None]) ** 2).sum(axis=0)
    kernel = np.exp(-0.5 * apart)
    exact = kernel @ values / kernel.sum(axis=1)
    grid = built(points)
    ours = filtered(grid, values) / filtered(grid, np.ones(1500))
    assert np.abs(ours - exact).mean() < 0.05
    assert np.corrcoef(ours, exact)[0, 1] > 0.97


def test_points_too_far_apart_to_be_numbered_are_refused() -> None:
    points = np.array([[0.0, 1e7]] * 5)
    with pytest.raises(SegstudioError, match="larger ones"):
        built(points)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=50),
    st.sampled_from([1, 2 ** (PACKED_BITS - 4)]),
)
def test_groups_hold_what_is_equal_in_rising_order(numbers: list[int], factor: int) -> None:
    codes = np.array(numbers, np.int64) * factor
    groups = group(codes)
    unique, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(groups.of, inverse)
    np.testing.assert_array_equal(groups.counts, counts)
    np.testing.assert_array_equal(codes[groups.order[groups.starts]], unique)
    np.testing.assert_array_equal(groups.order, np.argsort(codes, kind="stable"))

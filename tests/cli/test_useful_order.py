import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.cli.benchmarks.useful_order import useful_order

numbers = st.floats(0, 1, width=32)


@given(arrays(np.float32, 7, elements=numbers), arrays(np.float32, (7, 3), elements=numbers))
def test_every_image_that_is_not_labelled_comes_once(effort, portraits):
    order = useful_order(effort, portraits, [2, 5])
    assert sorted(order) == [0, 1, 3, 4, 6]
    assert useful_order(effort, portraits, [2, 5], count=2) == order[:2]


def test_the_most_effort_comes_first_where_all_are_far_apart():
    assert useful_order(np.array([0.1, 0.4, 0.2]), np.eye(3)) == [1, 2, 0]


def test_the_twin_of_a_taken_image_comes_last():
    portraits = np.array([[1, 0, 0], [1, 0.01, 0], [0, 1, 0], [0, 0, 1]])
    effort = np.array([0.9, 0.89, 0.3, 0.2])
    assert useful_order(effort, portraits) == [0, 2, 3, 1]


def test_what_looks_like_a_labelled_image_comes_last():
    portraits = np.array([[1, 0], [0.99, 0.1], [0, 1]])
    assert useful_order(np.array([0.0, 0.9, 0.2]), portraits, [0]) == [2, 1]

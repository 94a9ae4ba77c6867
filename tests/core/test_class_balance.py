"""Weights of classes."""

import numpy as np

from segstudio.core import class_balance


def test_rare_classes_weigh_more_but_not_without_limit():
    weights = class_balance.class_weights(np.array([1_000_000, 10_000, 10, 0]))
    assert weights[0] < weights[1] <= weights[2]
    assert weights[2] <= 4 * weights[:3].mean() + 1e-6
    assert weights[3] == 1.0
    assert class_balance.class_weights(np.zeros(3, np.int64)).tolist() == [1.0, 1.0, 1.0]

"""What an export makes of classes: left out, renamed, merged; and of what nobody decided."""

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats.class_plan import ClassPlan

OWN = ClassTable.named(["car", "bus", "sky", "road"])
LABELS = np.array([[0, 1, 2, 3, 255, 255]], np.uint8)
PLANES = Planes(LABELS, np.array([[3, 1, 1, 2, Ink.NOBODY, Ink.PERSON]], np.uint8))


def test_without_a_word_everything_stays():
    plan = ClassPlan()
    assert plan.classes(OWN) == OWN
    assert np.array_equal(plan.applied(PLANES, OWN), LABELS)


def test_classes_of_one_name_become_one_and_those_without_a_name_go():
    plan = ClassPlan({0: "vehicle", 1: "Vehicle", 2: ""})
    assert [(c.index, c.name) for c in plan.classes(OWN)] == [(0, "vehicle"), (3, "road")]
    assert plan.applied(PLANES, OWN).tolist() == [[0, 0, 255, 3, 255, 255]]


def test_what_nobody_decided_becomes_a_class_and_ignore_stays_ignored():
    plan = ClassPlan(unlabelled=3)
    assert plan.applied(PLANES, OWN).tolist() == [[0, 1, 2, 3, 3, 255]]
    assert LABELS[0, 4] == 255


def test_two_names_can_be_exchanged():
    plan = ClassPlan({0: "bus", 1: "car"})
    assert [(c.index, c.name) for c in plan.classes(OWN)][:2] == [(0, "bus"), (1, "car")]
    assert plan.applied(PLANES, OWN).tolist() == [[0, 1, 2, 3, 255, 255]]


def test_an_export_of_no_class_is_refused():
    with pytest.raises(SegstudioError, match="No class is chosen"):
        ClassPlan(dict.fromkeys(range(4), "")).classes(OWN)

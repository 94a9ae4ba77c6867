"""A checkpoint that was overtaken while it was made is not kept."""

import numpy as np
from project_steps import blank, painted, record

from segstudio.core.classes import ClassTable
from segstudio.project.class_steps import Mapping

TABLE = ClassTable.named(["cat", "dog"])


def paint(project, planes, index, rows):
    patch = painted(planes, index, rows)
    return project.keep_step(record("a.png", planes), patch)


def test_a_class_step_taken_back_meanwhile_stays_taken_back(places, disk):
    project = places.project()
    planes = blank()
    paint(project, planes, 0, slice(0, 4))
    paint(project, planes, 1, slice(4, 8))
    merge = Mapping(((1, 0),))
    project.add_class_step("merge", "dog → cat", merge, before=TABLE, after=TABLE.without(1))
    assert project.flush(5) == ""
    disk.hold()
    project.take_back_class_step(TABLE)
    project.fold("a.png")  # of the merged labels, which are those on the disk
    disk.go.set()
    assert project.flush(5) == ""
    assert np.array_equal(project.load("a.png").planes.labels, planes.labels)


def test_an_image_that_began_anew_meanwhile_stays_new(places, disk):
    project = places.project()
    planes = blank()
    assert paint(project, planes, 0, slice(0, 4)).wait(5)
    disk.hold()
    other = blank()
    other.labels[:] = 1
    project.keep_planes(record("a.png", other), other)
    project.fold("a.png")
    disk.go.set()
    assert project.flush(5) == ""
    assert np.array_equal(project.load("a.png").planes.labels, other.labels)

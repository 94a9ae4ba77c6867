"""What writes pixels through the session keeps to ink, locks and Ignore, as the tools do.

A new way of writing gets a row in `WAYS`.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink, class_counts
from segstudio.core.merge import Reach
from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.wish import Wish
from segstudio.project import old_folder
from segstudio.project.project import Project
from segstudio.session.batch import SegmentAll
from segstudio.session.late_steps import LateSteps
from segstudio.session.previous_labels import PreviousLabels
from segstudio.session.region_operations import RegionOperations

GOLDEN = Path(__file__).parents[1] / "golden" / "old-folder"
SIZE = (90, 120)
LOCKED = 2


def mixed(seed) -> Planes:
    """Labels of everybody: nobody, model, refinement and person, classes, Ignore, unlabelled."""
    random = np.random.default_rng(seed)
    labels = random.choice(np.array([0, 1, 2, 3, 255], np.uint8), SIZE)
    labels[20:26, 20:40] = labels[34:40, 20:40] = labels[20:40, 20:26] = labels[20:40, 34:40] = 0
    ink = random.integers(0, 4, SIZE).astype(np.uint8)
    ink[(labels != 255) & (ink == Ink.NOBODY)] = Ink.MODEL
    return Planes(labels, ink)


@pytest.fixture(params=[1, 2])
def at(request, person, photos, engine):
    """Two images with labels of everybody, the second one shown, and one class locked."""
    person.open(photos("a.png", "b.png"))
    session = person.session
    session.segmenting.start_engine()
    person.until(lambda: session.segmenting.models)
    names = [entry.name for entry in engine.models[0].classes][:4]
    session.set_classes(ClassTable.named(names))
    session.edit_classes(lambda table: table.changed(LOCKED, locked=True))
    engine.answer = lambda shape: np.random.default_rng(5).integers(0, 5, shape).astype(np.uint8)
    engine.refined = lambda shape: np.random.default_rng(6).integers(0, 5, shape).astype(np.uint8)
    for row, name in enumerate(("a.png", "b.png")):
        planes = mixed(10 * request.param + row)
        record = ImageRecord(name, ImageState.IN_WORK, width=SIZE[1], height=SIZE[0])
        session.project.keep_planes(record, planes)
    person.idle()
    session.showing.leave()
    session.showing.shelf.clear()
    person.show(1)
    person.late = LateSteps(session)
    return person


def by_segment(at, reach=None):
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.session.segment(reach or Reach())


def segment_view(at):
    by_segment(at, Reach(region=Region(10, 10, 60, 60)))


def refine(at):
    by_segment(at)
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.session.refine_again()


def carry(at):
    PreviousLabels(at.session, at.late).take()


def operation(wish):
    def write(at):
        operations = RegionOperations(at.session)
        told = []
        operations.applied.connect(lambda *values: told.append(values))
        operations.apply(wish)
        at.until(lambda: told)

    return write


def change_stroke(at):
    at.paint(60, 45, index=0)
    operations = RegionOperations(at.session)
    operations.change_stroke(1)


WAYS = {
    "segment": (by_segment, False),
    "segment the view": (segment_view, False),
    "refine": (refine, False),
    "labels of the image before": (carry, True),
    "fill holes": (operation(Wish("fill_holes")), True),
    "remove islands": (operation(Wish("remove_islands", size=5)), True),
    "grow": (operation(Wish("grow", kind=0, size=1)), True),
    "fill unlabelled": (operation(Wish("fill_unlabelled")), True),
    "last stroke": (change_stroke, True),
}
"""What writes, and whether a person commands it."""


@pytest.mark.parametrize("way", WAYS)
def test_what_is_protected_stays(at, way):
    write, is_person = WAYS[way]
    document = at.document
    before, position = document.planes.cut(at.whole()), document.history.position
    write(at)
    at.until(lambda: document.history.position > position)
    at.idle()
    labels, ink = document.label_map, document.ink
    changed = (labels != before.labels) | (ink != before.ink)
    assert changed.any()
    assert not (changed & (before.labels == LOCKED)).any()
    erased = (labels == 255) & (ink == Ink.NOBODY)
    if is_person:
        assert (ink[changed & ~erased] == Ink.PERSON).all()
    else:
        assert not (changed & (before.ink == Ink.PERSON)).any()
        assert (ink[changed] != Ink.PERSON).all()
    if way not in ("last stroke", "segment", "segment the view", "refine"):
        ignored = (before.labels == 255) & (before.ink != Ink.NOBODY)
        assert not (changed & ignored).any()
    assert np.array_equal(document.counts, class_counts(labels, ink))
    while document.history.position > position:
        at.session.undo()
    assert np.array_equal(document.label_map, before.labels)
    assert np.array_equal(document.ink, before.ink)


@pytest.mark.parametrize("state", [ImageState.DONE, ImageState.CHECKED])
def test_no_machine_changes_an_image_that_is_done(at, state):
    at.session.set_state(1, state)
    before = at.document.planes.cut(at.whole())
    at.session.segment()
    at.idle()
    batch = SegmentAll(at.session, at.late)
    batch.start(["a.png", "b.png"], at.session.options())
    at.until(lambda: batch.run is None)
    assert np.array_equal(at.document.label_map, before.labels)
    assert np.array_equal(at.document.ink, before.ink)


def test_a_class_step_changes_one_class_and_nobodys_ink(at):
    before = at.document.planes.cut(at.whole())
    at.merge(0, 1)
    at.settle()
    labels, ink = at.document.label_map, at.document.ink
    assert np.array_equal(labels, np.where(before.labels == 0, 1, before.labels))
    assert np.array_equal(ink, before.ink)
    at.take_back()
    at.settle()
    assert np.array_equal(at.document.label_map, before.labels)
    assert np.array_equal(at.document.ink, before.ink)


def test_labels_of_an_old_folder_come_over_as_they_are(tmp_path):
    shutil.copytree(GOLDEN, tmp_path / "photos")
    place = tmp_path / "photos" / old_folder.FOLDER_NAME
    for seed in range(5):
        planes = mixed(seed)
        png.write(place / "a.png.labels.png", planes.labels)
        png.write(place / "a.png.ink.png", planes.ink)
        project = Project(tmp_path / "photos", tmp_path / f"home-{seed}")
        old_folder.take_over(tmp_path / "photos", project)
        stored = project.load("a.png")
        project.end()
        assert np.array_equal(stored.planes.labels, planes.labels)
        assert np.array_equal(stored.planes.ink, planes.ink)
        project.file.unlink()

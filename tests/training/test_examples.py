import format_cases
import numpy as np
import pytest
from PIL import Image as PillowImage
from project_places import Places
from project_steps import SIZE, blank, painted, record

from segstudio.core import png
from segstudio.core.classes import ClassTable, Role, write_classes
from segstudio.core.errors import ImageError
from segstudio.core.image_record import ImageState, Part
from segstudio.core.labels import Ink
from segstudio.formats import format_table
from segstudio.training import examples

CLASSES = ClassTable.named(["sky", "grass", "edge"]).changed(2, role=Role.IGNORE)


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    yield places
    places.end_all()


def store(project, places, name, planes, **fields):
    """Store what a person painted in the upper half and a model below."""
    PillowImage.new("RGB", SIZE[::-1], (9, 8, 7)).save(places.images / name)
    steps = painted(planes, 1, slice(0, 4))
    below = painted(planes, 0, slice(4, 8))
    planes.ink[4:8] = Ink.PERSON
    ink = tuple(int((planes.ink == value).sum()) for value in Ink)
    fields = {"state": ImageState.IN_WORK, "ink": ink} | fields
    for step in (steps, below):
        project.keep_step(record(name, planes, **fields), step)


def test_a_project_tells_what_its_images_are_for(places):
    project = places.project()
    project.keep_classes(CLASSES)
    for name, fields in {
        "a.png": {"state": ImageState.DONE, "part": Part.VALIDATION},
        "b.png": {},
        "c.png": {"state": ImageState.SKIPPED},
        "d.png": {"part": Part.TEST},
        "e.png": {"is_missing": True},
        "f.png": {"ink": (100, 92, 0, 0)},
    }.items():
        store(project, places, name, blank(), **fields)
    assert project.flush(5) == ""
    found = examples.found_in(places.images)
    assert [item.name for item in found.items] == ["a.png", "b.png"]
    assert [item.part for item in found.items] == [Part.VALIDATION, Part.NONE]
    assert [entry.name for entry in found.classes] == ["sky", "grass"]
    labelled = found.items[0].read(found.classes)
    labels = labelled.labels
    assert labelled.image.shape == (*SIZE, 3)
    assert labels[:4].tolist() == [[1] * SIZE[1]] * 4
    assert labels[4:8].tolist() == [[0] * SIZE[1]] * 4
    assert (labels[8:] == 255).all()
    assert examples.found_in(places.file).images == places.images


def test_of_an_image_in_work_only_what_a_person_painted_counts(places):
    project = places.project()
    project.keep_classes(CLASSES)
    planes = blank()
    PillowImage.new("RGB", SIZE[::-1]).save(places.images / "a.png")
    by_hand = painted(planes, 2, slice(0, 2))
    project.keep_step(record("a.png", planes, state=ImageState.IN_WORK), by_hand)
    by_model = _by_a_model(planes, 1, slice(2, 6))
    project.keep_step(record("a.png", planes, state=ImageState.IN_WORK), by_model)
    assert project.flush(5) == ""
    found = examples.found_in(places.images)
    assert (
        found.items[0].read(found.classes).labels == 255
    ).all()  # an ignored class and a model's
    project.keep_record(record("a.png", planes, state=ImageState.DONE)).wait(5)
    found = examples.found_in(places.images)
    labels = found.items[0].read(found.classes).labels
    assert (labels[2:6] == 1).all()
    assert (labels[:2] == 255).all()


def _by_a_model(planes, index, rows):
    from segstudio.core.patch import Origin, assemble, difference
    from segstudio.core.region import whole

    after = planes.cut(whole(planes.labels))
    after.labels[rows], after.ink[rows] = index, Ink.MODEL
    patch = assemble(
        [difference(whole(planes.labels), planes, after)], Origin("segment", Ink.MODEL)
    )
    patch.apply(planes)
    return patch


def test_a_folder_as_an_export_writes_it_is_read(tmp_path):
    (tmp_path / "images").mkdir()
    PillowImage.new("RGB", (4, 3)).save(tmp_path / "images" / "a.png")
    png.write(tmp_path / "masks" / "a.png", np.array([[0, 1, 1, 255]] * 3, np.uint8))
    write_classes(tmp_path / "classes.json", ClassTable.named(["sky", "grass"]))
    found = examples.found_in(tmp_path)
    assert found.items[0].read(found.classes).labels[0].tolist() == [0, 1, 1, 255]


def test_a_dataset_of_any_format_is_read_with_its_parts(tmp_path):
    table = ClassTable.named(["sky", "grass", "edge"]).changed(2, role=Role.IGNORE)
    labels = np.array([[0, 1, 255]] * 3, np.uint8)

    def grey(path, shape):
        PillowImage.new("RGB", shape[::-1]).save(path)

    row = format_table.find("voc")
    parts = (Part.TRAINING, Part.VALIDATION)
    format_cases.write(row, tmp_path, table, [labels, labels], parts=parts, picture=grey)
    found = examples.found_in(tmp_path)
    assert [item.part for item in found.items] == list(parts)
    places = {entry.name: place for place, entry in enumerate(found.classes)}
    read = found.items[0].read(found.classes)
    assert read.image.shape == (3, 3, 3)
    assert read.labels[0].tolist() == [places["sky"], places["grass"], 255]


def test_what_holds_no_labels_is_a_sentence(tmp_path, places):
    with pytest.raises(ImageError, match="is not there"):
        examples.found_in(tmp_path / "nothing")
    project = places.project()
    project.keep_classes(CLASSES)
    assert project.flush(5) == ""
    with pytest.raises(ImageError, match="mark"):
        examples.found_in(places.images)

"""Masks of colours: every colour by a table, none guessed; colour masks and CamVid."""

import format_cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from segstudio.core.classes import IGNORE_INDEX, ClassTable, LabelClass, Role, write_classes
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import colour_table, coloured_masks, format_table, numbering
from segstudio.formats.format_table import FORMATS

BLACK, RED, GREEN = (0, 0, 0), (255, 0, 0), (0, 255, 0)


def save(path, values, palette=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = PillowImage.fromarray(np.asarray(values, np.uint8))
    if palette is not None:
        picture.putpalette(palette)
    picture.save(path)


def only(dataset):
    (image,) = dataset.images
    return image


def names(dataset, labels):
    known = {entry.index: entry.name for entry in dataset.classes}
    return [known.get(value) for value in labels.ravel().tolist()]


# Tables


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("label_colors.txt", "0 0 0 Void\n255 0 0 car\n0\t255\t0\t\ttree top\n"),
        ("classes.csv", "name,r,g,b\nVoid,0,0,0\ncar,255,0,0\ntree top,0,255,0\n"),
        ("class_dict.csv", "name,r,g,b\ncar,255,0,0\ntree top,0,255,0\nunlabelled,0,0,0\n"),
        ("labelmap.txt", "void:0,0,0::\ncar:255,0,0::\ntree top:0,255,0::\n"),
    ],
)  # fmt: skip
def test_any_usual_table_says_what_colours_mean(tmp_path, file, text):
    (tmp_path / file).write_text(text)
    save(tmp_path / "masks/sub/a.png", [[RED, GREEN, BLACK]])
    save(tmp_path / "images/sub/a.png", np.zeros((1, 3, 3)))
    found = FORMATS["colour"].read(tmp_path)
    assert names(found, only(found).read()) == ["car", "tree top", None]
    assert only(found).image.is_file()


def test_masks_may_lie_in_the_folder_itself(tmp_path):
    (tmp_path / "label_colors.txt").write_text("255 0 0 car\n")
    save(tmp_path / "a.png", [[RED]])
    assert only(FORMATS["colour"].read(tmp_path)).read().tolist() == [[0]]


def test_unknown_colours_are_listed_and_never_guessed(tmp_path):
    (tmp_path / "label_colors.txt").write_text("255 0 0 car\n")
    save(tmp_path / "masks/a.png", [[RED, (254, 0, 0), GREEN]])
    with pytest.raises(ImageError, match=r"\(0, 255, 0\), \(254, 0, 0\)"):
        only(FORMATS["colour"].read(tmp_path)).read()


def test_a_person_can_fill_in_the_table(tmp_path):
    save(tmp_path / "masks/a.png", [[RED, RED, GREEN]])
    save(tmp_path / "masks/b.png", [[GREEN, GREEN, GREEN]])
    with pytest.raises(SegstudioError, match="no table of colours"):
        FORMATS["colour"].read(tmp_path)
    assert coloured_masks.colours_in(tmp_path) == {GREEN: 4, RED: 2}
    classes = ClassTable((LabelClass(5, "car", RED),))
    table = colour_table.of_classes(classes, [GREEN], "your table")
    read = coloured_masks.read_by(tmp_path, table)
    assert [image.read().tolist() for image in read.images] == [[[5, 5, 255]], [[255, 255, 255]]]


def test_masks_of_numbers_are_read_by_the_lines_of_a_table(tmp_path):
    (tmp_path / "label_colors.txt").write_text("0 0 0 Void\n255 0 0 car\n0 255 0 tree\n")
    save(tmp_path / "masks/a.png", [[0, 1, 2]])
    found = FORMATS["colour"].read(tmp_path)
    assert names(found, only(found).read()) == [None, "car", "tree"]
    save(tmp_path / "masks/a.png", [[3]])
    with pytest.raises(ImageError, match="number 3"):
        only(FORMATS["colour"].read(tmp_path)).read()


def test_a_palette_of_another_order_is_looked_through(tmp_path):
    (tmp_path / "label_colors.txt").write_text("0 0 0 Void\n255 0 0 car\n0 255 0 tree\n")
    palette = [*GREEN, *BLACK, *RED] + [7] * 759
    save(tmp_path / "masks/a.png", [[0, 1, 2]], palette)
    found = FORMATS["colour"].read(tmp_path)
    assert names(found, only(found).read()) == ["tree", None, "car"]
    assert coloured_masks.colours_in(tmp_path) == {BLACK: 1, GREEN: 1, RED: 1}
    save(tmp_path / "masks/a.png", [[0, 200]], palette)
    with pytest.raises(ImageError, match=r"\(7, 7, 7\)"):
        only(FORMATS["colour"].read(tmp_path)).read()


def test_black_and_white_masks_are_colours_too(tmp_path):
    (tmp_path / "label_colors.txt").write_text("0 0 0 background\n255 255 255 crack\n")
    save(tmp_path / "masks/a.png", [[0, 255]])
    found = FORMATS["colour"].read(tmp_path)
    assert names(found, only(found).read()) == ["background", "crack"]
    PillowImage.new("1", (2, 1), 1).save(tmp_path / "masks/a.png")
    assert names(found, only(found).read()) == ["crack", "crack"]


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("label_colors.txt", "255 0 0\n", "red green blue name"),
        ("label_colors.txt", "255 0 256 car\n", "red green blue name"),
        ("label_colors.txt", "255 0 0 car\n255 0 0 bus\n", "same colour"),
        ("label_colors.txt", "1 2 3 car\n4 5 6 CAR\n", "Two classes are called"),
        ("classes.json", "[[", "no complete JSON"),
        ("classes.json", "[" * 100_000, "no complete JSON"),
        ("classes.json", '[{"index": 0, "name": "car", "colour": [1]}]', "not a list of"),
        ("labels.csv", "name,r,g,b\ncar,1,2,x\n", "could not be read"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(tmp_path, file, text, sentence):
    (tmp_path / file).write_text(text)
    (tmp_path / "masks").mkdir()
    with pytest.raises(SegstudioError, match=sentence):
        FORMATS["colour"].read(tmp_path)


def test_more_lines_than_classes_fit_are_refused(tmp_path):
    lines = "".join(f"{number % 256} {number // 256} 9 class {number}\n" for number in range(256))
    (tmp_path / "label_colors.txt").write_text(lines)
    (tmp_path / "masks").mkdir()
    with pytest.raises(SegstudioError, match="256 classes; at most 255"):
        FORMATS["colour"].read(tmp_path)


@given(st.lists(st.sampled_from([BLACK, RED, GREEN, (224, 224, 192)]), min_size=1, max_size=12))
def test_classes_with_one_colour_are_told_apart_and_so_is_what_counts_for_nothing(colours):
    rows = [LabelClass(number, f"class {number}", c) for number, c in enumerate(colours)]
    found = colour_table.told_apart(numbering.kept(ClassTable(tuple(rows)))).classes
    own = [entry.colour for entry in found]
    assert len({*own, colour_table.void_colour(found)}) == len(colours) + 1
    for first in {own.index(colour) for colour in set(colours)}:
        assert own[first] == colours[first]  # the first of equal ones stays


@pytest.mark.parametrize("name", ["colour", "camvid", "cvat"])
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_black_classes_and_classes_called_void_come_back(name, data, tmp_path_factory):
    rows = (
        LabelClass(3, "Void", BLACK),
        LabelClass(0, "ignore", (224, 224, 192)),
        LabelClass(254, "background", BLACK, role=data.draw(st.sampled_from(Role))),
    )
    classes = ClassTable(rows)
    labels = data.draw(format_cases.label_maps(classes))
    folder = tmp_path_factory.mktemp(name)
    _, items, numbered = format_cases.write(FORMATS[name], folder, classes, [labels])
    found = FORMATS[name].read(folder)
    known = {entry.index: entry.name for entry in numbered.classes}
    wanted = [known.get(value) for value in items[0].labels.ravel().tolist()]
    assert names(found, only(found).read()) == wanted


def test_255_classes_of_any_colours_fit(tmp_path):
    rows = [LabelClass(number, f"class {number}", (9, 9, 9)) for number in range(255)]
    labels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for name in ("colour", "camvid"):
        folder = tmp_path / name
        format_cases.write(FORMATS[name], folder, ClassTable(tuple(rows)), [labels])
        assert np.array_equal(only(FORMATS[name].read(folder)).read(), labels)


# CamVid, as others wrote it


def test_the_files_of_cambridge_are_paired_in_spite_of_their_suffix(tmp_path):
    save(tmp_path / "train/0001TP_006690.png", np.zeros((1, 2, 3)))
    save(tmp_path / "train_labels/0001TP_006690_L.png", [[RED, BLACK]])
    (tmp_path / "class_dict.csv").write_text("name,r,g,b\nCar,255,0,0\nVoid,0,0,0\n")
    assert format_table.detected(tmp_path) is FORMATS["camvid"]
    found = FORMATS["camvid"].read(tmp_path)
    assert only(found).name == "train/0001TP_006690"
    assert only(found).part is Part.TRAINING
    assert only(found).image.is_file()
    assert names(found, only(found).read()) == ["Car", None]


def test_black_is_void_where_a_table_does_not_say_so(tmp_path):
    (tmp_path / "label_colors.txt").write_text("255 0 0\tCar\n")
    save(tmp_path / "valannot/a.png", [[RED, BLACK]])
    assert only(FORMATS["camvid"].read(tmp_path)).read().tolist() == [[0, IGNORE_INDEX]]


def test_segnets_11_classes_need_no_table(tmp_path):
    save(tmp_path / "testannot/a.png", [[0, 10, 11]])
    found = FORMATS["camvid"].read(tmp_path)
    assert names(found, only(found).read()) == ["sky", "bicyclist", None]
    assert "11 classes" in found.remarks[0]


def test_our_own_list_of_classes_beats_the_list_of_colours(tmp_path):
    write_classes(tmp_path / "classes.json", ClassTable((LabelClass(7, "Car", RED),)))
    (tmp_path / "label_colors.txt").write_text("0 0 0 Void\n255 0 0 Auto\n")
    save(tmp_path / "trainannot/a.png", [[RED, BLACK]])
    assert only(FORMATS["camvid"].read(tmp_path)).read().tolist() == [[7, IGNORE_INDEX]]

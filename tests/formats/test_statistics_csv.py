"""Statistics as CSV."""

import csv

import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.core.image_record import ImageRecord
from segstudio.formats.statistics_csv import PixelSize, parse_pixel_size, write_areas, write_totals

CLASSES = ClassTable.named(["cell", "wall, thick"])


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_totals_name_every_class_and_what_has_none(tmp_path):
    path = tmp_path / "totals.csv"
    write_totals(path, CLASSES, {0: 30, 7: 10, 255: 60}, {0: 2, 7: 1, 255: 2})
    found = rows(path)
    assert [(r["class"], r["index"], r["pixels"], r["share"], r["images"]) for r in found] == [
        ("cell", "0", "30", "0.3", "2"),
        ("wall, thick", "1", "0", "0", "0"),
        ("class 7", "7", "10", "0.1", "1"),
        ("Ignore", "255", "0", "0", "0"),
        ("Unlabelled", "255", "60", "0.6", "2"),
    ]


def test_areas_are_in_the_unit_of_the_pixels_squared(tmp_path):
    records = [
        ImageRecord("one/å.png", classes=((0, 40), (255, 60))),
        ImageRecord("new.png", classes=((255, 100),)),
        ImageRecord("two.png", classes=((1, 8),)),
    ]
    path = tmp_path / "areas.csv"
    write_areas(path, records, CLASSES, pixel_size=PixelSize(0.5, "µm"))
    found = rows(path)
    assert [(r["image"], r["class"], r["pixels"], r["share"], r["area"]) for r in found] == [
        ("one/å.png", "cell", "40", "0.4", "10"),
        ("one/å.png", "Unlabelled", "60", "0.6", "15"),
        ("two.png", "wall, thick", "8", "1", "2"),
    ]
    assert {r["unit"] for r in found} == {"µm²"}


def test_areas_without_a_size_of_pixels_are_left_empty(tmp_path):
    path = tmp_path / "areas.csv"
    write_areas(path, [ImageRecord("a.png", classes=((0, 4),))], CLASSES)
    assert [(r["pixels"], r["area"], r["unit"]) for r in rows(path)] == [("4", "", "")]


def test_a_place_that_refuses_is_told_and_the_old_file_stays(tmp_path):
    path = tmp_path / "file" / "areas.csv"
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_areas(path, [], CLASSES)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0.5 µm", PixelSize(0.5, "µm")),
        ("0,25mm", PixelSize(0.25, "mm")),
        (" 10 m ", PixelSize(10, "m")),
        ("1e-3 mm", PixelSize(0.001, "mm")),
        ("  ", None),
    ],
)
def test_a_size_of_pixels_is_read_as_people_write_it(text, size):
    assert parse_pixel_size(text) == size
    if size is not None:
        assert parse_pixel_size(str(size)) == size


@pytest.mark.parametrize("text", ["0.5", "µm", "0 mm", "-1 mm", "1 2 mm", "1e999 mm"])
def test_what_is_no_size_is_refused_with_an_example(text):
    with pytest.raises(SegstudioError, match=r"such as 0\.5 µm"):
        parse_pixel_size(text)

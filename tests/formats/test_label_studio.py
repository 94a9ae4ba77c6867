"""Label Studio's exports: what brushes painted, packed bit by bit."""

import json

import foreign_files
import golden_sets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.errors import SegstudioError
from segstudio.formats import packed_runs
from segstudio.formats.label_studio import LabelStudio

MASK = np.zeros((4, 6), bool)
MASK[1:3, 2:5] = True


def read(folder, *tasks):
    (folder / "export.json").write_text(json.dumps(list(tasks)), "utf-8")
    return LabelStudio().read(folder)


def test_runs_are_unpacked_as_label_studio_packs_them():
    # Of its converter's own tests.
    packed = [0, 0, 0, 18, 57, 27, 252, 96, 32, 1, 0, 6, 0, 40, 0, 192, 3, 128, 17, 56, 32]
    found = packed_runs.unpacked(bytes(packed), length=18, source="it")
    assert found.tolist() == [1, 1, 1, 1, 2, 3, 5, 6, 7, 8, 4, 4, 4, 4, 4, 4, 4, 4]


@settings(max_examples=40)
@given(
    runs=st.lists(st.tuples(st.integers(0, 255), st.integers(1, 300)), min_size=1, max_size=12),
    widths=st.lists(st.integers(1, 16), min_size=4, max_size=4).map(sorted),
)
def test_any_values_are_unpacked_whatever_the_widths(runs, widths):
    values = np.concatenate([np.full(count, value, np.uint8) for value, count in runs])
    packed = bytes(foreign_files.packed(values, tuple(widths)))
    found = packed_runs.unpacked(packed, length=values.size, source="it")
    assert np.array_equal(found, values)
    with pytest.raises(SegstudioError):
        packed_runs.unpacked(packed[:-2], length=values.size, source="it")
    with pytest.raises(SegstudioError):
        packed_runs.unpacked(packed, length=values.size + 1, source="it")


def test_single_values_in_a_row_may_be_of_one_run():
    # 3 values of 8 bits: head, then one run of three, not repeated, with a count of 3 bits.
    text = (
        f"{3:032b}{7:05b}"
        + "0010" * 4
        + "0"
        + "00"
        + "010"
        + "".join(map("{:08b}".format, (7, 8, 9)))
    )
    text += "0" * (-len(text) % 8)
    packed = bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))
    assert packed_runs.unpacked(packed, length=3, source="it").tolist() == [7, 8, 9]


def test_the_golden_export_is_read_with_the_later_region_on_top():
    found = LabelStudio().read(golden_sets.GOLDEN / "label-studio")
    (image,) = found.images
    first, _ = golden_sets.maps()
    by_name = {entry.name: image.read() == entry.index for entry in found.classes}
    water = np.zeros(first.shape, bool)
    water[3:5, 4:6] = True
    assert np.array_equal(by_name["water"], water)
    assert np.array_equal(by_name["ground"], (first == 3) & ~water)
    assert np.array_equal(by_name["tree, tall"], (first == 7) & ~water)
    assert image.name == "image-0"
    assert image.image is not None


def test_the_last_annotation_that_was_not_cancelled_counts(tmp_path):
    one, other = foreign_files.brush(MASK, "cat"), foreign_files.brush(MASK, "dog")
    listed = [{"result": [one]}, {"result": [other]}, {"result": [one], "was_cancelled": True}]
    found = read(tmp_path, foreign_files.task("a.png", annotations=listed))
    assert [entry.name for entry in found.classes] == ["dog"]
    assert any("more than once" in remark for remark in found.remarks)


def test_brush_and_labels_may_be_tags_of_their_own(tmp_path):
    result = foreign_files.brush(MASK, "cat", id="r1", type="brush")
    del result["value"]["brushlabels"]
    named = {"id": "r1", "type": "labels", "value": {"labels": ["cat"]}}
    found = read(tmp_path, foreign_files.task("a.png", result, named))
    assert np.array_equal(found.images[0].read() == 0, MASK)


def test_the_small_kind_of_export_is_read(tmp_path):
    result = foreign_files.brush(MASK, "cat")
    sizes = {key: result[key] for key in ("original_width", "original_height")}
    found = read(
        tmp_path, {"image": "/data/local-files/?d=x/b.jpg", "tag": [result["value"] | sizes]}
    )
    assert [image.name for image in found.images] == ["b"]
    assert np.array_equal(found.images[0].read() == 0, MASK)


def test_regions_of_other_kinds_are_counted(tmp_path):
    box = foreign_files.brush(MASK, "cat", id="b", value={"x": 1, "rectanglelabels": ["cat"]})
    found = read(tmp_path, foreign_files.task("a.png", foreign_files.brush(MASK, "cat"), box))
    assert any("1 regions are neither" in remark for remark in found.remarks)


def test_tasks_without_labels_are_counted(tmp_path):
    found = read(
        tmp_path,
        foreign_files.task("a.png", foreign_files.brush(MASK, "cat")),
        foreign_files.task("b.png"),
    )
    assert [image.name for image in found.images] == ["a"]
    assert any("1 tasks have neither" in remark for remark in found.remarks)


def test_an_image_turned_by_hand_is_refused(tmp_path):
    result = foreign_files.brush(MASK, "cat", image_rotation=90)
    with pytest.raises(SegstudioError, match="Turn it back"):
        read(tmp_path, foreign_files.task("a.png", result))


def test_tasks_of_the_same_name_are_told_apart(tmp_path):
    tasks = [
        foreign_files.task(name, foreign_files.brush(MASK, "cat"))
        for name in ("x/a.png", "y/a.png")
    ]
    assert [image.name for image in read(tmp_path, *tasks).images] == ["a", "a-2"]

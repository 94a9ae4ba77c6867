"""LabelMe's shapes, drawn as labelme draws them."""

import base64
import io
import json

import format_cases
import golden_sets
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable, Role
from segstudio.core.errors import SegstudioError
from segstudio.formats import losses
from segstudio.formats.labelme import LabelMe

SIZE = (30, 40)


def picture_of(mask):
    buffer = io.BytesIO()
    PillowImage.fromarray(mask.astype(np.uint8)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shape(points, kind="polygon", label="cat", **more):
    return {"label": label, "points": points, "shape_type": kind, "group_id": None} | more


def read(folder, *shapes, **more):
    folder.mkdir(parents=True, exist_ok=True)
    content = {"version": "5.0.1", "flags": {}, "shapes": list(shapes), "imagePath": "a.png"}
    content |= {"imageData": None, "imageHeight": SIZE[0], "imageWidth": SIZE[1]} | more
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    return LabelMe().read(folder)


def drawn(folder, *shapes, **more):
    (image,) = read(folder, *shapes, **more).images
    return image.read() != 255


@settings(max_examples=25)
@given(case=format_cases.labelled())
def test_polygons_lose_nothing_as_labelme_draws_them(case):
    classes, maps = case
    found = losses.on_sample(LabelMe(), classes, maps, {"shapes": "polygons"})
    assert all(loss.is_none for loss in found)


@pytest.mark.parametrize(
    ("kind", "points", "inside", "outside", "pixels"),
    [
        ("polygon", [[5, 5], [14, 5], [14, 9], [5, 9]], (5, 5), (4, 5), 50),
        ("rectangle", [[14, 9], [5, 5]], (9, 14), (10, 14), 50),
        ("rectangle", [[5, 5], [14, 5], [14, 9], [5, 9]], (9, 14), (10, 14), 50),
        ("rotation", [[5, 5], [14, 5], [14, 9], [5, 9]], (9, 14), (10, 14), 50),
        ("circle", [[20, 15], [20, 10]], (15, 25), (15, 27), 97),
        ("line", [[5, 15], [34, 15]], (11, 20), (21, 20), None),
        ("linestrip", [[5, 15], [20, 15], [20, 28]], (25, 21), (25, 5), None),
        ("point", [[20, 15]], (15, 20), (15, 27), 97),
        ("points", [[10, 15], [30, 15]], (15, 30), (15, 20), 194),
        (None, [[5, 5], [14, 5], [14, 9], [5, 9]], (5, 5), (4, 5), 50),
    ],
)
def test_every_type_of_shape_is_drawn(kind, points, inside, outside, pixels, tmp_path):
    mask = drawn(tmp_path, shape(points, kind))
    assert mask[inside]
    assert not mask[outside]
    assert pixels is None or mask.sum() == pixels


def test_a_mask_lies_where_its_corner_is_and_what_leads_out_is_cut(tmp_path):
    cut = np.array([[1, 0], [1, 1]], bool)
    more = {"mask": picture_of(cut)}
    mask = drawn(tmp_path, shape([[38, 3], [39, 4]], "mask", **more))
    assert np.array_equal(mask[3:5, 38:40], cut)
    assert mask.sum() == 3
    assert drawn(tmp_path, shape([[39, -1], [40, 0]], "mask", **more)).sum() == 1
    assert drawn(tmp_path, shape([[-1.0, 29], [0, 30]], "mask", **more)).sum() == 0


def test_special_names_mean_what_they_mean_in_labelme(tmp_path):
    whole = [[0, 0], [39, 29]]
    found = read(
        tmp_path,
        shape(whole, "rectangle", "_background_"),
        shape([[0, 0], [9, 9]], "rectangle", "cat", group_id=3),
        shape([[0, 0], [4, 9]], "rectangle", "__ignore__"),
    )
    ground = found.classes.find("background")
    assert ground.role is Role.BACKGROUND
    assert len(found.classes) == 2
    row = found.images[0].read()[0]
    assert row[0] == 255
    assert row[9] == found.classes.find("cat").index
    assert row[20] == ground.index


def test_lines_are_said_to_be_drawn_as_labelme_does(tmp_path):
    found = read(tmp_path, shape([[5, 15], [34, 15]], "line"))
    assert any("10 pixels wide" in remark for remark in found.remarks)


def test_the_list_of_labels_gives_the_order(tmp_path):
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\nzebra\ncat\n", "utf-8")
    found = read(tmp_path, shape([[0, 0], [4, 9]], "rectangle"))
    assert [entry.name for entry in found.classes] == ["background", "zebra", "cat"]


def test_pictures_are_found_by_paths_of_windows_and_never_outside(tmp_path):
    golden_sets.picture(tmp_path / "a.png", SIZE)
    (tmp_path / "set" / "photos").mkdir(parents=True)
    golden_sets.picture(tmp_path / "set" / "photos" / "b.png", SIZE)
    for path, wanted in (("..\\photos\\b.png", "photos/b.png"), ("../a.png", None)):
        (image,) = read(tmp_path / "set", imagePath=path).images
        assert image.image == (tmp_path / "set" / wanted if wanted else None)


def test_a_picture_inside_the_file_is_left_alone(tmp_path):
    assert drawn(tmp_path, shape([[0, 0], [1, 1]], "rectangle"), imageData="!" * 1000).sum() == 4


def test_without_a_size_the_picture_says_it(tmp_path):
    golden_sets.picture(tmp_path / "a.png", SIZE)
    more = {"imageHeight": None, "imageWidth": None}
    assert drawn(tmp_path, shape([[0, 0], [1, 1]], "rectangle"), **more).shape == SIZE


@pytest.mark.parametrize(
    "wrong",
    [
        shape([[0, 0], [1, 1]], "cloud"),
        shape([[0, 0], [1, 1]], "polygon"),
        shape([[0, 0], [1e12, 1]], "line"),
        shape([[20, 15], [1e7, 10]], "circle"),
        shape([[0, 0], [1, float("nan")]], "rectangle"),
        shape([[0, 0], [1, 1, 1]], "rectangle"),
        shape([[0, 0], [1, 1]], "mask"),
        shape([[0, 0], [1, 1]], "mask", mask="not base64"),
        shape([[0, 0], [1, 1]], "mask", mask=picture_of(np.ones((90, 90), bool))),
        shape([], "polygon"),
        shape([[0, 0], [1, 1]], "rectangle", ""),
        {"points": []},
        "cat",
    ],
)
def test_a_shape_that_cannot_be_drawn_is_told(wrong, tmp_path):
    (image,) = read(tmp_path, wrong).images
    with pytest.raises(SegstudioError, match=r"a\.json"):
        image.read()


def test_one_damaged_file_does_not_keep_the_others_from_being_read(tmp_path):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "other.json").write_text("{}", "utf-8")
    found = read(tmp_path, shape([[0, 0], [1, 1]], "rectangle"))
    assert [image.name for image in found.images] == ["a", "broken"]
    with pytest.raises(SegstudioError, match=r"broken\.json"):
        found.images[1].read()


def test_a_name_that_the_list_cannot_hold_is_refused(tmp_path):
    labels = np.zeros((2, 2), np.uint8)
    with pytest.raises(SegstudioError, match="Rename it"):
        format_cases.write(LabelMe(), tmp_path, ClassTable.named(["a\nb"]), [labels])

"""CVAT for images: shapes drawn where CVAT draws them, and XML that is a trap refused."""

import zipfile

import numpy as np
import pytest
import sample_sets

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import format_table
from segstudio.formats.format_table import SOURCES

ROW = SOURCES["cvat-xml"]
GOLDEN = sample_sets.GOLDEN / "cvat-xml"


def dataset(path, shapes, width=6, height=4, labels=("road", "sky")):
    listed = "".join(f"<label><name>{name}</name></label>" for name in labels)
    (path / "annotations.xml").write_text(
        f"<annotations><meta><task><labels>{listed}</labels></task></meta>"
        f'<image id="0" name="a.png" width="{width}" height="{height}">{shapes}</image>'
        "</annotations>"
    )
    return ROW.read(path)


def drawn(path, shapes, **rest):
    (image,) = dataset(path, shapes, **rest).images
    return image.read()


def test_a_dataset_is_read_as_cvat_shows_it():
    found = ROW.read(GOLDEN)
    assert format_table.detected(GOLDEN) is ROW
    assert format_table.detected(GOLDEN / "annotations.xml") is ROW
    assert [(c.index, c.name, c.colour) for c in found.classes] == [
        (0, "road", (128, 64, 128)),
        (1, "Straße", (250, 170, 30)),
        (2, "person", (220, 20, 60)),
    ]
    first, second = found.images
    assert (first.part, second.part) == (Part.TRAINING, Part.VALIDATION)
    assert first.image == GOLDEN / "images/first.png"
    assert second.image is None
    wanted = np.full((12, 16), IGNORE_INDEX)
    wanted[6:] = 0
    # Runs of rows in 4 x 3 pixels: 1 without, 2 with, 2 without, 2 with, 1 without, 4 with.
    wanted[2, 4:6] = 1
    wanted[3, 4:6] = 1
    wanted[4, 3:7] = 1
    wanted[4:9, 10:12] = 2
    assert np.array_equal(first.read(), wanted)
    assert np.array_equal(second.read() == 2, np.flipud(np.fliplr(second.read() == 2)))
    assert 14 <= (second.read() == 2).sum() <= 22
    assert "1 × polyline, 1 × tag" in found.remarks[0]


def test_what_lies_higher_is_drawn_over_what_lies_lower(tmp_path):
    box = '<box label="{}" xtl="0" ytl="0" xbr="6" ybr="4" z_order="{}"/>'
    assert (drawn(tmp_path, box.format("road", 5) + box.format("sky", 1)) == 0).all()
    assert (drawn(tmp_path, box.format("road", 1) + box.format("sky", 1)) == 1).all()


def test_a_turned_box_is_drawn_turned(tmp_path):
    box = '<box label="road" xtl="1" ytl="3" xbr="7" ybr="5" rotation="90"/>'
    labels = drawn(tmp_path, box, width=8, height=8)
    assert np.array_equal(np.argwhere(labels == 0).min(axis=0), (1, 3))
    assert np.array_equal(np.argwhere(labels == 0).max(axis=0), (6, 4))


def test_a_polygon_that_goes_over_the_edge_is_cut_there(tmp_path):
    labels = drawn(tmp_path, '<polygon label="sky" points="-2,-2;3,-2;3,2;-2,2"/>')
    assert (labels[:2, :3] == 1).all()
    assert (labels == 1).sum() == 6


def test_labels_without_a_list_and_in_other_cases_are_one_class(tmp_path):
    box = '<box label="{}" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    found = dataset(tmp_path, box.format("ROAD") + box.format("kiosk"), labels=("road",))
    assert [entry.name for entry in found.classes] == ["road", "kiosk"]


@pytest.mark.parametrize(
    "shape",
    [
        '<mask label="road" rle="1,2" left="0" top="0" width="9" height="9"/>',
        '<mask label="road" rle="0,9" left="0" top="0" width="3" height="2"/>',
        '<mask label="road" rle="0,-6,12" left="0" top="0" width="3" height="2"/>',
        '<mask label="road" rle="0,99999999999999999999" left="0" top="0" width="3" height="2"/>',
        '<mask label="road" rle="" left="0" top="0" width="3" height="2"/>',
        '<mask label="road" rle="0,6" left="-1" top="0" width="3" height="2"/>',
        '<mask label="road" rle="0,6" left="1e400" top="0" width="3" height="2"/>',
        '<mask label="road" rle="0,6" left="4" top="0" width="3" height="2"/>',
        '<polygon label="road" points="1,2;x,4;5,6"/>',
        '<polygon label="road" points="1,2;nan,4;5,6"/>',
        '<polygon label="road" points="1,2;1e300,4;5,6"/>',
        '<polygon label="road" points="1,2,3;4,5,6;7,8,9"/>',
        '<polygon label="road"/>',
        '<box label="road" xtl="0" ytl="0" xbr="inf" ybr="1"/>',
        '<box xtl="0" ytl="0" xbr="1" ybr="1"/>',
        '<ellipse label="road" cx="1" cy="1" rx="1"/>',
    ],
)
def test_a_shape_that_cannot_be_drawn_is_told(tmp_path, shape):
    with pytest.raises(ImageError, match="annotations"):
        drawn(tmp_path, shape)


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><annotations>&c;</annotations>'
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotations>'
    "<label><name>&a;</name></label></annotations>"
)


@pytest.mark.parametrize(
    "text",
    [
        *(BILLION, OUTSIDE, "", "<annotations>", "<annotations/>", "no XML"),
        '<annotations><track label="road"/></annotations>',
        '<annotations><image name="a" width="100000" height="100000"/></annotations>',
        '<annotations><image name="a" width="-1" height="4"/></annotations>',
        '<annotations><image name="a"/></annotations>',
        "<annotations><label><name>a</name><color>#12</color></label></annotations>",
        "<a>" * 50_000,
    ],
)
def test_xml_that_is_a_trap_or_no_dataset_is_refused(tmp_path, text):
    (tmp_path / "annotations.xml").write_text(text)
    with pytest.raises(SegstudioError):
        ROW.read(tmp_path)


def test_an_image_elsewhere_is_not_taken(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "annotations.xml").write_text(
        '<annotations><image name="../secret.png" width="3" height="3"/></annotations>'
    )
    assert ROW.read(folder).images[0].image is None


def test_the_zip_that_cvat_exports_is_read_as_it_is(tmp_path):
    with zipfile.ZipFile(tmp_path / "task.zip", "w") as packed:
        packed.write(GOLDEN / "annotations.xml", "annotations.xml")
    assert format_table.detected(tmp_path / "task.zip") is ROW
    found = ROW.read(tmp_path / "task.zip")
    for image, other in zip(found.images, ROW.read(GOLDEN).images, strict=True):
        assert np.array_equal(image.read(), other.read())
    assert "unpack" in found.remarks[0]


def test_more_labels_than_fit_are_named(tmp_path):
    box = '<box label="label {}" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    with pytest.raises(ImageError, match=r"260 labels.*label 255, label 256"):
        dataset(tmp_path, "".join(box.format(number) for number in range(260)), labels=())
    many = tuple(f"unused {number}" for number in range(300))
    assert len(dataset(tmp_path, box.format(1), labels=many).classes) == 1

"""Zip files of strangers: nothing leads outside, no links, no bombs; and CVAT's masks in one."""

import stat
import zipfile

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core.classes import IGNORE_INDEX, Role
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.formats import archives, format_table
from segstudio.formats.archives import Archive
from segstudio.formats.format_table import FORMATS


def packed(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "x/../../a.png", "C:/a.png", "..\\a.png"]
)
def test_a_member_that_leads_outside_is_refused(tmp_path, name):
    path = packed(tmp_path / "a.zip", {"good.txt": "x", name: "x"})
    with pytest.raises(ImageError, match="does not lie in the folder"):
        Archive(path)
    assert archives.names_in(path) == ()


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("masks/a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ImageError, match="is a link"):
        Archive(tmp_path / "a.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("bomb.png", "w") as member,
    ):
        for _ in range(70):
            member.write(bytes(1_000_000))
    archive = Archive(path)
    with pytest.raises(ImageError, match="would swell"):
        archive.read("bomb.png")
    with pytest.raises(ImageError, match="at most 1,000 are read"):
        archive.read("bomb.png", limit=1_000)
    (tmp_path / "out").mkdir()
    with pytest.raises(ImageError, match="would swell"):
        archive.unpack(tmp_path / "out")
    archive.close()


def test_a_member_that_says_it_is_small_gives_no_more_than_that(tmp_path):
    path = packed(tmp_path / "a.zip", {"a.txt": "x" * 100_000})
    data = path.read_bytes()
    size = (100_000).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    archive = Archive(path)
    with pytest.raises(ImageError, match="could not be unpacked"):
        archive.read("a.txt")
    archive.close()


def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(ImageError, match="could not be opened"):
        Archive(tmp_path / "a.zip")
    with pytest.raises(SegstudioError):
        format_table.detected(tmp_path / "a.zip")


def test_a_harmless_zip_is_unpacked(tmp_path):
    path = packed(tmp_path / "a.zip", {"masks/": "", "masks/a.txt": "one", "b\\c.txt": "two"})
    (tmp_path / "out").mkdir()
    archive = Archive(path)
    archive.unpack(tmp_path / "out")
    archive.close()
    assert (tmp_path / "out/masks/a.txt").read_text() == "one"
    assert (tmp_path / "out/b/c.txt").read_text() == "two"


# CVAT


def png(values):
    import io

    stream = io.BytesIO()
    PillowImage.fromarray(np.asarray(values, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


LABELMAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:10,20,30::\nbus:1,2,3::\n"


def test_what_cvat_exports_is_read(tmp_path):
    path = packed(
        tmp_path / "task.zip",
        {
            "labelmap.txt": LABELMAP,
            "ImageSets/Segmentation/default.txt": "sub/a\n",
            "SegmentationClass/sub/a.png": png([[(0, 0, 0), (10, 20, 30), (1, 2, 3)]]),
            "SegmentationObject/sub/a.png": png([[(0, 0, 0), (1, 1, 1), (2, 2, 2)]]),
        },
    )
    assert format_table.detected(path) is FORMATS["cvat"]
    found = FORMATS["cvat"].read(path)
    (image,) = found.images
    assert image.name == "sub/a"
    assert image.read().tolist() == [[0, 1, 2]]
    assert next((c.name, c.role) for c in found.classes) == ("background", Role.BACKGROUND)


def test_masks_of_numbers_in_a_zip_are_read_by_the_lines_of_the_list(tmp_path):
    members = {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": png([[0, 2, 255]])}
    (image,) = FORMATS["cvat"].read(packed(tmp_path / "a.zip", members)).images
    assert image.read().tolist() == [[0, 2, IGNORE_INDEX]]


def test_a_colour_that_the_list_lacks_is_told(tmp_path):
    members = {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": png([[(9, 9, 9)]])}
    (image,) = FORMATS["cvat"].read(packed(tmp_path / "a.zip", members)).images
    with pytest.raises(ImageError, match=r"\(9, 9, 9\)"):
        image.read()


def test_a_list_for_cvat_names_every_number_and_nothing_only_where_it_is(tmp_path):
    import format_cases

    from segstudio.core.classes import ClassTable

    classes = ClassTable.named(["car", "bus"])
    for name, value in (("whole", 0), ("holes", 255)):
        labels = np.full((2, 2), value, np.uint8)
        format_cases.write(FORMATS["cvat"], tmp_path / name, classes, [labels])
        assert [path.name for path in (tmp_path / name).iterdir()] == ["annotations.zip"]
        with zipfile.ZipFile(tmp_path / name / "annotations.zip") as archive:
            lines = archive.read("labelmap.txt").decode().splitlines()[1:]
            assert archive.read("ImageSets/Segmentation/default.txt") == b"image-0\n"
        rows = [line.split(":")[0] for line in lines]
        assert rows == ["background", "car", "bus"] + (["ignore"] if value == 255 else [])

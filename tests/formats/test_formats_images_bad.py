"""Files that are no pictures, or no whole ones, and folders of pictures."""

import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from segstudio.core.errors import ImageError
from segstudio.formats import images


def a_picture(path: Path) -> Path:
    PillowImage.new("RGB", (40, 24), "teal").save(path)
    return path


READERS = [images.read_image, images.image_size, lambda path: images.thumbnail(path, (20, 20))]


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (30, 30, 3), np.uint8)
    if kind == "deep":
        return cv2.imencode(".png", noise.astype(np.uint16) * 200)[1].tobytes()
    exif = PillowImage.Exif()
    exif[images.ORIENTATION_TAG] = 6
    PillowImage.fromarray(noise).save(buffer, kind, exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("content", [b"", b"hello, this is no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_named_in_a_sentence(tmp_path, read, content):
    path = tmp_path / "bröken.png"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"bröken\.png.*\.$"):
        read(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "deep"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_picture_is_named_in_a_sentence(tmp_path, kind, share):
    data = encoded(kind)
    path = tmp_path / "half.jpg"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ImageError, match=r"half\.jpg"):
        images.read_image(path)


@settings(max_examples=150)
@given(
    st.sampled_from(("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "PPM", "deep")),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0, 1),
)
def test_no_damage_brings_another_error(tmp_path_factory, kind, damage, share):
    data = bytearray(encoded(kind))
    for place, value in damage:
        data[int(place**3 * len(data))] = value  # mostly near the start, where the header is
    path = tmp_path_factory.getbasetemp() / "damaged.png"
    path.write_bytes(data[: int(len(data) * (1 - share**4))])
    for read in READERS:
        try:
            read(path)
        except ImageError as error:
            assert "damaged.png" in str(error)  # noqa: PT017 - most damage is no error at all


@pytest.mark.parametrize("read", READERS)
def test_a_missing_file_and_a_folder_are_named(tmp_path, read):
    (tmp_path / "folder.png").mkdir()
    for name in ("folder.png", "missing.png", "x" * 300 + ".png"):
        with pytest.raises(ImageError, match=name):
            read(tmp_path / name)


@pytest.mark.parametrize("read", READERS)
def test_a_file_that_may_not_be_read_is_named_with_the_cure(tmp_path, read):
    path = a_picture(tmp_path / "secret.png")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(ImageError, match=r"secret\.png may not be read.*permissions"):
        read(path)


@pytest.mark.parametrize("read", READERS)
def test_a_refused_file_is_named_whoever_runs_the_test(tmp_path, read, monkeypatch):
    path = a_picture(tmp_path / "secret.png")

    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(PillowImage, "open", refuse)
    with pytest.raises(ImageError, match=r"secret\.png may not be read"):
        read(path)


@pytest.mark.parametrize("read", READERS)
def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded(tmp_path, read, monkeypatch):
    path = a_picture(tmp_path / "huge.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 24 * 40 - 1)
    monkeypatch.setattr(PillowImage.Image, "load", lambda _picture: pytest.fail("decoded"))
    with pytest.raises(ImageError, match=r"huge\.png has .* megapixels.*Cut it"):
        read(path)


def test_what_pillow_takes_for_an_attack_is_too_large(tmp_path, monkeypatch):
    path = a_picture(tmp_path / "huge.png")
    monkeypatch.setattr(PillowImage, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ImageError, match=r"huge\.png has over .* megapixels"):
        images.read_image(path)


def test_two_hundred_megapixels_are_not_refused(tmp_path):
    path = tmp_path / "wide.png"
    PillowImage.new("1", (20_000, 10_000)).save(path)
    assert images.image_size(path) == (20_000, 10_000)


def test_pictures_are_listed_as_people_count(tmp_path):
    names = ["img10.png", "img2.png", "IMG1.png", "a.jpg", "img02.png", "7.tif", "10.bmp", "b.JPEG"]
    for name in [*names, "notes.txt", ".hidden.png"]:
        (tmp_path / name).touch()
    for folder in ("part10", "part9", ".git", "segstudio-labels"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.png").touch()
    found = images.walk_images(tmp_path, skip=frozenset({"segstudio-labels"}))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("7.tif", "10.bmp", "a.jpg", "b.JPEG", "IMG1.png", "img02.png", "img2.png", "img10.png"),
        *("part9/x.png", "part10/x.png"),
    ]


def test_a_link_in_a_circle_is_not_followed(tmp_path):
    (tmp_path / "a.png").touch()
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert list(images.walk_images(tmp_path)) == [tmp_path / "a.png"]


def test_a_folder_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(ImageError, match="missing"):
        list(images.walk_images(tmp_path / "missing"))
    (tmp_path / "file").touch()
    with pytest.raises(ImageError, match="file"):
        list(images.walk_images(tmp_path / "file"))


def test_one_unreadable_folder_does_not_spoil_the_others(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").touch()
    scandir = os.scandir

    def refuse_b(folder: Path):
        if Path(folder).name == "b":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse_b)
    assert [path.parent.name for path in images.walk_images(tmp_path)] == ["a", "c"]
    with pytest.raises(ImageError, match="Permission denied"):
        list(images.walk_images(tmp_path / "b"))

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageOps

from segstudio.formats import images


def photo(height: int = 24, width: int = 40) -> np.ndarray:
    """Make a smooth picture whose corners differ, so that every turn shows."""
    y, x = np.mgrid[:height, :width]
    planes = [255 * y / height, 255 * x / width, 128 + 100 * np.sin(x / 9)]
    return np.stack(planes, axis=-1).astype(np.uint8)


def saved(path: Path, picture: PillowImage.Image, **options) -> Path:
    picture.save(path, **options)
    return path


def exif_of(orientation: int) -> PillowImage.Exif:
    exif = PillowImage.Exif()
    exif[images.ORIENTATION_TAG] = orientation
    return exif


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".ppm", ".PNG"])
def test_a_colour_picture_is_read_as_it_is(tmp_path, suffix):
    options = {"lossless": True} if suffix == ".webp" else {}
    path = saved(tmp_path / f"a{suffix}", PillowImage.fromarray(photo()), **options)
    image = images.read_image(path)
    assert np.array_equal(image, photo())
    assert image.dtype == np.uint8
    assert image.flags.writeable
    assert image.flags.c_contiguous
    assert images.image_size(path) == (40, 24)


def test_a_jpeg_is_read_nearly_as_it_is(tmp_path):
    path = saved(tmp_path / "a.jpg", PillowImage.fromarray(photo()), quality=92)
    difference = np.abs(images.read_image(path).astype(int) - photo())
    assert difference.mean() < 3


def test_an_encoded_png_is_the_image(tmp_path):
    (tmp_path / "a.png").write_bytes(images.encode_png(photo()))
    assert np.array_equal(images.read_image(tmp_path / "a.png"), photo())


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "LAB"])
def test_a_picture_of_another_colour_model_is_converted(tmp_path, mode):
    suffix = {"CMYK": "jpg", "YCbCr": "jpg", "LAB": "tif"}.get(mode, "png")
    path = saved(tmp_path / f"a.{suffix}", PillowImage.fromarray(photo()).convert(mode))
    with PillowImage.open(path) as picture:
        expected = np.array(picture.convert("RGB"))
    image = images.read_image(path)
    assert image.shape == (24, 40, 3)
    assert np.array_equal(image, expected)
    if mode not in {"1", "L"}:
        assert np.abs(image.astype(int) - photo()).mean() < 25


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_laid_over_white(tmp_path, mode):
    picture = PillowImage.fromarray(np.full((2, 3), 100, np.uint8)).convert(mode)
    picture.putalpha(PillowImage.fromarray(np.array([[0, 255, 51]] * 2, np.uint8)))
    image = images.read_image(saved(tmp_path / "a.png", picture))
    assert image[0].tolist() == [[255] * 3, [100] * 3, [224] * 3]


def test_a_transparent_palette_colour_becomes_white(tmp_path):
    picture = PillowImage.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
    picture.putpalette([10, 20, 30, 40, 50, 60])
    assert images.read_image(saved(tmp_path / "a.png", picture))[0].tolist() == [
        [10, 20, 30],
        [40, 50, 60],
    ]
    image = images.read_image(saved(tmp_path / "b.png", picture, transparency=0))
    assert image[0].tolist() == [[255, 255, 255], [40, 50, 60]]


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_stretched_to_eight(tmp_path, suffix, channels):
    values = np.linspace(1000, 1255, 24 * 40 * 3).reshape(24, 40, 3).astype(np.uint16)
    if channels == 1:
        values = values[..., 0]
    if channels == 4:
        values = np.dstack([values, np.full((24, 40), 65535, np.uint16)])
    done, data = cv2.imencode(f".{suffix}", values)
    assert done
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(data.tobytes())
    image = images.read_image(path)
    expected = values[..., None].repeat(3, 2) if channels == 1 else values[..., 2::-1]
    assert image.shape == (24, 40, 3)
    scale = 255 / (expected.max() - expected.min())
    assert np.abs(image - (expected - expected.min()) * scale).max() <= 0.51
    assert (image.min(), image.max()) == (0, 255)


def test_deep_alpha_is_laid_over_white_too(tmp_path):
    values = np.zeros((1, 3, 4), np.uint16)
    values[..., :3] = np.array([0, 30000, 60000])[None, :, None]
    values[..., 3] = 0, 65535, 65535
    _, data = cv2.imencode(".png", values)
    (tmp_path / "a.png").write_bytes(data.tobytes())
    assert images.read_image(tmp_path / "a.png")[0, :, 0].tolist() == [255, 128, 255]


def test_a_deep_picture_of_one_value_is_black(tmp_path):
    path = saved(tmp_path / "a.png", PillowImage.fromarray(np.full((3, 3), 700, np.uint16)))
    assert not images.read_image(path).any()


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_do_not_spoil_a_float_picture(tmp_path, odd):
    values = np.array([[0.0, 0.5, 1.0, odd]], np.float32)
    image = images.read_image(saved(tmp_path / "a.tif", PillowImage.fromarray(values)))
    assert image[0, :3, 0].tolist() == [0, 128, 255]


TURNS = {  # what EXIF's numbers mean, in numpy's words
    **{1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud},
    **{5: lambda a: np.swapaxes(a, 0, 1), 6: lambda a: np.rot90(a, -1)},
    **{7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1), 8: np.rot90},
}
LOSSLESS: dict[str, dict] = {
    **{"png": {}, "jpg": {"quality": 95}, "tif": {}, "webp": {"lossless": True}},
    **{"deep.png": {}, "deep.tif": {}},
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_turned_picture_stands_upright(tmp_path, orientation, kind):
    stored = photo()
    if kind.startswith("deep"):
        grey = photo().sum(axis=2, dtype=np.uint16)  # every turn of it looks different
        share = (grey - float(grey.min())) / (int(grey.max()) - int(grey.min()))
        stored = np.rint(share * 255).astype(np.uint8)[..., None].repeat(3, 2)
        picture = PillowImage.fromarray(grey)
    else:
        picture = PillowImage.fromarray(photo())
    path = saved(tmp_path / f"a.{kind}", picture, exif=exif_of(orientation), **LOSSLESS[kind])
    turned = TURNS[orientation](stored)
    image = images.read_image(path)
    assert image.shape == ((40, 24, 3) if orientation >= 5 else (24, 40, 3))
    assert np.abs(image.astype(int) - turned).max() <= (20 if kind == "jpg" else 1)
    if not kind.startswith("deep"):
        with PillowImage.open(path) as opened:
            assert np.array_equal(image, np.array(ImageOps.exif_transpose(opened)))
    assert images.image_size(path) == image.shape[1::-1]
    thumbnail = images.thumbnail(path, (12, 12))
    assert (thumbnail.shape[0] > thumbnail.shape[1]) == (orientation >= 5)


def deep_colour_tiff(values: np.ndarray, orientation: int) -> bytes:
    """Encode (H, W, 3) uint16 as TIFF by hand: neither Pillow nor cv2 writes these turned."""
    height, width, _ = values.shape
    entries = [
        *((256, 4, width), (257, 4, height), (258, 3, 16), (259, 3, 1), (262, 3, 2)),
        *((273, 4, 8), (274, 3, orientation), (277, 3, 3), (278, 4, height)),
        *((279, 4, values.nbytes), (284, 3, 1)),
    ]
    pixels = values.astype("<u2").tobytes()
    start = 8 + len(pixels)
    end = start + 2 + 12 * len(entries) + 4
    directory = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        if tag == 258:
            directory += struct.pack("<HHII", tag, kind, 3, end)
        else:
            directory += struct.pack("<HHII", tag, kind, 1, value)
    depths = struct.pack("<IHHH", 0, 16, 16, 16)
    return struct.pack("<2sHI", b"II", 42, start) + pixels + directory + depths


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_deep_colour_picture_stands_upright(tmp_path, orientation, suffix):
    values = photo().astype(np.uint16) * 200
    values[0, 0], values[-1, -1] = 0, 51000  # stretched from black to white
    path = tmp_path / f"a.{suffix}"
    if suffix == "tif":
        path.write_bytes(deep_colour_tiff(values, orientation))
    else:
        plain = cv2.imencode(".png", values[..., ::-1])[1].tobytes()
        body = b"eXIf" + exif_of(orientation).tobytes()[6:]
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        path.write_bytes(plain[:33] + chunk + plain[33:])
    expected = TURNS[orientation](np.rint(values / 200).astype(np.uint8))
    image = images.read_image(path)
    assert images.image_size(path) == expected.shape[1::-1]
    assert np.array_equal(image, expected)


def test_an_orientation_that_does_not_exist_is_none(tmp_path):
    for number in (0, 9, 300):
        path = saved(tmp_path / "a.jpg", PillowImage.fromarray(photo()), exif=exif_of(number))
        assert images.image_size(path) == (40, 24)
        assert images.read_image(path).shape == (24, 40, 3)


def test_the_first_frame_of_an_animation_is_taken(tmp_path):
    frames = [PillowImage.new("RGB", (5, 4), colour) for colour in ("red", "lime")]
    path = saved(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    assert (images.read_image(path) == (255, 0, 0)).all()
    assert images.thumbnail(path, (2, 2))[0, 0].tolist() == [255, 0, 0]


def test_a_picture_of_one_pixel_is_read(tmp_path):
    path = saved(tmp_path / "a.png", PillowImage.new("RGB", (1, 1), (1, 2, 3)))
    assert images.read_image(path).tolist() == [[[1, 2, 3]]]
    assert images.thumbnail(path, (50, 50)).tolist() == [[[1, 2, 3]]]


@pytest.mark.parametrize(
    "name",
    [
        "Straße ünter Ωmega 写真 😀.jpg",
        "x" * 251 + ".png",
        "写" * 83 + ".png",
        "with 'quotes' & #signs%20.png",
    ],
)
def test_odd_and_long_names_are_read(tmp_path, name):
    path = saved(tmp_path / name, PillowImage.fromarray(photo()))
    assert images.read_image(path).shape == (24, 40, 3)
    deep = PillowImage.fromarray(photo()[..., 0].astype(np.uint16))
    path = saved(path.with_suffix(".png"), deep)
    assert images.read_image(path).shape == (24, 40, 3)
    assert list(images.walk_images(tmp_path))[-1] == path


@pytest.mark.skipif(os.name != "posix", reason="such names exist on Unix only")
def test_a_name_that_is_not_utf_8_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    try:
        saved(path, PillowImage.fromarray(photo()))
    except OSError:
        pytest.skip("the file system allows UTF-8 names only")
    assert images.read_image(path).shape == (24, 40, 3)
    assert list(images.walk_images(tmp_path)) == [path]


@pytest.mark.parametrize("size", [(100, 10), (10, 100), (64, 64), (3, 200)])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_thumbnail_fits_and_fills_one_side(tmp_path, size, suffix):
    path = saved(tmp_path / f"a.{suffix}", PillowImage.new("RGB", size, (10, 200, 30)))
    small = images.thumbnail(path, (32, 24))
    assert small.dtype == np.uint8
    assert small.shape[0] <= 24
    assert small.shape[1] <= 32
    assert small.shape[0] == 24 or small.shape[1] == 32 or small.shape[:2] == size[::-1]
    assert np.abs(small.astype(int) - (10, 200, 30)).max() <= 6

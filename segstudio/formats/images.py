"""Photographs in, as RGB arrays that stand upright."""

import contextlib
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageOps, TiffImagePlugin, UnidentifiedImageError

from segstudio.core.arrays import Image
from segstudio.core.errors import ImageError
from segstudio.core.png import MAX_PIXELS  # its import also lifts Pillow's limit
from segstudio.formats import image_scan

SUFFIXES = image_scan.SUFFIXES
"""Of the files that can be opened."""
ORIENTATION_TAG = 0x0112
"""EXIF's number for how a picture is turned, 1 for upright."""


def read_image(path: Path) -> Image:
    """Read a picture of any bit depth and colour model as 8-bit RGB, EXIF orientation applied.

    Sixteen-bit pictures are stretched from their darkest to their brightest value, alpha is laid
    over white, CMYK and palettes are converted. The first frame of several is taken.

    Returns
    -------
    (H, W, 3) uint8, RGB, writable, C-contiguous

    Raises
    ------
    ImageError
        With a sentence that names the file, when it is missing, empty, truncated, too large or
        not a picture.
    """
    with _opened(path) as picture:
        if _is_deep(picture):
            return _read_deep(path, picture)
        picture.load()
        return _to_rgb(ImageOps.exif_transpose(picture))


def read_reduced(
    path: Path, enough: Callable[[int, int], tuple[int, int]]
) -> tuple[Image, tuple[int, int]]:
    """Read a copy that may be smaller than the picture, for what needs no more.

    A JPEG can be decoded at a half, a quarter or an eighth: 20 ms instead of 122 ms at 12 Mpx.

    Parameters
    ----------
    enough : callable
        Gets height and width of the upright picture and returns the least that the copy has to
        have.

    Returns
    -------
    image : (h, w, 3) uint8, RGB
    size : (height, width) of the picture itself, upright

    Raises
    ------
    ImageError
        As `read_image`.
    """
    with _opened(path) as picture:
        if _is_deep(picture):
            image = _read_deep(path, picture)
            return image, (image.shape[0], image.shape[1])
        lies = orientation(picture) >= 5
        width, height = reversed(picture.size) if lies else picture.size
        if picture.format in _REDUCIBLE:
            rows, columns = enough(height, width)
            picture.draft("RGB", (rows, columns) if lies else (columns, rows))
        is_whole = picture.size == ((height, width) if lies else (width, height))
        picture.load()
        image = _to_rgb(ImageOps.exif_transpose(picture))
        return image, (image.shape[0], image.shape[1]) if is_whole else (height, width)


_REDUCIBLE = frozenset({"JPEG", "MPO"})


def image_size(path: Path) -> tuple[int, int]:
    """Return width and height of the upright picture.

    Pixels are decoded only for a PNG without orientation, which may follow after them.

    Raises
    ------
    ImageError
        When the file is not a picture.
    """
    with _opened(path) as picture:
        width, height = picture.size
        if isinstance(picture, TiffImagePlugin.TiffImageFile):
            # Pillow gives the size of a TIFF as it will be once turned.
            width, height = picture.tag_v2[256], picture.tag_v2[257]
        return (height, width) if orientation(picture) >= 5 else (width, height)


def orientation(picture: PillowImage.Image) -> int:
    """Return the EXIF orientation of an opened picture, 1 to 8."""
    number = picture.getexif().get(ORIENTATION_TAG, 1)
    return number if number in range(1, 9) else 1


def walk_images(folder: Path, *, skip: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Yield the pictures below a folder in the order of `image_scan.scan_images`.

    Raises
    ------
    ImageError
        When the folder itself cannot be listed.
    """
    for name in image_scan.scan_images(folder, skip=skip).files:
        yield folder / name


def thumbnail(path: Path, size: tuple[int, int]) -> Image:
    """Read a small RGB copy that fits `size` (width, height), using a JPEG's own scaling.

    Raises
    ------
    ImageError
        As `read_image`.
    """
    with _opened(path) as picture:
        if _is_deep(picture):
            small = PillowImage.fromarray(_read_deep(path, picture))
        else:
            picture.draft("RGB", (size[0] * 2, size[1] * 2))
            small = PillowImage.fromarray(_to_rgb(ImageOps.exif_transpose(picture)))
        small.thumbnail(size)
        return np.array(small)


def encode_png(image: Image) -> bytes:
    """Encode an RGB image as PNG."""
    done, data = cv2.imencode(
        ".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1]
    )
    assert done
    return data.tobytes()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[PillowImage.Image]:
    """Open a picture; whatever goes wrong with it is told in a sentence that names the file."""
    try:
        if path.stat().st_size == 0:
            raise ImageError(f"{path.name} is empty (0 bytes). Copy it again from its source.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata; the pixels tell for themselves
            with PillowImage.open(path) as picture:
                _check_size(path, picture.size)
                yield picture
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{path.name} is not an image that can be read (JPEG, PNG, TIFF, WebP, BMP)."
        ) from error
    except PermissionError as error:
        raise ImageError(
            f"{path.name} may not be read: permission denied. Change its permissions and try again."
        ) from error
    except FileNotFoundError as error:
        raise ImageError(f"{path.name} is not there any more: {path}.") from error
    except MemoryError as error:
        raise ImageError(f"{path.name} is too large for the free memory.") from error
    except PillowImage.DecompressionBombError as error:
        raise _too_large(path, f"over {MAX_PIXELS / 1e6:.0f}") from error
    except _DAMAGED as error:
        raise ImageError(
            f"{path.name} could not be read: {_reason(error)}. Copy it again from its source."
        ) from error


_DAMAGED = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError),
    *(RuntimeError, struct.error, zlib.error, cv2.error),
)
"""What the readers raise for bytes that no writer wrote: Pillow trusts most fields it uses."""


def _is_deep(picture: PillowImage.Image) -> bool:
    if picture.mode.startswith(("I", "F")):
        return True
    # Pillow decodes 48-bit PNG and TIFF to 8 bits by dropping the low byte; cv2 keeps all of it.
    bits = getattr(picture, "tag_v2", {}).get(258, (8,))
    if isinstance(bits, tuple) and max(bits, default=8) > 8:
        return True
    tiles = getattr(picture, "tile", None)
    raw = tiles[0][3] if tiles else None
    rawmode = raw[0] if isinstance(raw, tuple) else raw
    return isinstance(rawmode, str) and ";16" in rawmode


def _read_deep(path: Path, picture: PillowImage.Image) -> Image:
    picture.load()  # cv2 does not tell of a file that ends too early
    # imdecode on bytes: cv2.imread cannot open non-ASCII paths on Windows.
    values = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    # cv2 turns a TIFF by itself, and nothing else when the depth is to stay unchanged.
    turn = 1 if picture.format == "TIFF" else orientation(picture)
    if values is None:
        values, turn = np.array(ImageOps.exif_transpose(picture)), 1
    elif values.ndim == 3:
        values = values[..., _RGB_ORDER[values.shape[2]]]
    upright = _turned(_to_eight_bits(values), turn)
    return np.ascontiguousarray(upright)


_RGB_ORDER = {1: [0, 0, 0], 2: [0, 0, 0, 1], 3: [2, 1, 0], 4: [2, 1, 0, 3]}
"""Where cv2's channels go, by their number."""


def _to_eight_bits(values: NDArray[Any]) -> Image:
    if values.ndim == 2:
        values = np.repeat(values[..., None], 3, axis=2)
    colours = _stretched(values[..., :3])
    if values.shape[2] == 3:
        return colours
    top = np.iinfo(values.dtype).max if np.issubdtype(values.dtype, np.integer) else 1
    alpha = values[..., 3:].astype(np.float32) / top
    laid: Image = np.rint(colours * alpha + 255 * (1 - alpha)).clip(0, 255).astype(np.uint8)
    return laid


def _stretched(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    numbers = values.astype(np.float32)
    if np.issubdtype(values.dtype, np.floating):
        known = numbers[np.isfinite(numbers)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
        numbers = np.nan_to_num(numbers, nan=low).clip(low, high)
    else:
        low, high = float(numbers.min()), float(numbers.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    stretched: NDArray[np.uint8] = np.rint((numbers - low) * scale).astype(np.uint8)
    return stretched


_TURNS = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a[::-1].swapaxes(0, 1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a[:, ::-1].swapaxes(0, 1),
}
"""What makes a picture of each EXIF orientation (tag 0x0112) stand upright."""


def _turned(values: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    turn = _TURNS.get(orientation)
    turned: NDArray[np.uint8] = values if turn is None else turn(values)
    return turned


def _to_rgb(picture: PillowImage.Image) -> Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = PillowImage.new("RGBA", layered.size, "white")
        picture = PillowImage.alpha_composite(ground, layered)
    return np.array(picture.convert("RGB"))


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_large(path, f"{size[0] * size[1] / 1e6:.0f}")


def _too_large(path: Path, megapixels: str) -> ImageError:
    return ImageError(
        f"{path.name} has {megapixels} megapixels; at most {MAX_PIXELS / 1e6:.0f} can be opened. "
        "Cut it into parts."
    )


def _reason(error: BaseException) -> str:
    text = str(error).rstrip(".")
    return "the file ends too early" if "truncated" in text.lower() else text

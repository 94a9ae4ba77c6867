"""Label maps as PNG files: one byte a pixel, with the class colours as palette."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError

MAX_PIXELS = 400_000_000
"""Larger than this and the planes of one image alone would take over 3 GB."""

# Pillow warns from 89 million pixels on and refuses 179 million: a limit for servers.
PillowImage.MAX_IMAGE_PIXELS = MAX_PIXELS

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAME_BYTES = 12
"""Length, kind and checksum around the content of a chunk."""

LEVEL = 1
"""zlib level: label maps shrink about a hundredfold at any level, and 1 is the fastest."""


_BROKEN = (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError)
"""What Pillow raises for files that are missing, damaged or far too large."""


def encode(plane: LabelMap, colours: NDArray[np.uint8] | None = None) -> bytes:
    """Encode an (H, W) uint8 plane as PNG.

    Parameters
    ----------
    plane : (H, W) uint8
    colours : (256, 3) uint8, optional
        The palette; without it the file is plain grey.
    """
    picture = PillowImage.fromarray(np.ascontiguousarray(plane), mode=None)
    if colours is not None:
        picture = picture.convert("L")
        picture.putpalette(np.ascontiguousarray(colours, np.uint8).tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=LEVEL)
    return buffer.getvalue()


def write(path: Path, plane: LabelMap, colours: NDArray[np.uint8] | None = None) -> None:
    """Write a plane as PNG, whole or not at all."""
    atomic.write_bytes(path, encode(plane, colours))


def read(path: Path) -> LabelMap:
    """Read the stored bytes of an indexed or grey 8-bit PNG, whatever its palette.

    Raises
    ------
    ImageError
        When the file cannot be read or holds something else than one byte a pixel.
    """
    try:
        return decode(path.read_bytes(), path.name)
    except OSError as error:
        raise _unreadable(path.name, error) from error


def decode(data: bytes, name: str) -> LabelMap:
    """Return the bytes of an encoded plane; `name` is what to call it in an error.

    Raises
    ------
    ImageError
        When the data is damaged or holds something else than one byte a pixel.
    """
    try:
        with PillowImage.open(io.BytesIO(data)) as picture:
            if picture.mode not in {"P", "L", "1"}:
                raise ImageError(
                    f"{name} is a colour picture ({picture.mode}), not a label map. "
                    "A label map holds one class index a pixel."
                )
            if picture.mode == "1":
                return np.array(picture.convert("L")) // 255
            return np.array(picture)
    except _BROKEN as error:
        raise _unreadable(name, error) from error


def is_whole(data: bytes) -> bool:
    """Tell whether the checksums of an encoded plane are right; Pillow does not ask for all."""
    at = len(_SIGNATURE)
    if data[:at] != _SIGNATURE:
        return False
    while at + _FRAME_BYTES <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + _FRAME_BYTES + length
        if end > len(data):
            return False
        kind = data[at + 4 : at + 8]
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(data[at + 4 : end - 4]) != checksum:
            return False
        if kind == b"IEND":
            return bool(end == len(data))
        at = end
    return False


def _unreadable(name: str, error: Exception) -> ImageError:
    return ImageError(
        f"{name} could not be read as a label map: {error}. The file is left as it is."
    )

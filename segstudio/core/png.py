"""Label maps as PNG files: one byte a pixel, with the class colours as palette."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError

LEVEL = 1
"""zlib level: label maps shrink about a hundredfold at any level, and 1 is the fastest."""


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
        with PillowImage.open(path) as picture:
            if picture.mode not in {"P", "L", "1"}:
                raise ImageError(
                    f"{path.name} is a colour picture ({picture.mode}), not a label map. "
                    "A label map holds one class index a pixel."
                )
            if picture.mode == "1":
                return np.array(picture.convert("L")) // 255
            return np.array(picture)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise ImageError(
            f"{path.name} could not be read as a label map: {error}. The file is left as it is."
        ) from error

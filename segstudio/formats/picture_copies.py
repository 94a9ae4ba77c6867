"""Pictures in a dataset: upright, copied or linked as they are, or written anew."""

import os
import shutil
from pathlib import Path
from typing import Literal

from PIL import Image as PillowImage

from segstudio.core.arrays import Image
from segstudio.core.errors import ImageError, StorageError
from segstudio.formats import images

Way = Literal["copy", "link", "none"]
"""A copy of the file, a hard link where the system allows it, or no picture at all."""

WAYS: tuple[Way, ...] = ("copy", "link", "none")

_JPEG_QUALITY = 95
_JPEG_SUFFIXES = frozenset({".jpg", ".jpeg"})


class DiskError(StorageError):
    """The disk refuses to take the export: no other image will do better."""


def suffix_of(image: Path, wanted: str) -> str:
    """Return the suffix that the copy of a picture gets.

    A picture that its EXIF turns is written anew and without loss, so that labels and pixels agree
    whoever reads them.

    Parameters
    ----------
    wanted : str
        The suffix that the format needs, or empty for any.
    """
    if wanted:
        return image.suffix if _is_of(image, wanted) and not _is_turned(image) else wanted
    return ".png" if _is_turned(image) else image.suffix


def place(image: Path, target: Path, way: Way) -> None:
    """Put a picture into a dataset, upright.

    Raises
    ------
    ImageError
        When the picture cannot be read.
    DiskError
        When it cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if _is_of(image, target.suffix) and not _is_turned(image):
            _copied(image, target, way)
        else:
            write(target, images.read_image(image))
    except OSError as error:
        raise DiskError(
            f"{image.name} could not be copied to {target.parent}: {error.strerror or error}."
        ) from error


def write(target: Path, image: Image) -> None:
    """Write pixels (H, W, 3) uint8 as a JPEG or PNG, as the suffix says.

    Raises
    ------
    DiskError
        When it cannot be written.
    """
    try:
        if target.suffix.casefold() in _JPEG_SUFFIXES:
            PillowImage.fromarray(image).save(target, quality=_JPEG_QUALITY, subsampling=0)
        else:
            target.write_bytes(images.encode_png(image))
    except OSError as error:
        raise DiskError(
            f"{target.name} could not be written: {error.strerror or error}."
        ) from error


def _copied(image: Path, target: Path, way: Way) -> None:
    if way == "link":
        try:
            os.link(image, target)
        except OSError:
            pass  # another disk, or one without links
        else:
            return
    shutil.copyfile(image, target)


def _is_of(image: Path, suffix: str) -> bool:
    own, wanted = image.suffix.casefold(), suffix.casefold()
    return own == wanted or {own, wanted} <= _JPEG_SUFFIXES


def _is_turned(image: Path) -> bool:
    try:
        with PillowImage.open(image) as picture:
            return images.orientation(picture) != 1
    except (OSError, ValueError, SyntaxError) as error:
        raise ImageError(f"{image.name} could not be read: {error}.") from error

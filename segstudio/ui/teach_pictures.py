"""The held-out images of a lesson, read to be looked at."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from segstudio.core import png
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.errors import SegstudioError
from segstudio.core.lesson import HeldOutPicture, LessonResult, Verdict
from segstudio.formats.images import read_reduced
from segstudio.ui import teach_text
from segstudio.ui.teach_end import HeldOutImage

_LONGEST_PX = 800
"""They are shown in a column of a third of that."""


def read_pictures(
    result: LessonResult, path_of: Callable[[str], Path]
) -> tuple[LessonResult, list[HeldOutImage]]:
    """Return what can be shown of a lesson; an image that is gone is left out."""
    found = []
    for picture in result.pictures:
        try:
            found.append(_read(picture, path_of(picture.name), result.verdict))
        except (SegstudioError, OSError):
            continue
    return result, found


def _read(picture: HeldOutPicture, path: Path, verdict: Verdict) -> HeldOutImage:
    is_alone = verdict in (Verdict.NOT_COMPARABLE, Verdict.FIRST)
    before = None if is_alone else picture.miou_before
    image, _ = read_reduced(path, _enough)
    height, width = _enough(*image.shape[:2])
    size = width, height
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    shown: Image = np.asarray(small, np.uint8)
    return HeldOutImage(
        picture.name,
        teach_text.picture_line(before, picture.miou_after),
        shown,
        None if is_alone or not picture.before else _labels(picture.before, picture.name, size),
        _labels(picture.after, picture.name, size),
    )


def _labels(data: bytes, name: str, size: tuple[int, int]) -> LabelMap:
    small = cv2.resize(png.decode(data, name), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, np.uint8)


def _enough(height: int, width: int) -> tuple[int, int]:
    scale = min(1.0, _LONGEST_PX / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))

"""Masks as runs, the way COCO keeps them: down the columns, zeros first (pycocotools)."""

from typing import Any

import numpy as np

from segstudio.core.arrays import Mask
from segstudio.core.errors import ImageError
from segstudio.formats import json_values

_LONGEST_NUMBER = 7
"""Characters, of 5 bits each, that a run may take: more than 32 bits are a damaged file."""


def encoded(mask: Mask) -> dict[str, Any]:
    """Return a mask (H, W) bool as COCO's RLE, ready for JSON."""
    from pycocotools import mask as rle

    found = rle.encode(np.asfortranarray(mask, np.uint8))
    return {"size": list(mask.shape), "counts": found["counts"].decode("ascii")}


def decoded(segmentation: dict[str, Any], size: tuple[int, int], source: str) -> Mask:
    """Return the mask (H, W) bool of COCO's RLE, compressed or not.

    Parameters
    ----------
    size : tuple of int
        Height and width that it has to have.
    source : str
        Which file it is of, for the sentence.

    Raises
    ------
    ImageError
        When it is damaged, or of another size.
    """
    from pycocotools import mask as rle

    if segmentation.get("size") != list(size):
        raise ImageError(
            f"{source} has a mask of the size {str(segmentation.get('size'))[:40]} for an image of "
            f"{size[0]} x {size[1]} (height, width)."
        )
    counts = segmentation.get("counts")
    try:
        if isinstance(counts, list):
            runs = [int(run) for run in json_values.numbers(counts, source)]
            if min(runs, default=-1) < 0 or sum(runs) != size[0] * size[1]:
                raise ImageError(f"{source} has a mask whose runs do not make up its image.")
            plain = {"size": list(size), "counts": runs}
            return np.asarray(rle.decode(rle.frPyObjects(plain, *size)), np.bool_)
        packed = {"size": list(size), "counts": _checked(counts, source)}
        return np.asarray(rle.decode(packed), np.bool_)
    except (ValueError, OverflowError) as error:
        raise ImageError(f"{source} has a mask that cannot be read: {error}.") from error


def _checked(counts: object, source: str) -> bytes:
    """Return compressed runs, made sure that each number in them comes to an end.

    pycocotools reads on behind the text where the last one does not.
    """
    if not isinstance(counts, str) or not counts.isascii():
        raise ImageError(f"{source} has a mask without runs.")
    text = counts.encode("ascii")
    codes = np.frombuffer(text, np.uint8).astype(np.int16) - 48
    ends = np.flatnonzero(codes & 32 == 0)
    lengths = np.diff(ends, prepend=-1)
    is_whole = codes.size > 0 and ends.size > 0 and ends[-1] == codes.size - 1
    if not is_whole or codes.min() < 0 or codes.max() > 63 or lengths.max() > _LONGEST_NUMBER:
        raise ImageError(f"{source} has a mask whose runs are damaged.")
    return text

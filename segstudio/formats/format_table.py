"""All formats of datasets; a new one is a module and a row here."""

from collections.abc import Iterable
from pathlib import Path

from segstudio.core.errors import SegstudioError
from segstudio.formats.ade20k import Ade20k
from segstudio.formats.camvid import CamVid
from segstudio.formats.cityscapes import Cityscapes
from segstudio.formats.coco import Coco
from segstudio.formats.coloured_masks import ColouredMasks
from segstudio.formats.cvat_masks import CvatMasks
from segstudio.formats.cvat_shapes import CvatShapes
from segstudio.formats.datumaro import Datumaro
from segstudio.formats.format import Format, Source
from segstudio.formats.huggingface import HuggingFace
from segstudio.formats.isat import Isat
from segstudio.formats.label_arrays import LabelArrays
from segstudio.formats.label_studio import LabelStudio
from segstudio.formats.label_tiff import LabelTiff
from segstudio.formats.labelme import LabelMe
from segstudio.formats.mmsegmentation import MmSegmentation
from segstudio.formats.native import Native
from segstudio.formats.panoptic import Panoptic
from segstudio.formats.voc import Voc
from segstudio.formats.yolo import Yolo

_WRITTEN: tuple[Format, ...] = (
    Native(),
    Voc(),
    Coco(),
    Panoptic(),
    Yolo(),
    LabelMe(),
    Datumaro(),
    Cityscapes(),
    Ade20k(),
    MmSegmentation(),
    HuggingFace(),
    CvatMasks(),
    ColouredMasks(),
    LabelTiff(),
    LabelArrays(),
    CamVid(),
)
_ONLY_READ: tuple[Source, ...] = (CvatShapes(), LabelStudio(), Isat())

FORMATS: dict[str, Format] = {row.name: row for row in _WRITTEN}
"""Those that can be written, by name, in the order in which they are offered."""
SOURCES: dict[str, Source] = {row.name: row for row in (*_WRITTEN, *_ONLY_READ)}
"""Those that can be read."""


def find(name: str) -> Format:
    """Return a format to write.

    Raises
    ------
    SegstudioError
        When there is none of that name.
    """
    if name not in FORMATS:
        raise SegstudioError(f"There is no format “{name}”. There are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def find_source(name: str) -> Source:
    """Return a format to read.

    Raises
    ------
    SegstudioError
        When there is none of that name.
    """
    if name not in SOURCES:
        raise SegstudioError(f"There is no format “{name}”. There are: {', '.join(SOURCES)}.")
    return SOURCES[name]


def options_of(row: Format, words: Iterable[str]) -> dict[str, str]:
    """Return what was chosen of a format's options, from words such as ``shape=polygon``.

    Raises
    ------
    SegstudioError
        When there is no such option or value; the sentence lists what there is.
    """
    chosen = {option.name: option.values[0] for option in row.options}
    known = {option.name: option.values for option in row.options}
    for word in words:
        name, _, value = word.partition("=")
        if value not in known.get(name, ()):
            there = "; ".join(f"{key}={'|'.join(values)}" for key, values in known.items())
            raise SegstudioError(f"{row.title} has no option “{word}”. It has: {there or 'none'}.")
        chosen[name] = value
    return chosen


def detected(path: Path) -> Source:
    """Return the format of a folder or file.

    Raises
    ------
    SegstudioError
        When it is of none, or of several; the sentence says how to choose.
    """
    if not path.exists():
        raise SegstudioError(f"{path} is not there. Check the path.")
    found = [row for row in SOURCES.values() if row.is_here(path)]
    if len(found) > 1:
        # Every export has the list of classes that our own folders are known by.
        found = [row for row in found if not isinstance(row, Native)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SegstudioError(
            f"{path} is of none of the formats that can be read ({', '.join(SOURCES)}). If it is "
            "one of them, name it: --from."
        )
    names = " or ".join(row.name for row in found)
    raise SegstudioError(f"{path} could be {names}. Name the format: --from.")

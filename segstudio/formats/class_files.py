"""The list of classes that lies in a dataset: our classes.json, or what others write."""

from pathlib import Path

from segstudio.core.classes import ClassTable, from_rows, write_classes
from segstudio.formats import class_lists, texts

OURS = "classes.json"

_OTHERS = (
    class_lists.LABELMAP.file_name,
    class_lists.TABLE.file_name,
    class_lists.NAMES.file_name,
    "class_names.txt",
    "labels.txt",
)


def ours(folder: Path) -> ClassTable | None:
    """Read the classes.json of a folder, or return None where there is none.

    Raises
    ------
    SegstudioError
        When it is no list of classes.
    """
    file = folder / OURS
    if not file.is_file():
        return None
    return from_rows(texts.read_json(file, class_lists.MAX_BYTES), OURS)


def any_list(folder: Path) -> ClassTable | None:
    """Read the list of classes of a folder, whichever of the usual ones it has.

    Raises
    ------
    SegstudioError
        When it is no list of classes.
    """
    found = ours(folder)
    if found is not None:
        return found
    file = next((folder / name for name in _OTHERS if (folder / name).is_file()), None)
    return None if file is None else class_lists.read(file)


def write(folder: Path, classes: ClassTable) -> None:
    """Write classes.json."""
    write_classes(folder / OURS, classes)

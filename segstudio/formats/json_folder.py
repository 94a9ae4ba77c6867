"""Folders with a JSON file for each image: which files there are, and of which kind."""

from pathlib import Path

from segstudio.core.errors import ImageError
from segstudio.formats import image_scan

_PEEKED_FILES = 3
_PEEKED_BYTES = 65_536

_OTHERS = frozenset({"classes.json", "export_report.json", "dataset_meta.json", "id2label.json"})
"""Files beside an export, which belong to no image."""


def files(path: Path) -> list[Path]:
    """Return the JSON files below a folder in natural order, or the path itself if it is one.

    Raises
    ------
    ImageError
        When the folder cannot be listed.
    """
    if path.is_file():
        return [path] if path.suffix.casefold() == ".json" else []
    try:
        found = [file for file in path.rglob("*.json") if _is_of_an_image(file)]
    except OSError as error:
        raise ImageError(f"{path} cannot be listed: {error.strerror or error}.") from error
    return sorted(found, key=lambda file: image_scan.order(file.relative_to(path).as_posix()))


def begins_with(path: Path, *words: str) -> bool:
    """Tell whether one of the first JSON files has some words at its beginning.

    A folder is looked at with the folders in it, and no deeper.
    """
    for file in _first(path):
        try:
            with file.open("rb") as opened:
                text = opened.read(_PEEKED_BYTES).decode("utf-8", "ignore")
        except OSError:
            continue
        if all(word in text for word in words):
            return True
    return False


def _first(path: Path) -> list[Path]:
    if not path.is_dir():
        return files(path) if path.is_file() else []
    found: list[Path] = []
    try:
        inner = sorted(child for child in path.iterdir() if child.is_dir())
        for folder in [path, *inner]:
            found += sorted(file for file in folder.glob("*.json") if _is_of_an_image(file))
            if len(found) >= _PEEKED_FILES:
                break
    except OSError:
        return found  # what cannot be listed is of no format
    return found[:_PEEKED_FILES]


def _is_of_an_image(file: Path) -> bool:
    return file.name.casefold() not in _OTHERS and not file.name.startswith(".")

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
        found = [
            file
            for file in path.rglob("*.json")
            if file.name.casefold() not in _OTHERS and not file.name.startswith(".")
        ]
    except OSError as error:
        raise ImageError(f"{path} cannot be listed: {error.strerror or error}.") from error
    return sorted(found, key=lambda file: image_scan.order(file.relative_to(path).as_posix()))


def begins_with(path: Path, words: tuple[str, ...]) -> bool:
    """Tell whether one of the first JSON files has some words at its beginning."""
    for file in (files(path) if path.exists() else [])[:_PEEKED_FILES]:
        try:
            with file.open("rb") as opened:
                text = opened.read(_PEEKED_BYTES).decode("utf-8", "ignore")
        except OSError:
            continue
        if all(word in text for word in words):
            return True
    return False

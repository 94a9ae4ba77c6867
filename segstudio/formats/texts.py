"""Text and JSON from files that somebody else wrote: of limited size, with a sentence if broken."""

import json
from pathlib import Path
from typing import Any

from segstudio.core.errors import ImageError

LARGEST_TEXT_BYTES = 1_000_000_000
"""The largest annotation files in use, of COCO with polygons, have about half of it."""


def read_text(path: Path, limit: int = LARGEST_TEXT_BYTES) -> str:
    """Read a text file in UTF-8, with or without a mark at its beginning.

    Raises
    ------
    ImageError
        When it cannot be read, is larger than `limit` bytes, or is no text.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise ImageError(
                f"{path.name} has {size:,} bytes; at most {limit:,} are read. Is it the right file?"
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImageError(f"{path.name} could not be read as text: {error}.") from error


def read_json(path: Path, limit: int = LARGEST_TEXT_BYTES) -> Any:
    """Read a JSON file.

    Raises
    ------
    ImageError
        As `read_text`, and where it is no JSON.
    """
    return parse_json(read_text(path, limit), path.name)


def parse_json(text: str, name: str) -> Any:
    """Return the values of a JSON text; `name` is what to call it in an error.

    Raises
    ------
    ImageError
        When it is none, or nested too deep.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImageError(f"{name} is no complete JSON file: {error}.") from error


def json_text(content: Any) -> str:
    """Return content as a JSON file, readable for people."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def lines(path: Path, limit: int = LARGEST_TEXT_BYTES) -> list[str]:
    """Return the lines of a text file that have something in them, without spaces around."""
    return [line.strip() for line in read_text(path, limit).splitlines() if line.strip()]

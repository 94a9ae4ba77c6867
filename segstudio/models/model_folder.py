"""Folders as Hugging Face keeps models in: config.json, weights, and a README with a licence."""

import json
import re
from pathlib import Path
from typing import Any

from segstudio.core.errors import ModelError

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")

_LARGEST_TEXT_BYTES = 4_000_000
_LICENCE = re.compile(r"^license(?:_name)?:[ \t]*[\"']?([^\"'\r\n#]+)", re.MULTILINE)
_NOT_FOR_MONEY = re.compile(r"\bnc\b|non-?commercial|research|nvidia|apple|^other\b", re.IGNORECASE)


def folder_of(path: Path) -> Path:
    """Return the folder of a model where one of its files was chosen; the path itself if not."""
    is_part = path.is_file() and path.name in (CONFIG, *WEIGHTS)
    return path.parent if is_part and (path.parent / CONFIG).is_file() else path


def config(folder: Path) -> dict[str, Any]:
    """Return the description that lies in a folder; empty where there is none.

    Raises
    ------
    ModelError
        When it cannot be read.
    """
    return read_json(folder / CONFIG)


def read_json(path: Path) -> dict[str, Any]:
    """Return the values of a JSON file; empty where there is no such file.

    Raises
    ------
    ModelError
        When it holds something else.
    """
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > _LARGEST_TEXT_BYTES:
            raise ValueError("it is too large")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path.name} in {path.parent.name} cannot be read ({error}). Copy the folder again "
            "from its source."
        ) from error
    if not isinstance(values, dict):
        raise ModelError(f"{path.name} in {path.parent.name} describes no model.")
    return values


def weights(folder: Path) -> Path:
    """Return the file of weights in a folder.

    Raises
    ------
    ModelError
        When there is none.
    """
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise ModelError(
        f"{folder.name} holds a description and no weights. It should have a file {WEIGHTS[0]}: "
        "fetch the folder again."
    )


def licence(folder: Path) -> tuple[str, bool]:
    """Return the licence that the README begins with, and whether it allows use for money.

    A licence that is only called “other” is taken to be one that does not.
    """
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(_LARGEST_TEXT_BYTES)
    except OSError:
        return "", True
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    found = " ".join(dict.fromkeys(name.strip() for name in _LICENCE.findall(head)))
    return found, is_for_money(found)


def is_for_money(licence: str) -> bool:
    """Tell whether a licence allows use for money, as far as its name says."""
    return _NOT_FOR_MONEY.search(licence.replace("-", " ").replace("_", " ")) is None

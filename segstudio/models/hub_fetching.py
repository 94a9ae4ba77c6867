"""Models of Hugging Face by the name of their repository: the few files that are needed."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segstudio.core.errors import ModelError
from segstudio.models import fetching
from segstudio.models.fetching import Report
from segstudio.models.model_folder import CONFIG, WEIGHTS

ENDPOINT = "HF_ENDPOINT"
"""Environment variable that names another place with the same addresses, as their own tools do."""

_HOME = "https://huggingface.co"
_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_TEXTS = (CONFIG, "preprocessor_config.json", "README.md")
_LISTING = "files.json"
_INSTEAD = "Fetch the repository on another computer, and import its folder here."


@dataclass(frozen=True)
class _File:
    """A file of a repository; the hash is empty where only a short text is kept."""

    name: str
    size_bytes: int
    sha256: str


def is_repository(text: str) -> bool:
    """Tell whether a text may be the name of a repository, such as ``someone/model``."""
    return _REPOSITORY.fullmatch(text) is not None


def fetch(repository: str, folder: Path, report: Report, should_stop: Callable[[], bool]) -> Path:
    """Fetch description, weights and README of a repository; an earlier try is gone on with.

    Parameters
    ----------
    folder : Path
        In which a folder of the repository's whole name is made.

    Returns
    -------
    Path
        Of that folder, which `importing.inspect` reads.

    Raises
    ------
    Cancelled
        When `should_stop` says so; what is here is kept.
    ModelError
        When the repository cannot be had, or holds no model.
    StorageError
        When the folder cannot be written.
    """
    home = os.environ.get(ENDPOINT, "").rstrip("/") or _HOME
    place = folder / repository  # two people may give a name to other models
    listing = place / _LISTING
    listing.unlink(missing_ok=True)  # it may have changed since
    address = f"{home}/api/models/{repository}?blobs=true"
    fetching.fetch(address, listing, sha256_prefix="", should_stop=should_stop, instead=_INSTEAD)
    version, files = _read(listing, repository)
    total, before = sum(file.size_bytes for file in files), 0
    for file in files:
        path = place / file.name
        if not file.sha256:
            path.unlink(missing_ok=True)  # without a hash an older one could not be told
        done = before
        fetching.fetch(
            f"{home}/{repository}/resolve/{version}/{file.name}",
            path,
            sha256_prefix=file.sha256,
            report=lambda here, _, done=done: report(done + here, total),  # type: ignore[misc]
            should_stop=should_stop,
            instead=_INSTEAD,
        )
        before += file.size_bytes
    return place


def _read(listing: Path, repository: str) -> tuple[str, list[_File]]:
    """Return the version of a repository and its files that are needed."""
    try:
        values = json.loads(listing.read_text(encoding="utf-8"))
        there = {file.name: file for file in _files(values["siblings"])}
        version = str(values["sha"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"What {repository} holds could not be read. Try again later. {_INSTEAD}"
        ) from error
    weights = next((name for name in WEIGHTS if name in there), None)
    if CONFIG not in there or weights is None:
        raise ModelError(
            f"{repository} holds no model that this program can read: it needs {CONFIG} and "
            f"{' or '.join(WEIGHTS)}. Choose another repository."
        )
    return version, [there[name] for name in (*_TEXTS, weights) if name in there]


def _files(rows: list[dict[str, Any]]) -> Iterator[_File]:
    for row in rows:
        kept = row.get("lfs") or {}
        size = int(kept.get("size") or row.get("size") or 0)
        yield _File(str(row["rfilename"]), size, str(kept.get("sha256") or ""))

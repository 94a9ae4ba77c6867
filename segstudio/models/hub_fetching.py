"""Models of Hugging Face by the name of their repository: the few files that are needed."""

import json
import os
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from segstudio.core.errors import ModelError
from segstudio.models import fetching
from segstudio.models.fetching import Report
from segstudio.models.model_folder import CONFIG, WEIGHTS

ENDPOINT = "HF_ENDPOINT"
"""Environment variable that names another place with the same addresses, as their own tools do."""

_HOME = "https://huggingface.co"
_TEXTS = (CONFIG, "preprocessor_config.json", "README.md")
_LISTING = "files.json"
_INSTEAD = "Fetch the repository on another computer, and import its folder here."
_REFUSALS = frozenset({401, 403, 404, 410})
"""401 is the answer for a repository that nobody has as well."""

_NOT_THERE = "There is no repository {0} on {1} that everybody may read. Check its name."
_NOT_GIVEN = (
    "The files of {0} are given only to those who have agreed to its terms. Agree on {1}, fetch "
    "it with that account, and import its folder here."
)


@dataclass(frozen=True)
class _File:
    """A file of a repository; the hash is empty where only a short text is kept."""

    name: str
    size_bytes: int
    sha256: str


def page(repository: str) -> str:
    """Return the address at which people read about a repository."""
    return f"{_home()}/{repository}"


def fetch(
    repository: str,
    folder: Path,
    report: Report,
    should_stop: Callable[[], bool],
    check: Callable[[Path], None] = lambda _path: None,
) -> Path:
    """Fetch description, weights and README of a repository; an earlier try is gone on with.

    Parameters
    ----------
    folder : Path
        In which a folder of the repository's whole name is made.
    check : callable, optional
        Takes that folder before the weights are there, and raises where they are not worth it.

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
    place = folder / repository  # two people may give a name to other models
    version, files = _read(_list(repository, place, should_stop), repository)
    total, before = sum(file.size_bytes for file in files), 0
    for file in files:
        if file.name in WEIGHTS:
            check(place)
        path = place / file.name
        if not file.sha256:
            path.unlink(missing_ok=True)  # without a hash an older one could not be told
        done = before
        _fetch(
            f"{repository}/resolve/{version}/{file.name}",
            path,
            _NOT_GIVEN.format(repository, page(repository)),
            sha256_prefix=file.sha256,
            report=lambda here, _, done=done: report(done + here, total),  # type: ignore[misc]
            should_stop=should_stop,
        )
        before += file.size_bytes
    return place


def _home() -> str:
    return os.environ.get(ENDPOINT, "").rstrip("/") or _HOME


def _list(repository: str, place: Path, should_stop: Callable[[], bool]) -> Path:
    """Fetch what a repository holds, as it is now."""
    listing = place / _LISTING
    listing.unlink(missing_ok=True)  # it may have changed since
    refused = _NOT_THERE.format(repository, urlsplit(_home()).netloc)
    return _fetch(f"api/models/{repository}?blobs=true", listing, refused, should_stop=should_stop)


def _fetch(
    address: str,
    path: Path,
    refused: str,
    *,
    should_stop: Callable[[], bool],
    sha256_prefix: str = "",
    report: Report = lambda _done, _total: None,
) -> Path:
    """Fetch a file below the home of all repositories; `refused` is told where it is not given."""
    try:
        return fetching.fetch(
            f"{_home()}/{address}",
            path,
            sha256_prefix=sha256_prefix,
            report=report,
            should_stop=should_stop,
            instead=_INSTEAD,
            has_mirror=False,
        )
    except ModelError as error:
        answer = error.__cause__
        if isinstance(answer, urllib.error.HTTPError) and answer.code in _REFUSALS:
            raise ModelError(refused) from error
        raise


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

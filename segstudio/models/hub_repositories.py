"""Repositories of Hugging Face on their way into the person's own store."""

import contextlib
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from segstudio.core.model_proposal import ModelProposal
from segstudio.models import hub_fetching, hub_folder, library_folder, store
from segstudio.models.fetching import Report

_FORGOTTEN_S = 7 * 24 * 3600.0
"""What was fetched, or a part of it, and not taken in for so long will not be."""


def fetch(repository: str, report: Report, should_stop: Callable[[], bool]) -> ModelProposal:
    """Fetch a repository, and look at it; it is proposed under a name that is free here.

    Raises
    ------
    Cancelled
        When `should_stop` says so; what is here is kept.
    ModelError
        When it cannot be had, or holds no model that can be used here.
    StorageError
        When it cannot be written.
    """
    _tidy()
    path = hub_fetching.fetch(repository, _folder(), report, should_stop, _check)
    return replace(store.inspect(path), source=hub_fetching.page(repository))


def forget(path: Path) -> None:
    """Remove a folder that was fetched only to be taken in; any other one is left alone."""
    if path.parent.parent != _folder():
        return
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()  # where no other model of that person is there


def _folder() -> Path:
    return store.folder() / ".fetched"


def _check(path: Path) -> None:
    """Refuse by its description what could not be used, before its weights are fetched."""
    for origin in (hub_folder, library_folder):
        if origin.is_such(path):
            origin.check(path)


def _tidy() -> None:
    for path in _folder().glob("*/*"):
        with contextlib.suppress(OSError):
            newest = max(p.stat().st_mtime for p in (path, *path.iterdir()))
            if newest < time.time() - _FORGOTTEN_S:
                forget(path)

"""Published models, fetched and taken into the person's own store."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.models import fetching, importing, published, store
from segstudio.models.entry import ModelEntry
from segstudio.models.fetching import Report
from segstudio.models.published import PublishedModel


def find(name: str) -> PublishedModel:
    """Return a published model by name.

    Raises
    ------
    ModelError
        When there is none; the sentence lists the names.
    """
    if name not in published.MODELS:
        names = ", ".join(published.MODELS)
        raise ModelError(f"There is no model called “{name}” to fetch. There are: {names}.")
    return published.MODELS[name]


def fetch_file(
    model: PublishedModel, folder: Path, report: Report, should_stop: Callable[[], bool]
) -> Path:
    """Fetch the file of a model into a folder, as its authors published it.

    Raises
    ------
    Cancelled, ModelError, StorageError
        As `fetching.fetch`.
    """
    return fetching.fetch(
        model.address,
        folder / model.file_name,
        sha256_prefix=model.sha256_start,
        report=report,
        should_stop=should_stop,
        instead=f"Take {model.address} on another computer, and import the file here.",
    )


def fetch(name: str, report: Report, should_stop: Callable[[], bool]) -> ModelEntry:
    """Fetch a model and take it into the store.

    Raises
    ------
    Cancelled
        When `should_stop` says so; what is here is kept for the next time.
    ModelError
        When it cannot be had, or is here already.
    StorageError
        When it cannot be written.
    """
    model = find(name)
    for own in store.entries():
        if own.name == name or (isinstance(own, ModelEntry) and own.spec.published == name):
            raise ModelError(f"{model.title} is on this computer already, as “{own.name}”.")
    path = fetch_file(model, store.folder() / ".fetched", report, should_stop)
    proposal = importing.inspect(path)
    entry = store.take_in(replace(proposal, name=model.name, title=model.title), should_stop)
    with contextlib.suppress(OSError):  # its weights are in the store
        path.unlink()
    return entry

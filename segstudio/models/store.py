"""The person's own models: one folder each, which appears and goes as a whole.

Several windows and commands may use the store at once: a model is put together in a folder
whose name begins with a dot, and gets its name by one move.
"""

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from segstudio.core import atomic, file_names, places
from segstudio.core.errors import Cancelled, ModelError, StorageError
from segstudio.core.model_proposal import ModelProposal
from segstudio.core.model_values import ModelValues
from segstudio.models import bundled, checkpoint, entry, proposed, published
from segstudio.models.entry import DamagedEntry, ModelEntry

LONGEST_NAME = 80
"""In bytes; names are typed on the command line."""

_UNFINISHED = ".unfinished-"
_REMOVED = ".removed-"
_FORGOTTEN_S = 24 * 3600.0
"""Nothing takes so long: a folder of that age was left behind by a process that was ended."""


def folder() -> Path:
    """Return the folder of the person's own models; it may not exist yet."""
    return places.user_folder() / "models"


def entries() -> list[ModelEntry | DamagedEntry]:
    """Return the person's own models by name, damaged ones among them."""
    return [entry.read(name, _file(name), "own") for name in names()]


def names() -> list[str]:
    """Return the names of the person's own models."""
    try:
        inside = sorted(folder().iterdir())
    except OSError:
        return []
    return [path.name for path in inside if not path.name.startswith(".") and path.is_dir()]


def find(name: str) -> Path | None:
    """Return the file of one of the person's own models; None where there is no such model."""
    return _file(name) if name in names() else None


def inspect(path: Path) -> ModelProposal:
    """Look at a model from elsewhere; it is proposed under a name that is free here.

    Raises
    ------
    ModelError
        As `importing.inspect`.
    """
    from segstudio.models import importing

    return _under_free_name(importing.inspect(path))


def _under_free_name(proposal: ModelProposal) -> ModelProposal:
    base = file_names.safe(proposal.name, LONGEST_NAME)
    taken, name, title, number = _taken(proposal), base, proposal.title, 2
    while name.casefold() in taken:
        # The title as well, or two entries of every list would read the same.
        name, title = f"{base}-{number}", f"{proposal.title} {number}"
        number += 1
    return replace(proposal, name=name, title=title)


def take_in(proposal: ModelProposal, should_stop: Callable[[], bool] = lambda: False) -> ModelEntry:
    """Take a model from elsewhere into the store.

    Raises
    ------
    Cancelled
        When `should_stop` says so before the model is there.
    ModelError
        When it cannot be used as proposed, or there is a model of that name.
    StorageError
        When the store cannot be written.
    """
    from segstudio.models import importing

    name = file_names.safe(proposal.name, LONGEST_NAME)
    if name.casefold() in _taken(proposal):
        raise _taken_sentence(name)
    made = _new_folder(_UNFINISHED)
    try:
        importing.take_in(replace(proposal, name=name), made)
        if should_stop():
            raise Cancelled
        _move(made, folder() / name, lambda: _taken_sentence(name))
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return _entry(name)


def rename(name: str, title: str) -> ModelEntry:
    """Give a model another title; its weights stay as they are, to the last bit.

    Raises
    ------
    ModelError
        When there is no such model among the person's own, or the title is empty.
    StorageError
        When the file cannot be written.
    """
    found, shown = _entry(name), " ".join(title.split())
    if not shown:
        raise ModelError("A model needs a title of at least one letter.")
    checkpoint.rewrite_spec(found.path, replace(found.spec, title=shown))
    return _entry(name)


def set_values(name: str, values: ModelValues) -> ModelEntry:
    """Let a model expect other values of its input; its weights stay as they are.

    What was measured with the values before says nothing any more, and is forgotten.

    Raises
    ------
    ModelError
        When there is no such model among the person's own, the values do not suit it, or it is
        one that others have published with theirs.
    StorageError
        When the file cannot be written.
    """
    found = _entry(name)
    spec = proposed.with_values(found.spec, values)
    if spec == found.spec:
        return found
    if found.spec.published:
        raise ModelError(f"“{name}” works with the values that it was published with.")
    checkpoint.rewrite_spec(found.path, replace(spec, metrics={}, temperature=1.0))
    return _entry(name)


def remove(name: str) -> None:
    """Delete a model with all that belongs to it.

    Raises
    ------
    ModelError
        When there is no such model among the person's own.
    StorageError
        When it cannot be removed.
    """
    if name not in names():
        raise _missing(name)
    gone = folder() / f"{_REMOVED}{secrets.token_hex(8)}"
    _move(folder() / name, gone, lambda: _missing(name))
    shutil.rmtree(gone, ignore_errors=True)
    if read_default() == name:
        set_default(bundled.DEFAULT)


def read_default() -> str:
    """Return the name that was chosen as default, whether there is such a model or not."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return _default_file().read_text(encoding="utf-8").strip() or bundled.DEFAULT
    return bundled.DEFAULT


def set_default(name: str) -> None:
    """Choose the model that is used when none is named.

    Raises
    ------
    ModelError
        When there is no such model on this computer.
    StorageError
        When the choice cannot be kept.
    """
    if name not in bundled.files() and name not in names():
        raise _missing(name)
    atomic.write_text(_default_file(), f"{name}\n")


def _default_file() -> Path:
    return folder() / "default.txt"


def _file(name: str) -> Path:
    return folder() / name / f"{name}{checkpoint.SUFFIX}"


def _entry(name: str) -> ModelEntry:
    if name not in names():
        raise _missing(name)
    found = entry.read(name, _file(name), "own")
    if isinstance(found, DamagedEntry):
        raise ModelError(found.sentence)
    return found


def _taken(proposal: ModelProposal) -> set[str]:
    """Return the names that it may not have; not all systems tell upper from lower case.

    Names of published models are kept for those, which may come from a file as well.
    """
    kept = () if proposal.kind == "torchvision" else published.MODELS
    return {name.casefold() for name in (*bundled.files(), *names(), *kept)}


def _new_folder(prefix: str) -> Path:
    """Make a folder for what is not finished, and remove those that nobody will finish."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        for path in (*place.glob(f"{_UNFINISHED}*"), *place.glob(f"{_REMOVED}*")):
            if path.stat().st_mtime < time.time() - _FORGOTTEN_S:
                shutil.rmtree(path, ignore_errors=True)
        made = place / f"{prefix}{secrets.token_hex(8)}"
        made.mkdir()
    except OSError as error:
        raise StorageError(
            f"The folder of models {place} cannot be written: {error.strerror or error}."
        ) from error
    return made


def _move(source: Path, target: Path, why: Callable[[], ModelError]) -> None:
    """Move a folder at once; `why` tells what it means that another process was first."""
    try:
        source.rename(target)
    except OSError as error:
        if target.exists() or not source.exists():
            raise why() from error
        raise StorageError(
            f"{source.name} could not be changed in {source.parent}: {error.strerror or error}. "
            "Close other programs that use it and try again."
        ) from error


def _taken_sentence(name: str) -> ModelError:
    return ModelError(f"There is a model called “{name}” already. Choose another name.")


def _missing(name: str) -> ModelError:
    if name in bundled.files():
        return ModelError(f"“{name}” comes with the program and stays as it is.")
    known = ", ".join(names()) or "none yet"
    return ModelError(f"There is no model of your own called “{name}”. Yours are: {known}.")

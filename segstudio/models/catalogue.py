"""All models on this computer: with the program, the person's own, and those taught in projects."""

from collections.abc import Iterable
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.models import bundled, checkpoint, entry, published, store, taught
from segstudio.models.entry import DamagedEntry, ModelEntry

DEFAULT = bundled.DEFAULT
"""The model to use when none is chosen."""


def installed(taught_names: Iterable[str] = ()) -> list[ModelEntry | DamagedEntry]:
    """Return every model on this computer, damaged ones too: the one to use by default first.

    Parameters
    ----------
    taught_names : iterable of str
        Models that were taught in a project; those of other projects are not among the answer.
    """
    found = [entry.read(name, path, "bundled") for name, path in bundled.files().items()]
    found += store.entries()
    found += taught.entries(taught_names)
    default, _ = default_model()
    return sorted(found, key=lambda model: model.name != default)  # which keeps the order


def default_model() -> tuple[str, str]:
    """Return the name of the model to use when none is chosen.

    Returns
    -------
    name : str
    told : str
        Empty, or the sentence that says why it is another one than was chosen.
    """
    chosen = store.read_default()
    if chosen == DEFAULT:
        return DEFAULT, ""
    path = bundled.files().get(chosen) or store.find(chosen)
    if path is None:
        what = f"The default model “{chosen}” is not there any more"
    elif isinstance(entry.read(chosen, path, "own"), DamagedEntry):
        what = f"The file of the default model “{chosen}” is damaged"
    else:
        return chosen, ""
    return DEFAULT, f"{what}; {DEFAULT} is used. Choose another default model."


def find(name_or_file: str) -> Path:
    """Return the file of a model by its name, or the file itself.

    Raises
    ------
    ModelError
        When it is neither; the sentence lists the names, or says how to take in a foreign model.
    """
    path = (
        bundled.files().get(name_or_file) or store.find(name_or_file) or taught.find(name_or_file)
    )
    if path is not None:
        return path
    path = Path(name_or_file).expanduser()
    if path.exists():
        if path.suffix == checkpoint.SUFFIX and path.is_file():
            return path
        raise ModelError(
            f"{path.name} is not a model file of this program. If it is a model of another one, "
            f"take it in first, in the list of models or by: segstudio models import {path}"
        )
    if name_or_file in published.MODELS:
        raise ModelError(
            f"“{name_or_file}” is not on this computer yet. Fetch it in the list of models, or by: "
            f"segstudio models fetch {name_or_file}"
        )
    names = ", ".join((*bundled.files(), *store.names())) or "none"
    if path.suffix == checkpoint.SUFFIX or len(path.parts) > 1:
        raise ModelError(
            f"The model file {path} is not there. Check the path, or use one of the models on "
            f"this computer: {names}."
        )
    raise ModelError(
        f"There is no model called “{name_or_file}”. The models on this computer are: {names}; "
        "the path of a model file works as well."
    )

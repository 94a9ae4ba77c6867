"""Writing a model for others: a file of this program, and what other programs read."""

import shutil
from collections.abc import Callable
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.errors import ModelError
from segstudio.models import catalogue, checkpoint


def export(name_or_file: str, target: Path, form: str) -> Path:
    """Write a model in one of `FORMS`.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ModelError
        When there is no such model or form, or the model cannot be written in that form.
    StorageError
        When the place cannot be written.
    """
    if form not in FORMS:
        raise ModelError(f"There is no form called “{form}”. Choose one of {', '.join(FORMS)}.")
    return FORMS[form](catalogue.find(name_or_file), target)


def form_of(target: Path) -> str:
    """Return the form that a person means by the name of a target."""
    return _BY_SUFFIX.get(target.suffix.lower(), "library")


def _copy(path: Path, target: Path) -> Path:
    checkpoint.read_spec(path)  # a damaged file is not handed on
    if target.is_dir():
        target = target / path.name
    with atomic.replacing(target) as temporary:
        shutil.copyfile(path, temporary)
    return target


def _as_onnx(path: Path, target: Path) -> Path:
    from segstudio.models import onnx_export

    if target.is_dir():
        target = target / f"{path.stem}.onnx"
    spec, network = checkpoint.load(path)
    onnx_export.export(spec, network, target)
    return target


def _as_library_folder(path: Path, target: Path) -> Path:
    from segstudio.models import library_export

    spec, network = checkpoint.load(path)
    library_export.save(spec, network, target)
    return target


FORMS: dict[str, Callable[[Path, Path], Path]] = {
    "onnx": _as_onnx,
    "library": _as_library_folder,
    "segstudio": _copy,
}
"""How to write a model file at a target, by the name of the form."""

_BY_SUFFIX = {".onnx": "onnx", checkpoint.SUFFIX: "segstudio"}

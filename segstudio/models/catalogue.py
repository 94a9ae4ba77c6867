"""The models that come with the program, and models by name or file."""

from dataclasses import dataclass
from pathlib import Path

from segstudio import assets
from segstudio.core.errors import ModelError
from segstudio.models import checkpoint
from segstudio.models.spec import ModelSpec

DEFAULT = "scenes"
"""The model to use when none is chosen."""


@dataclass(frozen=True)
class ModelEntry:
    """A model and where its file is."""

    name: str
    path: Path
    spec: ModelSpec


def embedded() -> list[ModelEntry]:
    """Return the bundled models, the default one first, then by name.

    Raises
    ------
    ModelError
        When one of their files is damaged.
    """
    paths = sorted(assets.path("models").glob(f"*{checkpoint.SUFFIX}"), key=_order)
    return [ModelEntry(path.stem, path, checkpoint.read_spec(path)) for path in paths]


def find(name_or_file: str) -> Path:
    """Return the file of a bundled model, or the file itself.

    Raises
    ------
    ModelError
        When it is neither; the sentence lists the bundled names.
    """
    bundled = {p.stem: p for p in assets.path("models").glob(f"*{checkpoint.SUFFIX}")}
    if name_or_file in bundled:
        return bundled[name_or_file]
    path = Path(name_or_file).expanduser()
    if path.is_file():
        return path
    names = ", ".join(sorted(bundled)) or "none"
    if path.suffix == checkpoint.SUFFIX or len(path.parts) > 1:
        raise ModelError(
            f"The model file {path} is not there. Check the path, or use one of the bundled "
            f"models: {names}."
        )
    raise ModelError(
        f"There is no model called “{name_or_file}”. The bundled models are: {names}; "
        "the path of a model file works as well."
    )


def _order(path: Path) -> tuple[bool, str]:
    return path.stem != DEFAULT, path.stem

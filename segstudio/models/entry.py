"""A model on this computer: its name, its file, and what the file says of itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint
from segstudio.models.spec import ModelSpec

Home = Literal["bundled", "own", "taught"]
"""Comes with the program, is kept in the person's own folder of models, or was taught in a project
and is kept there."""


@dataclass(frozen=True)
class ModelEntry:
    """A model and where its file is."""

    name: str
    path: Path
    spec: ModelSpec
    home: Home = "bundled"


@dataclass(frozen=True)
class DamagedEntry:
    """A model whose file cannot be used, and the sentence that says why."""

    name: str
    path: Path
    sentence: str
    home: Home


def read(name: str, path: Path, home: Home) -> ModelEntry | DamagedEntry:
    """Read what a model file says of itself, without its weights."""
    try:
        return ModelEntry(name, path, checkpoint.read_spec(path), home)
    except ModelError as error:
        return DamagedEntry(name, path, str(error), home)

"""A taught model that goes with an exported dataset: ``model/NAME.safetensors``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.errors import StorageError
from segstudio.core.file_names import safe

FOLDER = "model"
SUFFIX = ".safetensors"
MAX_NAME_BYTES = 200


@dataclass(frozen=True)
class ModelFile:
    """A model to go along.

    Attributes
    ----------
    name, title : str
        What its file and what people call it.
    read : callable
        Returns its content, which may be large: it is asked for once.
    """

    name: str
    title: str
    read: Callable[[], bytes]


def write(model: ModelFile, content: bytes, folder: Path) -> str:
    """Write a model below the folder of a dataset, read it back, and return its place there.

    Raises
    ------
    StorageError
        When it cannot be written, or does not read back as it was.
    """
    # A project from somebody else may have any name in it.
    place = f"{FOLDER}/{safe(model.name, MAX_NAME_BYTES)}{SUFFIX}"
    target = folder / place
    atomic.write_bytes(target, content)
    try:
        is_same = target.read_bytes() == content
    except OSError:
        is_same = False
    if not is_same:
        raise StorageError(
            f"The model {model.title} did not read back as it was written. "
            "The disk may be failing: export to another one."
        )
    return place

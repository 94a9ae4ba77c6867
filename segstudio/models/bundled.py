"""The files of the models that come with the program."""

from pathlib import Path

from segstudio import assets
from segstudio.models.checkpoint import SUFFIX

DEFAULT = "scenes"
"""The model to use when none is chosen."""


def files() -> dict[str, Path]:
    """Return the files by name, the default one first, then in the order of their names."""
    paths = sorted(assets.path("models").glob(f"*{SUFFIX}"), key=_order)
    return {path.stem: path for path in paths}


def _order(path: Path) -> tuple[bool, str]:
    return path.stem != DEFAULT, path.stem

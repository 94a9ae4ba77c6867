"""Models that were taught in projects, as far as their files are on this computer."""

from collections.abc import Iterable
from pathlib import Path

from segstudio.core import taught_files
from segstudio.models import entry
from segstudio.models.entry import DamagedEntry, ModelEntry


def find(name: str) -> Path | None:
    """Return the file of a taught model by its name; None where it is not here."""
    return taught_files.find(name)


def entries(names: Iterable[str]) -> list[ModelEntry | DamagedEntry]:
    """Return some taught models by their names, damaged ones among them, without those not here."""
    found = ((name, taught_files.find(name)) for name in names)
    return [entry.read(name, path, "taught") for name, path in found if path is not None]

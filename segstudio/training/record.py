"""What it takes to repeat a training, for the file of the model that came of it."""

import hashlib
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio import __version__
from segstudio.core.classes import to_rows
from segstudio.training.crops import Photos
from segstudio.training.group import Group
from segstudio.training.settings import TrainSettings

_LIBRARIES = ("torch", "torchvision", "timm", "segmentation-models-pytorch", "numpy")
_ELSEWHERE = ("out", "resume", "name", "title", "licence", "note", "refine")
"""Settings that change nothing, or stand in the description of the model."""


def of(
    settings: TrainSettings,
    photos: Photos,
    pixels: NDArray[np.int64],
    device: torch.device,
    group: Group,
) -> dict[str, Any]:
    """Return settings, data, start and surroundings of a training as JSON types.

    Of folders and files only the names are told: the model may be given away.
    """
    counts = pixels.sum(axis=0).tolist()
    return {
        "program": __version__,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "device": device.type,
        "processes": group.size,
        "settings": _plain(settings),
        "start": _file(settings.start),
        "data": {
            "images": len(photos),
            "pixels": dict(zip((c.name for c in settings.classes), counts, strict=True)),
            "sha256": photos.sha256,
        },
    }


def _plain(settings: TrainSettings) -> dict[str, Any]:
    values = asdict(settings)
    for name in (*_ELSEWHERE, "start"):
        values.pop(name)
    values["classes"] = to_rows(settings.classes)
    return {n: v.name if isinstance(v, Path) else v for n, v in values.items()}


def _file(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    with path.open("rb") as stream:
        return {"name": path.stem, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

"""A folder of images to keep labels of, which may turn read-only."""

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.project.folder import FolderStore

SIZE = (4, 6)


class Places:
    """A folder of images and the user's data folder; a new store is a new start of the program."""

    def __init__(self, root: Path) -> None:
        self.images = root / "photos"
        self.fallback = root / "data"
        self.images.mkdir(exist_ok=True)

    def store(self) -> FolderStore:
        return FolderStore(self.images, self.fallback)

    def index_of(self, name: str) -> int:
        """Return the class that a new start of the program finds all over an image."""
        loaded = self.store().load(self.images / name, SIZE)
        assert loaded is not None
        (index,) = np.unique(loaded.planes.labels).tolist()
        return index

    def painted(self, index: int, ink: int = Ink.PERSON) -> Planes:
        """Return the planes of an image that is all of one class."""
        return Planes(np.full(SIZE, index, np.uint8), np.full(SIZE, ink, np.uint8))

    def files(self) -> dict[str, bytes]:
        """Return the content of every file below the images."""
        found = sorted(path for path in self.images.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in found}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


@pytest.fixture
def read_only(places, monkeypatch):
    """Return a switch that makes the folder of images read-only, whoever runs the tests."""
    access, open_, mkdir = os.access, os.open, os.mkdir
    state = {"on": True}

    def is_inside(path: object) -> bool:
        return Path(str(path)).is_relative_to(places.images)

    def may(path: object, mode: int, **options: bool) -> bool:
        refused = state["on"] and mode & os.W_OK and is_inside(path)
        return not refused and access(path, mode, **options)

    def open_or_refuse(path: object, flags: int, *rest: int, **options: int) -> int:
        if state["on"] and flags & os.O_CREAT and is_inside(path):
            raise OSError(30, "Read-only file system")
        return open_(path, flags, *rest, **options)

    def mkdir_or_refuse(path: object, mode: int = 0o777) -> None:
        if state["on"] and is_inside(path):
            raise OSError(30, "Read-only file system")
        mkdir(path, mode)

    def rename_or_refuse(path: Path, target: Path) -> Path:
        if state["on"] and is_inside(path):
            raise OSError(30, "Read-only file system")
        os.rename(path, target)  # noqa: PTH104 - the method itself is replaced
        return target

    def switch(*, on: bool) -> None:
        state["on"] = on

    monkeypatch.setattr(os, "access", may)
    monkeypatch.setattr(os, "open", open_or_refuse)
    monkeypatch.setattr(os, "mkdir", mkdir_or_refuse)
    monkeypatch.setattr(Path, "rename", rename_or_refuse)
    return switch

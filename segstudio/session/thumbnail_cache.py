"""Thumbnails kept on disk from one run to the next, within a limit."""

import contextlib
import hashlib
import os
from pathlib import Path

from segstudio.core import atomic, places
from segstudio.core.arrays import Image
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.formats.images import read_image
from segstudio.formats.jpeg import encode_jpeg

LIMIT_BYTES = 200 * 2**20
_SUFFIX = ".jpg"


class ThumbnailCache:
    """Keeps small pictures by key; for one thread at a time."""

    def __init__(self, folder: Path | None = None, limit: int = LIMIT_BYTES) -> None:
        """Use a folder, by default in the user's own; it may not exist yet."""
        self._folder = folder or places.user_folder() / "cache" / "thumbnails"
        self._limit = limit
        self._size: int | None = None

    def get(self, key: str) -> Image | None:
        """Return a kept picture, (H, W, 3) uint8 RGB; None when there is none to use."""
        path = self._path(key)
        try:
            os.utime(path)  # it was wanted now: the oldest go first
            return read_image(path)
        except (OSError, SegstudioError):
            return None

    def put(self, key: str, image: Image) -> None:
        """Keep a picture; a disk that refuses costs time at the next start, no more."""
        data = encode_jpeg(image)
        with contextlib.suppress(StorageError):
            atomic.write_bytes(self._path(key), data)
            self._size = self._measured() if self._size is None else self._size + len(data)
            if self._size > self._limit:
                self._make_room()

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / name[:2] / f"{name[2:]}{_SUFFIX}"

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.rglob(f"*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        return found

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _make_room(self) -> None:
        """Remove the oldest until a tenth of the limit is free."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= 0.9 * self._limit:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                left -= size
        self._size = left

"""Arrays that two processes see, without copying them through a pipe.

A block is a file mapped into memory: in /dev/shm where that exists, else, or when it is full, in
the folder for temporary files. A pickled array stalls the window for 0.68 s at 12 Mpx, a mapped
one for 24 ms.
"""

import contextlib
import mmap
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegstudioError

PREFIX = "segstudio-"
_MEMORY_FOLDER = Path("/dev/shm")


@dataclass(frozen=True)
class SharedArray:
    """Where an array lies; small enough to send through a pipe.

    Attributes
    ----------
    path : str
    shape : tuple of int
    dtype : str
    """

    path: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize

    def open(self) -> NDArray[Any]:
        """Return the array itself, writable; its memory is freed with the last view of it.

        Raises
        ------
        SegstudioError
            When the block has been removed.
        """
        try:
            with Path(self.path).open("r+b") as file:
                view = mmap.mmap(file.fileno(), max(1, self.nbytes))
        except (OSError, ValueError) as error:
            raise SegstudioError(
                "A picture that was handed to the model is gone. Try again."
            ) from error
        count = int(np.prod(self.shape, dtype=np.int64))
        return np.frombuffer(view, self.dtype, count=count).reshape(self.shape)

    def remove(self) -> None:
        """Remove the block; whoever has it open keeps it until then."""
        with contextlib.suppress(OSError):
            Path(self.path).unlink()


def allocate(shape: tuple[int, ...], dtype: str) -> SharedArray:
    """Make a block whose every byte is really there.

    In a container with a small /dev/shm the first write to a block that is only promised kills
    the process (SIGBUS); allocating it for real turns that into an error here.

    Raises
    ------
    SegstudioError
        When neither shared memory nor the disk has room.
    """
    wanted = SharedArray("", shape, dtype).nbytes
    for folder in _folders():
        with contextlib.suppress(OSError):
            return SharedArray(_reserved(folder, max(1, wanted)), shape, dtype)
    raise SegstudioError(
        f"There is no room for this image: {wanted / 2**20:.0f} MB are needed, in memory or in "
        f"{tempfile.gettempdir()}. Close other programs or free some disk space; "
        "your labels are untouched."
    )


def share(array: NDArray[Any]) -> SharedArray:
    """Copy an array into a new block."""
    block = allocate(array.shape, array.dtype.str)
    if array.size:
        block.open()[...] = array
    return block


@contextlib.contextmanager
def shared(array: NDArray[Any]) -> Iterator[SharedArray]:
    """Copy an array into a block that is removed at the end of the ``with``."""
    block = share(array)
    try:
        yield block
    finally:
        block.remove()


def remove_blocks_of(pid: int) -> None:
    """Remove what a process that has ended left behind."""
    for folder in _folders():
        for path in folder.glob(f"{PREFIX}{pid}-*"):
            with contextlib.suppress(OSError):
                path.unlink()


def free_bytes() -> int | None:
    """Return the free bytes of shared memory; None where there is no folder for it."""
    if not _MEMORY_FOLDER.is_dir() or not hasattr(os, "statvfs"):
        return None
    numbers = os.statvfs(_MEMORY_FOLDER)
    return numbers.f_bavail * numbers.f_frsize


def _folders() -> Iterator[Path]:
    if _MEMORY_FOLDER.is_dir() and os.access(_MEMORY_FOLDER, os.W_OK):
        yield _MEMORY_FOLDER
    yield Path(tempfile.gettempdir())


def _reserved(folder: Path, size: int) -> str:
    handle, name = tempfile.mkstemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder)
    try:
        try:
            _reserve(handle, size)
        finally:
            os.close(handle)
    except OSError:
        Path(name).unlink()
        raise
    return name


def _reserve(handle: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    empty = bytes(2**20)
    left = size
    while left > 0:
        left -= os.write(handle, empty[: min(left, len(empty))])

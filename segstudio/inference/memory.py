"""How much memory is free, how an error says that it was not enough, and how it is given back."""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

UNKNOWN_BYTES = 2 * 2**30
"""What is taken for free where the system does not say."""

_SENTENCES = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "insufficient memory",
    "bad allocation",
    "bad_alloc",
    "failed to allocate",
)


def free_bytes(device: torch.device) -> int:
    """Return how many bytes a network may still take on a device."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        # torch keeps blocks that it does not use at the moment.
        idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free + idle)
    if device.type == "mps":
        most = torch.mps.recommended_max_memory()
        return int(most - torch.mps.current_allocated_memory())
    return free_ram()


def free_ram(root: Path = Path("/")) -> int:
    """Return how many bytes of main memory are free: of the machine, and of this container.

    Parameters
    ----------
    root : Path
        Where ``proc`` and ``sys`` lie.
    """
    bounds = [*_machine_bytes(root), *_container_bytes(root)]
    return max(0, min(bounds)) if bounds else UNKNOWN_BYTES


def is_shortage(error: BaseException) -> bool:
    """Tell whether an error means that memory was not enough."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError | OSError) and any(s in text for s in _SENTENCES)


def release(device: torch.device) -> None:
    """Give back what is not used any more; to be called outside of the error's ``except``.

    An error that is still being handled keeps the frames that it came through, and they keep
    their arrays.
    """
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def _machine_bytes(root: Path) -> Iterator[int]:
    if sys.platform == "win32":
        yield _windows_bytes()
        return
    for line in _text(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
            return
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        # Half of what is built in: macOS tells only by a program of its own what is free.
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _container_bytes(root: Path) -> Iterator[int]:
    """Yield what each limit that this process lives under has left."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, kinds, place = line.split(":", 2)
        if kinds == "":
            folder, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
            unused = "inactive_file"
        elif "memory" in kinds.split(","):
            folder = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
            unused = "total_inactive_file"
        else:
            continue
        inner = folder / place.strip("/")
        for level in (inner, *inner.parents):
            if level.is_relative_to(folder):
                yield from _left(level, *names, unused)


def _left(folder: Path, limit: str, used: str, unused: str) -> Iterator[int]:
    most, taken = _text(folder / limit).strip(), _text(folder / used).strip()
    if not most.isdigit() or not taken.isdigit():
        return  # "max", or no such limit
    # Copies of files, which the system drops when memory is wanted.
    rows = (line.split() for line in _text(folder / "memory.stat").splitlines())
    dropped = sum(int(row[1]) for row in rows if len(row) == 2 and row[0] == unused)
    yield int(most) - int(taken) + dropped


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


class _WindowsStatus(ctypes.Structure):
    """What GlobalMemoryStatusEx fills in."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "free", "t", "f", "v", "w", "x")),
    )


def _windows_bytes() -> int:
    status = _WindowsStatus()
    status.length = ctypes.sizeof(status)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009  mypy knows it on Windows only
    library.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free)

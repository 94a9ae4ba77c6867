"""How much memory a computation takes at its highest point."""

import gc
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from segstudio.core.errors import SegstudioError

MEGABYTE = 1024 * 1024


def growth_mb(work: Callable[..., object], *arguments: Any) -> float:
    """Return the memory that a function takes beside its arguments, in megabytes.

    It runs in a fresh process, where nothing that was freed before can be taken again.

    Parameters
    ----------
    work : callable
        A function of a module.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measured, work, *arguments).result()


def _measured(work: Callable[..., object], *arguments: Any) -> float:
    gc.collect()
    forget = Path("/proc/self/clear_refs")
    if not forget.exists():
        raise SegstudioError("The memory of a process can be measured on Linux only.")
    forget.write_text("5", "ascii")  # the highest point counts from here
    before = _status_kb("VmRSS")
    work(*arguments)
    return (_status_kb("VmHWM") - before) * 1024 / MEGABYTE


def _status_kb(name: str) -> int:
    rows = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(row for row in rows if row.startswith(name)).split()[1])

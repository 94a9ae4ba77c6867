"""Computing the same on every repetition, on devices that would not of themselves."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def on(device: torch.device, *, wanted: bool) -> Iterator[None]:
    """Compute what follows in the same order every time, as far as torch can.

    A processor does so anyway.
    """
    if not wanted or device.type != "cuda":
        yield
        return
    # cuBLAS reads it when it is used for the first time
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*deterministic.*")
            yield
    finally:
        torch.use_deterministic_algorithms(before)

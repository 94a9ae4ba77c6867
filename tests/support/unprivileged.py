"""A place where rights count, also for tests that run as root."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def place_with_rights() -> Iterator[Path]:
    """Give a folder of a user who may not write what is closed to him."""
    if not hasattr(os, "geteuid"):
        pytest.skip("rights are others here")
    folder = Path(tempfile.mkdtemp(prefix="segstudio-rights-"))
    was_root = os.geteuid() == 0
    if was_root:
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)


def close(folder: Path) -> None:
    """Take the right to write a folder and its files away."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)


def reopen(folder: Path) -> None:
    """Give it back."""
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)

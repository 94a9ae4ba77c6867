"""Damaged and malicious datasets: a sentence, and nothing else, whatever the bytes are."""

import contextlib
import random
import shutil

import numpy as np
import pytest
import sample_sets

from segstudio.core.errors import SegstudioError
from segstudio.formats.format_table import SOURCES

TEMPTING = (
    *(b"..", b"/", b"/etc/passwd", b"\\", b"-1", b"255", b"256", b"99999999999", b"1e999", b"NaN"),
    *(b"null", b"[]", b"{}", b'"', b"'", b"\0", b"\xff", b"\n", b"", b"(" * 300, b"[" * 3000),
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of the things that go wrong with files."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in "..")
        kind = chance.randrange(6)
        if kind == 0 and data:
            at = chance.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at]
        elif kind == 2:
            data = data[:at] + data[end:]
        elif kind == 3:
            data = data[:end] + data[at:end] + data[end:]
        elif kind == 4:
            data = data[:at] + chance.choice(TEMPTING) + data[at:]
        else:
            data = (
                data[:at]
                + bytes(chance.randrange(256) for _ in range(min(8, end - at)))
                + data[end:]
            )
    return data


def read_all(row, folder):
    for image in row.read(folder).images:
        with contextlib.suppress(SegstudioError):
            labels = image.read()
            assert labels.dtype == np.uint8
            assert labels.ndim == 2


@pytest.mark.parametrize("name", sample_sets.READ)
def test_damaged_datasets_are_refused_with_a_sentence(name, tmp_path, request):
    row, whole = SOURCES[name], sample_sets.GOLDEN / name
    shutil.copytree(whole, tmp_path / "set")
    files = [path for path in sorted((tmp_path / "set").rglob("*")) if path.is_file()]
    files = [path for path in files if not {"images", "leftImg8bit"} & set(path.parts)]
    for seed in range(request.config.getoption("--fuzz")):
        chance = random.Random(f"{name} {seed}")
        file = chance.choice(files)
        before = file.read_bytes()
        file.write_bytes(damaged(before, chance))
        try:
            with contextlib.suppress(SegstudioError):
                row.is_here(tmp_path / "set")
                read_all(row, tmp_path / "set")
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, {file.name}") from error
        finally:
            file.write_bytes(before)


@pytest.mark.parametrize("name", sample_sets.READ)
def test_files_that_are_missing_are_refused_with_a_sentence(name, tmp_path):
    row = SOURCES[name]
    for gone in sorted((sample_sets.GOLDEN / name).rglob("*")):
        shutil.rmtree(tmp_path / "set", ignore_errors=True)
        shutil.copytree(sample_sets.GOLDEN / name, tmp_path / "set")
        path = tmp_path / "set" / gone.relative_to(sample_sets.GOLDEN / name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
            path.mkdir()  # something of that name is there, but no file
        with contextlib.suppress(SegstudioError):
            read_all(row, tmp_path / "set")

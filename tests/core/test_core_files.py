"""Whole files and shared arrays."""

import errno
import os
import stat
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core import atomic, shared
from segstudio.core.errors import SegstudioError, StorageError


def test_a_file_is_written_whole_with_its_folders(tmp_path):
    path = tmp_path / "new" / "folder" / "a.txt"
    atomic.write_text(path, "für Ω")
    assert path.read_bytes() == "für Ω".encode()
    assert os.listdir(path.parent) == ["a.txt"]  # noqa: PTH208 - hidden names too


def fail_while_writing(path: Path, error: Exception) -> None:
    with atomic.replacing(path) as temporary:
        temporary.write_text("half", "utf-8")
        raise error


def test_a_failure_keeps_the_old_file_and_leaves_no_other(tmp_path):
    path = tmp_path / "a.txt"
    atomic.write_text(path, "old")
    with pytest.raises(ZeroDivisionError):
        fail_while_writing(path, ZeroDivisionError())
    with pytest.raises(StorageError, match=r"a\.txt.*No space"):
        fail_while_writing(path, OSError(errno.ENOSPC, "No space left on device"))
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_refused_move_keeps_the_old_file_and_leaves_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    atomic.write_text(path, "old")

    def refuse(*_args: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError, match="Permission denied"):
        atomic.write_text(path, "new")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StorageError, match=r"a\.txt could not be written"):
        atomic.write_text(tmp_path / "file" / "a.txt", "text")


@pytest.mark.skipif(os.name != "posix", reason="permissions as on Unix")
def test_a_new_file_gets_the_permissions_that_the_umask_gives(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("", "utf-8")
    atomic.write_text(tmp_path / "a.txt", "text")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path):
    path = tmp_path / ("é" * 125 + ".json")
    atomic.write_bytes(path, b"data")
    assert path.read_bytes() == b"data"


def test_a_name_that_is_not_utf_8_can_be_written_into_a_file(tmp_path):
    atomic.write_text(tmp_path / "a.json", '"photo\udce4.jpg"')
    assert (tmp_path / "a.json").read_bytes() == b'"photo\\udce4.jpg"'


dtypes = st.sampled_from((np.uint8, np.float16, np.float32, np.int64))


@given(dtypes.flatmap(lambda d: arrays(d, array_shapes(min_dims=1, max_dims=3, min_side=0))))
def test_a_shared_array_is_the_array_that_was_shared(array):
    with shared.shared(array) as block:
        again = block.open()
        assert again.shape == array.shape
        assert again.dtype == array.dtype
        assert again.tobytes() == array.tobytes()
        assert block.nbytes == array.nbytes
        if array.size:
            again[...] = 1
            assert (block.open() == 1).all()
    assert not Path(block.path).exists()


def test_a_view_outlives_the_removal_of_its_block():
    block = shared.share(np.arange(1000))
    view = block.open()
    block.remove()
    block.remove()
    assert view.sum() == 499500
    with pytest.raises(SegstudioError, match="gone"):
        block.open()


def test_a_block_that_was_cut_short_is_an_error_and_no_crash():
    block = shared.share(np.zeros(5000))
    os.truncate(block.path, 10)
    with pytest.raises(SegstudioError, match="gone"):
        block.open()
    block.remove()


@pytest.fixture
def folders(tmp_path, monkeypatch) -> tuple[Path, Path]:
    memory, temporary = tmp_path / "memory", tmp_path / "temporary"
    memory.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(shared, "_MEMORY_FOLDER", memory)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return memory, temporary


def full(monkeypatch, folders: tuple[Path, ...]) -> None:
    """Let the disk be full in some folders."""
    reserve = shared._reserve

    def reserve_or_refuse(handle: int, size: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().parent in folders:
            raise OSError(errno.ENOSPC, "No space left on device")
        reserve(handle, size)

    monkeypatch.setattr(shared, "_reserve", reserve_or_refuse)


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")


@needs_proc
def test_a_full_shared_memory_is_replaced_by_a_temporary_file(folders, monkeypatch):
    memory, temporary = folders
    full(monkeypatch, (memory,))
    with shared.shared(np.arange(10)) as block:
        assert Path(block.path).parent == temporary
        assert block.open().tolist() == list(range(10))
        assert list(memory.iterdir()) == []


@needs_proc
def test_no_room_anywhere_is_told_in_a_sentence_and_leaves_no_file(folders, monkeypatch):
    full(monkeypatch, folders)
    with pytest.raises(SegstudioError, match="your labels are untouched"):
        shared.share(np.zeros(10))
    assert [list(folder.iterdir()) for folder in folders] == [[], []]


def test_a_folder_that_cannot_be_used_is_no_room(folders, monkeypatch):
    monkeypatch.setattr(shared, "_MEMORY_FOLDER", folders[0] / "not there")
    monkeypatch.setattr(tempfile, "tempdir", str(folders[1] / "not there"))
    with pytest.raises(SegstudioError, match="no room"):
        shared.share(np.zeros(10))


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="needs posix_fallocate")
def test_every_byte_is_allocated_when_the_block_is_made(monkeypatch):
    asked = []
    monkeypatch.setattr(os, "posix_fallocate", lambda _handle, _start, size: asked.append(size))
    shared.allocate((100, 10), "<f4").remove()
    shared.allocate((0, 10), "<f4").remove()
    assert asked == [4000, 1]


def test_without_fallocate_the_bytes_are_written(monkeypatch):
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    block = shared.allocate((3 * 2**20 + 5,), "|u1")
    assert Path(block.path).stat().st_size == 3 * 2**20 + 5
    block.remove()


def test_the_blocks_of_an_ended_process_can_be_removed(folders):
    mine = shared.share(np.zeros(3))
    strange = folders[0] / f"{shared.PREFIX}{os.getpid()}9-abc"
    strange.write_bytes(b"x")
    shared.remove_blocks_of(os.getpid())
    assert not Path(mine.path).exists()
    assert strange.exists()

"""Size, time and digest of files."""

import hashlib

import pytest

from segstudio.core.file_facts import CHUNK_BYTES, FileFacts, FileStamp, facts_of


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_the_digest_is_that_of_the_whole_content(tmp_path, size):
    content = bytes(range(251)) * (size // 251 + 1)
    path = tmp_path / "ünï Ж.png"
    path.write_bytes(content[:size])
    stat = path.stat()
    expected = hashlib.sha256(content[:size]).hexdigest()
    facts = facts_of(path)
    assert facts == FileFacts(size, stat.st_mtime_ns, expected)
    assert facts.stamp == FileStamp(size, stat.st_mtime_ns)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        facts_of(tmp_path / "gone.png")

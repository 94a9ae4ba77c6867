"""Files from a server on this computer, whole, broken off, changed and refused."""

import errno
import socket
import threading

import pytest
from file_server import FileServer

from segstudio.core.errors import Cancelled, ModelError, StorageError
from segstudio.core.file_lock import locked
from segstudio.models import fetching

CONTENT = bytes(range(256)) * 1200


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    server = FileServer(CONTENT)
    yield server
    server.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "models" / "model.bin"


def fetch(server, path, **settings):
    settings.setdefault("sha256_prefix", server.sha256[:8])
    return fetching.fetch(server.address, path, **settings)


def names(path):
    return sorted(p.name for p in path.parent.iterdir())


def broken_off(server, path, at=100_000):
    """Leave a part behind as a fetch that was stopped does."""
    seen = []

    def stop_at_last(done, _total):
        seen.append(done)

    server.breaks_after = at
    with pytest.raises(Cancelled):
        fetch(
            server,
            path,
            report=stop_at_last,
            should_stop=lambda: bool(seen) and seen[-1] == at,
        )
    assert not path.exists()
    assert path.with_name("model.bin.part").stat().st_size == at


def test_a_file_comes_whole_with_progress_and_nothing_beside_it(server, path):
    seen = []
    assert fetch(server, path, report=lambda *words: seen.append(words)) == path
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    assert names(path) == ["model.bin"]


def test_what_is_here_already_is_not_fetched_again(server, path):
    fetch(server, path)
    fetch(server, path)
    assert server.ranges == [None]


def test_a_connection_that_breaks_off_is_taken_up_where_it_broke(server, path):
    server.breaks_after = 100_000
    fetch(server, path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-"]


def test_a_stopped_fetch_goes_on_the_next_time(server, path):
    broken_off(server, path)
    server.ranges.clear()
    seen = []
    fetch(server, path, report=lambda *words: seen.append(words))
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=100000-"]
    assert seen[0] == (100_000, len(CONTENT))
    assert names(path) == ["model.bin"]


@pytest.mark.parametrize("change", ["content", "ranges", "address", "facts", "longer"])
def test_a_part_of_another_file_is_not_gone_on_with(server, path, change):
    broken_off(server, path)
    part = path.with_name("model.bin.part")
    if change == "content":
        server.content = CONTENT[::-1]
    elif change == "ranges":
        server.has_ranges = False
    elif change == "facts":
        path.with_name("model.bin.part.json").write_text("{", encoding="utf-8")
    elif change == "longer":
        part.write_bytes(b"x" * (len(CONTENT) + 9))
    if change == "address":
        address = server.address.replace("model.bin", "other.bin")
        fetching.fetch(address, path, sha256_prefix=server.sha256)
    else:
        fetch(server, path)
    assert path.read_bytes() == server.content


def test_a_server_that_names_no_version_is_asked_for_the_whole_again(server, path):
    server.has_tag = False
    server.breaks_after = 100_000
    fetch(server, path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, None]


def test_a_file_of_another_hash_is_removed(server, path):
    with pytest.raises(ModelError, match="not the file that it should be"):
        fetch(server, path, sha256_prefix="0123abcd")
    assert names(path) == []


@pytest.mark.parametrize(("status", "words"), [(404, "not there any more"), (403, "refuses")])
def test_a_refusal_is_told_at_once(server, path, status, words):
    server.statuses = [status]
    with pytest.raises(ModelError, match=words):
        fetch(server, path)
    assert len(server.ranges) == 1


def test_a_server_that_is_busy_is_asked_again(server, path):
    server.statuses = [503, 502, 429]
    assert fetch(server, path).read_bytes() == CONTENT
    server.statuses = [503] * 9
    path.unlink()
    with pytest.raises(ModelError, match="cannot answer now"):
        fetch(server, path)


def test_nobody_who_answers_is_a_sentence_that_says_what_else_can_be_done(path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    with socket.socket() as reserved:  # bound and not listening: whoever connects is refused
        reserved.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}/x"
        with pytest.raises(ModelError, match=r"may be offline\. Take it on another one\.$"):
            fetching.fetch(address, path, sha256_prefix="00", instead="Take it on another one.")


def test_cancel_ends_a_fetch_that_waits_for_more(server, path):
    server.gate.clear()
    stop = threading.Event()

    def report(done, _total):
        if done:
            stop.set()
            server.gate.set()

    with pytest.raises(Cancelled):
        fetch(server, path, report=report, should_stop=stop.is_set)
    assert not path.exists()
    assert path.with_name("model.bin.part").stat().st_size > 0


def test_a_file_that_another_window_fetches_is_left_to_it(server, path, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT_S", 0.0)
    lock = path.with_name("model.bin.lock")
    with locked(lock, wait_s=0, should_stop=lambda: False) as is_ours:
        assert is_ours
        with pytest.raises(ModelError, match="by another window"):
            fetch(server, path)
    assert not server.ranges


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "is full"), (errno.EACCES, "another folder")]
)
def test_a_disk_that_takes_no_more_is_a_sentence(server, path, number, words):
    def fails(_done, _total):
        raise OSError(number, "no")

    with pytest.raises(StorageError, match=words):
        fetch(server, path, report=fails)


def test_only_addresses_of_the_web_are_fetched(tmp_path):
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="https"):
        fetching.fetch((tmp_path / "secret").as_uri(), tmp_path / "copy", sha256_prefix="")


def test_a_mirror_gives_files_under_their_own_names(server, path, monkeypatch):
    monkeypatch.setenv(fetching.MIRROR, server.address.removesuffix("model.bin"))
    address = "https://nowhere.invalid/folder/model.bin"
    fetching.fetch(address, path, sha256_prefix=server.sha256)
    assert path.read_bytes() == CONTENT
    assert server.paths == ["/model.bin"]

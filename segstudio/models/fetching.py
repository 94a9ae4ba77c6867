"""Fetching a file from the net: with progress, cancel and resume, and checked by its hash."""

import contextlib
import errno
import hashlib
import http.client
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from segstudio.core.errors import Cancelled, ModelError
from segstudio.core.file_lock import locked
from segstudio.models import fetch_faults
from segstudio.models.part_file import PartFile, Version

Report = Callable[[int, int], None]
"""Called with the bytes that are here and those of the whole, 0 where that is not known."""

CHUNK_BYTES = 2**18
TIMEOUT_S = 15.0
"""For the other side to answer, and for the next bytes to come."""

MOST_FAILURES = 4
"""Tries one after the other that bring nothing new."""

PAUSE_S = 1.0
"""Between two tries, once more after each that brought nothing."""

MIRROR = "SEGSTUDIO_MIRROR"
"""Variable with the address of a folder that holds all files under their own names."""

_POLL_S = 0.1


def fetch(
    address: str,
    path: Path,
    *,
    sha256_prefix: str,
    report: Report = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    instead: str = "",
    has_mirror: bool = True,
) -> Path:
    """Fetch a file, going on where an earlier try stopped; it gets its name once it was checked.

    Proxies are those of the environment (``HTTPS_PROXY``, ``NO_PROXY``). Where it names a mirror
    (`MIRROR`), the file is fetched from there.

    Parameters
    ----------
    address : str
        ``https://…`` or ``http://…``.
    path : Path
        Where the file is to be. Until it is whole it is called ``NAME.part``.
    sha256_prefix : str
        First digits of its SHA-256, in hexadecimal.
    instead : str
        A sentence on what else can be done without a network.
    has_mirror : bool
        Whether a mirror may have it: a name that many files share says nothing there.

    Raises
    ------
    Cancelled
        When `should_stop` says so; what is here is kept.
    ModelError
        When the file cannot be had, or is another one than it should be.
    StorageError
        When it cannot be written.
    """
    mirror = os.environ.get(MIRROR, "").rstrip("/")
    if mirror and has_mirror:
        address = f"{mirror}/{address.rpartition('/')[2]}"
    if urlsplit(address).scheme not in ("http", "https"):
        raise ModelError(f"{address} is no address of the web. It has to begin with https://.")
    try:
        with _alone(path, should_stop):
            if not (path.is_file() and _sha256(path, should_stop).startswith(sha256_prefix)):
                part = PartFile(path)
                _fetch_whole(address, part, instead, report, should_stop)
                _check(part, path.name, sha256_prefix, should_stop)
                part.finish(path)
    except OSError as error:
        raise fetch_faults.disk_error(path, error) from error
    return path


@contextlib.contextmanager
def _alone(path: Path, should_stop: Callable[[], bool]) -> Iterator[None]:
    """Keep other processes away from what is here of a file."""
    lock = path.with_name(f"{path.name}.lock")
    with locked(lock, wait_s=TIMEOUT_S, should_stop=should_stop) as is_ours:
        if should_stop():
            raise Cancelled
        if not is_ours:
            raise ModelError(f"{path.name} is being fetched by another window already.")
        try:
            yield
        finally:
            if sys.platform != "win32":  # where nothing that is open can be removed
                lock.unlink(missing_ok=True)


def _fetch_whole(
    address: str,
    part: PartFile,
    instead: str,
    report: Report,
    should_stop: Callable[[], bool],
) -> None:
    """Try until everything is here, or nothing new comes any more."""
    failures = 0
    while True:
        before = part.size
        try:
            if _fetch_more(address, part, report, should_stop):
                return
            why: Exception = ConnectionError("the connection broke off")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in fetch_faults.TRY_LATER:
                raise ModelError(fetch_faults.refusal(address, error)) from error
            why = error
        except _NetworkError as error:
            why = error.reason
        failures = 0 if part.size > before else failures + 1
        if failures >= MOST_FAILURES or fetch_faults.is_final(why):
            has_part = part.size > 0
            raise ModelError(
                fetch_faults.sentence(address, why, instead, has_part=has_part)
            ) from why
        _pause(PAUSE_S * failures, should_stop)


class _NetworkError(Exception):
    """The network failed, and not the disk: both are told by `OSError`."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _fetch_more(
    address: str, part: PartFile, report: Report, should_stop: Callable[[], bool]
) -> bool:
    """Ask once for what is missing, and tell whether everything is here then."""
    known = part.version(address)
    request = urllib.request.Request(address, headers={"User-Agent": "segstudio"})
    if known is not None:
        if known.size and part.size == known.size:
            return True
        request.add_header("Range", f"bytes={part.size}-")
        request.add_header("If-Range", known.mark)  # another version comes whole
    try:
        # An opener of its own knows the proxies of now.
        opener = urllib.request.build_opener()
        response: HTTPResponse = opener.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or known is None:
            raise
        error.close()
        part.remove()  # longer than the whole is
        return False
    except (OSError, http.client.HTTPException) as error:
        raise _NetworkError(error) from error
    with response:
        if not (known is not None and _goes_on(response, part, known)):
            if response.status == http.HTTPStatus.PARTIAL_CONTENT:
                part.remove()
                return False
            known = _version(response, address)
            part.begin(known)
        _check_room(part, known)
        _receive(response, part, known, report, should_stop)
    return part.size == known.size if known.size else True


def _receive(
    response: HTTPResponse,
    part: PartFile,
    version: Version,
    report: Report,
    should_stop: Callable[[], bool],
) -> None:
    """Append what comes until it ends, well or not."""
    done = part.size
    report(done, version.size)
    with part.path.open("ab") as stream:
        while True:
            if should_stop():
                raise Cancelled
            try:
                data = response.read1(CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise _NetworkError(error) from error
            if not data:
                break
            stream.write(data)
            stream.flush()  # to the system, which keeps it even if this process is killed
            done += len(data)
            report(done, version.size)
        os.fsync(stream.fileno())


def _goes_on(response: HTTPResponse, part: PartFile, known: Version) -> bool:
    """Tell whether an answer is the rest of what is here."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status != http.HTTPStatus.PARTIAL_CONTENT or found is None:
        return False
    size = 0 if found[2] == "*" else int(found[2])
    return int(found[1]) == part.size and size == known.size


def _version(response: HTTPResponse, address: str) -> Version:
    tag = response.headers.get("ETag", "")
    # A weak tag says that two versions mean the same, not that their bytes are the same.
    mark = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    length = response.headers.get("Content-Length", "")
    return Version(address, mark, int(length) if length.isdigit() else 0)


def _check_room(part: PartFile, version: Version) -> None:
    missing = version.size - part.size
    if missing > shutil.disk_usage(part.path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _check(part: PartFile, name: str, prefix: str, should_stop: Callable[[], bool]) -> None:
    if _sha256(part.path, should_stop).startswith(prefix):
        return
    part.remove()
    raise ModelError(
        f"{name} is not the file that it should be: it was damaged on its way, or changed. It was "
        "removed. Fetch it again; if that does not help, something in the network changes files."
    )


def _sha256(path: Path, should_stop: Callable[[], bool]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(2**20):
            if should_stop():
                raise Cancelled
            digest.update(data)
    return digest.hexdigest()


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not should_stop() and time.monotonic() < until:
        time.sleep(min(_POLL_S, seconds))
    if should_stop():
        raise Cancelled

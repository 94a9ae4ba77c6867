"""Why a file could not be fetched, in sentences that say what to do."""

import errno
import http
import socket
import ssl
import urllib.error
from pathlib import Path
from urllib.parse import urlsplit

from segstudio.core.errors import StorageError

TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers of a server that may give the file the next time."""


def _reason(error: BaseException) -> object:
    return error.reason if isinstance(error, urllib.error.URLError) else error


def is_final(error: Exception) -> bool:
    """Tell whether trying again at once is of no use."""
    return isinstance(_reason(error), socket.gaierror | ssl.SSLCertVerificationError)


def sentence(address: str, error: Exception, instead: str, *, has_part: bool) -> str:
    """Say why nothing more came, and what can be done."""
    host, reason = urlsplit(address).netloc, _reason(error)
    if isinstance(error, urllib.error.HTTPError):
        what = f"{host} cannot answer now ({error.code}). Try again later."
    elif isinstance(reason, socket.gaierror):
        what = f"This computer is offline, or cannot find {host}."
    elif isinstance(reason, ssl.SSLCertVerificationError):
        what = f"The connection to {host} is not trusted ({reason.verify_message})."
    elif isinstance(reason, TimeoutError):
        what = f"{host} does not answer; this computer may be offline."
    else:
        what = f"The connection to {host} failed ({reason}); this computer may be offline."
    kept = "What has arrived is kept, and the next try goes on there." if has_part else ""
    return " ".join(filter(None, (what, kept, instead)))


def refusal(address: str, error: urllib.error.HTTPError) -> str:
    """Say why the other side does not give a file."""
    if error.code in (404, 410):
        return f"{address} is not there any more. Look for a newer segstudio."
    if error.code == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "The proxy of this network wants a password: give it in HTTPS_PROXY."
    return f"{urlsplit(address).netloc} refuses to give {address} ({error.code})."


def disk_error(path: Path, error: OSError) -> StorageError:
    """Say why what was fetched could not be kept."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk that holds {path.parent} is full. Free some space; what has arrived of "
            f"{path.name} is kept, and the next try goes on there."
        )
    return StorageError(
        f"{path.name} could not be written in {path.parent}: {error.strerror or error}. "
        "Choose another folder."
    )

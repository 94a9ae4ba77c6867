"""Names of files that are short enough for every file system."""

import hashlib
import os
import re
import unicodedata


def shortened(name: str, limit: int) -> str:
    """Return a name of at most `limit` bytes; a longer one is cut and gets a hash of all of it."""
    whole = os.fsencode(name)
    if len(whole) <= limit:
        return name
    cut = whole[: limit - 20].decode(errors="ignore")
    return f"{cut}~{hashlib.sha256(whole).hexdigest()[:16]}"


def safe(name: str, limit: int) -> str:
    """Return a name of a file or folder that every system takes, as like `name` as can be.

    Letters of every script, digits, ``.``, ``_``, ``~`` and ``-`` stay. It is never empty, and has
    at most `limit` bytes.
    """
    text = unicodedata.normalize("NFC", name)
    kept = re.sub(r"[^\w.~-]+", "-", text).strip(".-")
    if not kept:
        return "unnamed"
    if kept.split(".")[0].upper() in _DEVICES:
        kept = f"_{kept}"
    return shortened(kept, limit)


_DEVICES = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{port}{i}" for port in ("COM", "LPT") for i in range(10)))
)
"""Names that Windows keeps for itself, whatever follows a dot."""

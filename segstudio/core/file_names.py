"""Names of files that are short enough for every file system."""

import hashlib
import os


def shortened(name: str, limit: int) -> str:
    """Return a name of at most `limit` bytes; a longer one is cut and gets a hash of all of it."""
    whole = os.fsencode(name)
    if len(whole) <= limit:
        return name
    cut = whole[: limit - 20].decode(errors="ignore")
    return f"{cut}~{hashlib.sha256(whole).hexdigest()[:16]}"

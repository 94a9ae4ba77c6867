"""What is here so far of a file that is being fetched."""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from segstudio.core import atomic


@dataclass(frozen=True)
class Version:
    """Which version of a file a part belongs to.

    Attributes
    ----------
    address : str
    mark : str
        What the other side calls that version: a strong ETag or a date; empty where it says
        nothing by which one could be told from another.
    size : int
        Bytes of the whole; 0 where it is not told.
    """

    address: str
    mark: str
    size: int


class PartFile:
    """The file ``NAME.part`` beside the one it will be, and what is known of its origin."""

    def __init__(self, whole: Path) -> None:
        self.path = whole.with_name(f"{whole.name}.part")
        self._facts = whole.with_name(f"{whole.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes that are here; 0 where there is no part."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def version(self, address: str) -> Version | None:
        """Return the version that the part belongs to; None where nothing can be added to it."""
        try:
            values = json.loads(self._facts.read_text(encoding="utf-8"))
            version = Version(str(values["address"]), str(values["mark"]), int(values["size"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return version if version.address == address and version.mark and self.size else None

    def begin(self, version: Version) -> None:
        """Forget what is here and begin anew with a version."""
        self.remove()
        atomic.write_text(self._facts, json.dumps(asdict(version)))

    def finish(self, whole: Path) -> None:
        """Give the file its name."""
        self.path.replace(whole)
        self.remove()

    def remove(self) -> None:
        """Remove part and facts."""
        for path in (self.path, self._facts):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

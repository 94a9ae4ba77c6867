"""Where a person was in each project, to go on there: image, zoom, place, tool, class.

Kept in the user's folder and never beside the images, because looking writes nothing there.
"""

import hashlib
import json
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from segstudio.core import atomic
from segstudio.core.arrays import Image
from segstudio.core.errors import StorageError
from segstudio.formats import images

log = logging.getLogger(__name__)

KEPT = 40
"""Projects that are remembered; those left longest ago go first."""
INDEX = "places.json"


@dataclass(frozen=True)
class View:
    """What of an image is in sight.

    Attributes
    ----------
    zoom : float
        Device pixels per image pixel; 0 for the whole image at whatever size it has.
    x, y : float
        The place of the image in the middle, in image pixels.
    """

    zoom: float = 0.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Whereabouts:
    """Where someone was in a project.

    Attributes
    ----------
    root : str
        The folder that the images lie below.
    opened : tuple of str
        The files and folders that were opened, to be opened again.
    image : str
        The name below the root.
    class_index : int
        255 for Ignore, -1 for none.
    done, total : int
        Images, as the card on the start page tells them.
    left_at : float
        Seconds since 1970.
    """

    root: str
    opened: tuple[str, ...] = ()
    image: str = ""
    view: View = View()
    tool: str = ""
    class_index: int = -1
    done: int = 0
    total: int = 0
    left_at: float = 0.0

    @property
    def key(self) -> str:
        """A name for files about this project."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]

    def to_open(self) -> list[Path]:
        """Return what was opened and is still there; asks the disk."""
        return [path for path in map(Path, self.opened) if path.exists()]


class PlaceBook:
    """The whereabouts of all projects, in one small file, with a small picture of each."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made at the first writing."""
        self._folder = folder
        self._lock = threading.Lock()

    def read(self) -> list[Whereabouts]:
        """Return the whereabouts, the latest first; what is damaged is left out."""
        try:
            rows = json.loads((self._folder / INDEX).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            log.warning("places: %s", error)
            return []
        found = [_from_row(row) for row in rows] if isinstance(rows, list) else []
        return sorted((p for p in found if p is not None), key=lambda p: -p.left_at)

    def of(self, root: Path) -> Whereabouts | None:
        """Return the whereabouts of one project."""
        return next((place for place in self.read() if place.root == str(root)), None)

    def keep(self, place: Whereabouts, picture: Image) -> None:
        """Keep the whereabouts of a project; a full disk loses them, no more. From any thread.

        Parameters
        ----------
        picture : (h, w, 3) uint8 RGB
            A small one of the image with its labels.
        """
        with self._lock:
            # Read again each time: another window may have kept another project since.
            known = self.read()
            if any(p.root == place.root and p.left_at > place.left_at for p in known):
                return
            others = [p for p in known if p.root != place.root]
            try:
                atomic.write_bytes(self.picture_file(place), images.encode_png(picture))
                rows = [asdict(entry) for entry in (place, *others[: KEPT - 1])]
                atomic.write_text(self._folder / INDEX, json.dumps(rows, indent=1) + "\n")
                for old in others[KEPT - 1 :]:
                    self.picture_file(old).unlink(missing_ok=True)
            except (StorageError, OSError) as error:
                log.warning("places: %s", error)

    def picture_file(self, place: Whereabouts) -> Path:
        """Return where the small picture of a project is, if there is one."""
        return self._folder / f"{place.key}.png"


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "root": str,
    "image": str,
    "tool": str,
    "class_index": int,
    "done": int,
    "total": int,
    "left_at": (int, float),
}


def _from_row(row: Any) -> Whereabouts | None:
    """Return what a row of the file says; None where it says something else."""
    if not isinstance(row, dict) or not isinstance(row.get("root"), str):
        return None
    known = {f.name for f in fields(Whereabouts)}
    values = {name: value for name, value in row.items() if name in known}
    view, opened = values.pop("view", {}), values.pop("opened", [])
    if not all(isinstance(value, _KINDS[name]) for name, value in values.items()):
        return None
    if not isinstance(opened, list) or not all(isinstance(name, str) for name in opened):
        return None
    try:
        shown = View(*(float(view[name]) for name in ("zoom", "x", "y")))
    except (KeyError, TypeError, ValueError):
        shown = View()
    return Whereabouts(**values, view=shown, opened=tuple(opened))

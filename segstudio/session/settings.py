"""What the program remembers between two runs: rows of settings, and a sparse file."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core import atomic, places
from segstudio.core.errors import StorageError

log = logging.getLogger(__name__)

Check = Callable[[Any], bool]

RECENT_PLACES = 8
WRITE_AFTER_MS = 300
"""A slider changes a setting many times a second; the file is written when it rests."""


def one_of(*values: Any) -> Check:
    """Accept just these values."""
    return lambda value: value in values


def between(low: float, high: float) -> Check:
    """Accept numbers from `low` to `high`."""
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    )


def of_type(kind: type) -> Check:
    """Accept values of a type."""
    return lambda value: isinstance(value, kind)


@dataclass(frozen=True)
class Setting:
    """One row: the name in the file, the value without one, and what is accepted."""

    name: str
    default: Any
    accepts: Check


SETTINGS: tuple[Setting, ...] = (
    Setting("theme", "system", one_of("system", "dark", "light")),
    Setting("overlay.opacity", 0.55, between(0, 1)),
    Setting("overlay.style", "fill", one_of("fill", "outline", "both")),
    Setting("overlay.safe", False, of_type(bool)),
    Setting("list.overlay", True, of_type(bool)),
    Setting("annotator", "", of_type(str)),
    Setting("view.keep_zoom", False, of_type(bool)),
    Setting("view.navigator", True, of_type(bool)),
    Setting("brush.size", 30, between(1, 4000)),
    Setting("brush.shape", "round", one_of("round", "square")),
    Setting("brush.on_screen", False, of_type(bool)),
    Setting("brush.pressure", True, of_type(bool)),
    Setting("brush.snap", False, of_type(bool)),
    Setting("polygon.shape", "points", one_of("points", "freehand", "rectangle", "ellipse")),
    Setting("scribble.width", 6, between(1, 200)),
    Setting("scribble.reach", "near", one_of("near", "image")),
    Setting("scribble.refine", True, of_type(bool)),
    Setting("wand.tolerance", 24, between(0, 128)),
    Setting("wand.connected", True, of_type(bool)),
    Setting("wand.holes", True, of_type(bool)),
    Setting("superpixel.granularity", 24, between(6, 120)),
    Setting("scissors.stiffness", 30, between(0, 100)),
    Setting("unsure.below", 204, between(1, 255)),
    Setting("model.name", "", of_type(str)),
    Setting("model.taught", False, of_type(bool)),
    Setting("model.before", "", of_type(str)),
    Setting("model.refine", "", one_of("", "none", "guided", "crf")),
    Setting("model.sharpness", 0.5, between(0, 1)),
    Setting("model.device", "auto", one_of("auto", "cpu", "cuda", "mps")),
    Setting("model.detail", "1", one_of("1", "2", "4", "native")),
    Setting("model.augment", "none", one_of("none", "flip", "scales")),
    Setting("model.precision", "auto", one_of("auto", "full", "half")),
    Setting("model.tile", 0, one_of(0, 256, 512, 1024, 2048)),
    Setting("model.on_open", False, of_type(bool)),
    Setting("models.ms", {}, of_type(dict)),
    Setting("models.accepted", [], of_type(list)),
    Setting("models.size", [], of_type(list)),
    Setting("ahead.on", True, of_type(bool)),
    Setting("export.folder", "", of_type(str)),
    Setting("export.format", "native", of_type(str)),
    Setting("export.folders", {}, of_type(dict)),
    Setting("recent", [], of_type(list)),
    Setting("hints.done", [], of_type(list)),
    Setting("window", {}, of_type(dict)),
)

_ROWS = {row.name: row for row in SETTINGS}


class Settings(QObject):
    """The settings of this person; only what differs from the defaults is on disk."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        super().__init__(parent)
        self._path = path or places.user_folder() / "settings.json"
        self._values = self._read()
        self._changed = False
        self._timer = QTimer(self, singleShot=True, interval=WRITE_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    def get(self, name: str) -> Any:
        """Return a setting."""
        return self._values.get(name, _ROWS[name].default)

    def set(self, name: str, value: Any) -> None:
        """Change a setting; it is written soon after."""
        row = _ROWS[name]
        assert row.accepts(value), f"{name} cannot be {value!r}"
        if self.get(name) == value:
            return
        if value == row.default:
            self._values.pop(name, None)
        else:
            self._values[name] = value
        self._changed = True
        self._timer.start()
        self.changed.emit(name)

    def remember_place(self, path: Path) -> None:
        """Put a place at the top of the recent ones."""
        new = str(path.absolute())
        old = [place for place in self.get("recent") if place != new]
        self.set("recent", [new, *old][:RECENT_PLACES])

    def flush(self) -> None:
        """Write what has changed; a full disk loses it at the next start, no more."""
        self._timer.stop()
        if not self._changed:
            return
        self._changed = False
        try:
            atomic.write_text(self._path, json.dumps(self._values, indent=1, sort_keys=True) + "\n")
        except StorageError as error:
            log.warning("settings: %s", error)

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("settings: %s", error)
            return {}
        if not isinstance(content, dict):
            return {}
        return {k: v for k, v in content.items() if k in _ROWS and _ROWS[k].accepts(v)}

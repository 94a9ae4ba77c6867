"""The native dataset folder: images/, masks/, classes.json and a report that proves the masks."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable, write_classes
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.file_names import shortened
from segstudio.formats import images, model_file
from segstudio.formats.model_file import ModelFile

REPORT_NAME = "export_report.json"
MAX_NAME_BYTES = 255


@dataclass(frozen=True)
class ExportItem:
    """One image to export.

    Attributes
    ----------
    image : Path
    name : str
        Stem of the two files to write; made unique by the export where it is not.
    read_labels : callable
        Returns the (H, W) uint8 label map of the upright image.
    seen_by_person : bool
        Whether a person has looked at the labels.
    """

    image: Path
    name: str
    read_labels: Callable[[], LabelMap]
    seen_by_person: bool = True


@dataclass
class ExportReport:
    """What an export wrote, and that it is what was meant.

    Attributes
    ----------
    folder : Path
    identical : int
        Masks that were read back equal in every pixel.
    failed : dict of name to sentence
        Images that could not be exported; the others were.
    pixels : dict of class name to int
    model : str
        The title of the model that went along, which was read back equal too.
    model_place : str
        Its file below the folder.
    """

    folder: Path
    written: int = 0
    identical: int = 0
    never_seen: int = 0
    ignored_pixels: int = 0
    pixels: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    model: str = ""
    model_place: str = ""

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        line = f"{self.identical} of {self.written} masks read back and identical"
        if self.model:
            line += f", and the model {self.model}"
        if self.failed:
            line += f"; {len(self.failed)} could not be exported"
        return line + "."


def export(
    items: Iterable[ExportItem],
    classes: ClassTable,
    folder: Path,
    *,
    with_images: bool = True,
    model: ModelFile | None = None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> ExportReport:
    """Write a dataset folder, read every mask back, and move it into place when it is whole.

    Parameters
    ----------
    items : iterable of ExportItem
    classes : ClassTable
    folder : Path
        New, empty, or an earlier export, which is then replaced.
    with_images : bool
        Copy the images too.
    model : ModelFile, optional
        A taught model that goes along.
    report : callable
        Called with done and total after each image; raise `Cancelled` from it to stop.

    Raises
    ------
    SegstudioError
        When the folder holds something else or cannot be written, no image could be exported, or
        a mask does not read back as it was written. An earlier export is then unchanged.
    """
    todo = list(items)
    if not todo:
        raise SegstudioError(
            "There is nothing to export. Mark an image done (T), or choose others."
        )
    _check_target(folder)
    with _prepared(folder) as work:
        outcome = ExportReport(folder)
        counts = np.zeros(256, np.int64)
        taken: set[str] = set()
        for done, item in enumerate(todo):
            try:
                label_map = _read_labels(item, classes, with_images=with_images)
                name = _unique(item, taken)
                if with_images:
                    _copy_upright(item.image, work / "images", name)
            except (Cancelled, _DiskError):
                raise
            except SegstudioError as error:
                outcome.failed[str(item.image)] = str(error)
            else:
                counts += _write_mask(item.image, label_map, name, classes, work)
                outcome.written += 1
                outcome.identical += 1
                outcome.never_seen += not item.seen_by_person
            report(done + 1, len(todo))
        if not outcome.written:
            raise SegstudioError(f"Nothing was exported: {next(iter(outcome.failed.values()))}")
        outcome.pixels = {c.name: int(counts[c.index]) for c in classes}
        outcome.ignored_pixels = int(counts[IGNORE_INDEX])
        write_classes(work / "classes.json", classes)
        if model is not None:
            _write_model(model, work, outcome)
        _write_report(work, outcome, classes)
    return outcome


def _read_labels(item: ExportItem, classes: ClassTable, *, with_images: bool) -> LabelMap:
    """Return the label map of an image after making sure that it can be exported."""
    label_map = item.read_labels()
    used = np.flatnonzero(np.bincount(label_map.ravel(), minlength=256)).tolist()
    unknown = set(used) - set(classes.indices) - {IGNORE_INDEX}
    if unknown:
        raise SegstudioError(
            f"{item.image.name} has pixels of class {min(unknown)}, which is not in the class "
            "list. Add the class or repaint them."
        )
    if with_images:
        width, height = images.image_size(item.image)
        if (height, width) != label_map.shape:
            raise SegstudioError(
                f"{item.image.name} is {width} x {height} now, its labels are "
                f"{label_map.shape[1]} x {label_map.shape[0]}. "
                "Was the file replaced? Put the old one back or label the new one."
            )
    return label_map


def _write_mask(
    image: Path, label_map: LabelMap, name: str, classes: ClassTable, work: Path
) -> NDArray[np.int64]:
    mask = work / "masks" / f"{name}.png"
    png.write(mask, label_map, classes.colour_table())
    _prove(mask, label_map, image)
    return np.bincount(label_map.ravel(), minlength=256)


def _write_model(model: ModelFile, work: Path, outcome: ExportReport) -> None:
    try:
        content = model.read()
    except SegstudioError as error:
        outcome.failed[model.title] = str(error)
        return
    outcome.model, outcome.model_place = model.title, model_file.write(model, content, work)


def _prove(mask: Path, label_map: LabelMap, image: Path) -> None:
    try:
        with PillowImage.open(mask) as picture:
            read_back = np.array(picture)
    except (OSError, ValueError, SyntaxError):
        read_back = np.zeros((0, 0), np.uint8)
    if not np.array_equal(read_back, label_map):
        raise StorageError(
            f"The mask of {image.name} did not read back as it was written. "
            "The disk may be failing: export to another one."
        )


class _DiskError(StorageError):
    """The disk refuses to take the export: no other image will do better."""


def _copy_upright(image: Path, folder: Path, name: str) -> None:
    """Copy the file as it is; where EXIF turns it, write it upright so that the mask fits it."""
    try:
        folder.mkdir(exist_ok=True)
        with PillowImage.open(image) as picture:
            turned = images.orientation(picture) != 1
        if turned:
            upright = images.encode_png(images.read_image(image))
            try:
                atomic.write_bytes(folder / f"{name}.png", upright)
            except StorageError as error:
                raise _DiskError(str(error)) from error
        else:
            shutil.copyfile(image, folder / f"{name}{image.suffix}")
    except OSError as error:
        raise _DiskError(
            f"{image.name} could not be copied to {folder}: {error.strerror or error}."
        ) from error


def _check_target(folder: Path) -> None:
    try:
        found = {path.name for path in folder.iterdir()} - _LEFT_BY_SYSTEMS
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be used: {error.strerror or error}. Choose another."
        ) from error
    # What somebody has added to an earlier export is theirs, and is not replaced either.
    if found and not (REPORT_NAME in found and found <= _OWN_NAMES and _added(folder) is None):
        raise SegstudioError(
            f"The folder {folder} holds other files{_example(folder)}. Choose a new or empty "
            "folder, or one that holds an earlier export and nothing else."
        )


def _example(folder: Path) -> str:
    added = _added(folder)
    return f", such as {added}" if added else ""


def _added(folder: Path) -> str | None:
    """Return one file in the folders of an earlier export that its report does not list."""
    try:
        content = json.loads((folder / REPORT_NAME).read_text("utf-8"))
        listed = set(content["files"])
    except (OSError, ValueError, TypeError, KeyError):
        listed = set()
    for path in sorted(p for part in _FOLDERS for p in (folder / part).rglob("*")):
        name = path.relative_to(folder).as_posix()
        known = path.is_dir() or path.name in _LEFT_BY_SYSTEMS or _printable(name) in listed
        if not known:
            return _printable(name)
    return None


def _printable(name: str) -> str:
    """Return a name as it stands in the report, where bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


_FOLDERS = ("images", "masks", model_file.FOLDER)
_OWN_NAMES = {*_FOLDERS, "classes.json", REPORT_NAME}
_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """Give a working folder beside the target and swap it in when the block succeeds."""
    folder = folder.resolve()  # where a link leads, so that the link stays
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".segstudio-export-", dir=folder.parent))
    except OSError as error:
        raise StorageError(
            f"Nothing can be written in {folder.parent}: {error.strerror or error}. "
            "Choose another folder."
        ) from error
    try:
        work.chmod(0o755)
        yield work
        _swap_in(work, folder)
    except OSError as error:
        raise StorageError(
            f"The export could not be put in place at {folder}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap_in(work: Path, folder: Path) -> None:
    """Put the new export in the place of the old one, which comes back if that is refused."""
    if not folder.exists():
        work.rename(folder)
        return
    old = work.with_name(work.name + "-old")
    folder.rename(old)
    try:
        work.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unique(item: ExportItem, taken: set[str]) -> str:
    # Room for a number, and for the suffix, in the 255 bytes that a file's name may have.
    room = MAX_NAME_BYTES - 8 - max(len(".png"), len(os.fsencode(item.image.suffix)))
    name = chosen = shortened(item.name, max(room, 30))
    number = 2
    while chosen.casefold() in taken:
        chosen, number = f"{name}-{number}", number + 1
    taken.add(chosen.casefold())
    return chosen


def _write_report(work: Path, outcome: ExportReport, classes: ClassTable) -> None:
    content: dict[str, Any] = {
        "format": "segstudio native folder",
        "masks": "8-bit indexed PNG; a pixel is a class index, 255 counts for nothing",
        "images": outcome.written,
        "masks_read_back_identical": outcome.identical,
        "never_looked_at_by_a_person": outcome.never_seen,
        "classes": len(classes),
        "pixels_by_class": outcome.pixels,
        "pixels_ignored": outcome.ignored_pixels,
        "not_exported": outcome.failed,
        "files": sorted(
            _printable(path.relative_to(work).as_posix())
            for part in _FOLDERS
            for path in (work / part).rglob("*")
        ),
    }
    if outcome.model_place:
        content["model"] = {"title": outcome.model, "file": outcome.model_place}
    atomic.write_text(work / REPORT_NAME, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

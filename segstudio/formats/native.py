"""The native dataset folder: images/, masks/, classes.json and a report that proves the masks."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable, write_classes
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.formats import images

REPORT_NAME = "export_report.json"


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
    """

    folder: Path
    written: int = 0
    identical: int = 0
    never_seen: int = 0
    ignored_pixels: int = 0
    pixels: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        line = f"{self.identical} of {self.written} masks read back and identical"
        if self.failed:
            line += f"; {len(self.failed)} could not be exported"
        return line + "."


def export(
    items: Iterable[ExportItem],
    classes: ClassTable,
    folder: Path,
    *,
    with_images: bool = True,
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
    report : callable
        Called with done and total after each image; raise `Cancelled` from it to stop.

    Raises
    ------
    SegstudioError
        When the folder holds something else or cannot be written, or a mask does not read back
        as it was written. An earlier export in that place is then unchanged.
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
                counts += _write_item(item, _unique(item.name, taken), classes, work, with_images)
            except StorageError:
                raise
            except Cancelled:
                raise
            except SegstudioError as error:
                outcome.failed[str(item.image)] = str(error)
            else:
                outcome.written += 1
                outcome.identical += 1
                outcome.never_seen += not item.seen_by_person
            report(done + 1, len(todo))
        outcome.pixels = {c.name: int(counts[c.index]) for c in classes}
        outcome.ignored_pixels = int(counts[IGNORE_INDEX])
        write_classes(work / "classes.json", classes)
        _write_report(work, outcome, classes)
    return outcome


def _write_item(
    item: ExportItem, name: str, classes: ClassTable, work: Path, with_images: bool
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    label_map = item.read_labels()
    unknown = set(np.unique(label_map).tolist()) - set(classes.indices) - {IGNORE_INDEX}
    if unknown:
        raise SegstudioError(
            f"{item.image.name} has pixels of class {min(unknown)}, which is not in the class "
            "list. Add the class or repaint them."
        )
    if with_images:
        _copy_upright(item.image, work / "images", name, label_map.shape)
    mask = work / "masks" / f"{name}.png"
    png.write(mask, label_map, classes.colour_table())
    _prove(mask, label_map, item.image)
    return np.bincount(label_map.ravel(), minlength=256)


def _prove(mask: Path, label_map: LabelMap, image: Path) -> None:
    with PillowImage.open(mask) as picture:
        read_back = np.array(picture)
    if read_back.shape != label_map.shape or not np.array_equal(read_back, label_map):
        raise StorageError(
            f"The mask of {image.name} did not read back as it was written. "
            "The disk may be failing: export to another one."
        )


def _copy_upright(image: Path, folder: Path, name: str, shape: tuple[int, ...]) -> None:
    """Copy the file as it is; where EXIF turns it, write it upright so that the mask fits it."""
    width, height = images.image_size(image)
    if (height, width) != tuple(shape):
        raise SegstudioError(
            f"{image.name} is {width} x {height} now, its labels are {shape[1]} x {shape[0]}. "
            "Was the file replaced? Put the old one back or label the new one."
        )
    folder.mkdir(exist_ok=True)
    with PillowImage.open(image) as picture:
        turned = picture.getexif().get(0x0112, 1) != 1
    try:
        if turned:
            atomic.write_bytes(folder / f"{name}.png", images.encode_png(images.read_image(image)))
        else:
            shutil.copyfile(image, folder / f"{name}{image.suffix}")
    except OSError as error:
        raise StorageError(
            f"{image.name} could not be copied to {folder}: {error.strerror or error}."
        ) from error


def _check_target(folder: Path) -> None:
    try:
        occupied = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be used: {error.strerror or error}. Choose another."
        ) from error
    if occupied and not (folder / REPORT_NAME).is_file():
        raise SegstudioError(
            f"The folder {folder} holds other files. Choose a new or empty folder, "
            "or one that an earlier export made."
        )


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """Give a working folder beside the target and swap it in when the block succeeds."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".segstudio-export-", dir=folder.parent))
    except OSError as error:
        raise StorageError(
            f"Nothing can be written in {folder.parent}: {error.strerror or error}. "
            "Choose another folder."
        ) from error
    old = work.with_name(work.name + "-old")
    try:
        work.chmod(0o755)
        yield work
        if folder.exists():
            folder.rename(old)
        work.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise StorageError(
            f"The export could not be put in place at {folder}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _unique(name: str, taken: set[str]) -> str:
    chosen, number = name, 2
    while chosen.casefold() in taken:
        chosen, number = f"{name}-{number}", number + 1
    taken.add(chosen.casefold())
    return chosen


def _write_report(work: Path, outcome: ExportReport, classes: ClassTable) -> None:
    content = {
        "format": "segstudio native folder",
        "masks": "8-bit indexed PNG; a pixel is a class index, 255 counts for nothing",
        "images": outcome.written,
        "masks_read_back_identical": outcome.identical,
        "never_looked_at_by_a_person": outcome.never_seen,
        "classes": len(classes),
        "pixels_by_class": outcome.pixels,
        "pixels_ignored": outcome.ignored_pixels,
        "not_exported": outcome.failed,
    }
    atomic.write_text(work / REPORT_NAME, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

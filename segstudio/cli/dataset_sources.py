"""Where labelled images come from on the command line: a dataset of any format, or a project."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core import places
from segstudio.core.errors import SegstudioError

if TYPE_CHECKING:
    from segstudio.core.arrays import LabelMap
    from segstudio.core.classes import ClassTable
    from segstudio.core.image_record import ImageRecord
    from segstudio.core.patch import Planes
    from segstudio.formats.dataset import Dataset
    from segstudio.formats.export_values import ExportItem
    from segstudio.project.reader import Reader

PROJECT = "project"


@dataclass(frozen=True)
class Source:
    """Labelled images and what their labels mean."""

    classes: "ClassTable"
    items: "Sequence[ExportItem]"
    remarks: tuple[str, ...] = ()

    @property
    def dataset(self) -> "Dataset":
        """The same for looking through."""
        from segstudio.formats.dataset import Dataset, LabelledImage

        images = [
            LabelledImage(item.name, item.image, partial(_labels, item), item.part)
            for item in self.items
        ]
        return Dataset(self.classes, images)


@contextmanager
def opened(path: Path, form: str | None, *, which: str = "done") -> Iterator[Source]:
    """Read a dataset or a project.

    Parameters
    ----------
    form : str, optional
        Name of a format, or ``"project"``.
    which : {"done", "labelled"}
        Which images of a project.

    Raises
    ------
    SegstudioError
        When it cannot be read, or could be of several formats.
    """
    file = _project_file(path) if form in (None, PROJECT) else None
    if file is None and form == PROJECT:
        raise SegstudioError(f"{path} is no project and has none. Check the path.")
    if file is None:
        yield _dataset(path, form)
        return
    from segstudio.project.images_root import root_of
    from segstudio.project.reader import Reader

    reader = Reader(file)
    try:
        yield _project(reader, path if path.is_dir() else root_of(file), which)
    finally:
        reader.close()


def _labels(item: "ExportItem") -> "LabelMap":
    return item.read().labels


def _project_file(path: Path) -> Path | None:
    from segstudio.project.location import FILE_NAME, Location

    if path.is_dir():
        file = Location.of(path, places.user_folder()).present()
        return file if file.is_file() else None
    return path if path.is_file() and path.suffix == Path(FILE_NAME).suffix else None


def _dataset(path: Path, form: str | None) -> Source:
    from segstudio.formats import dataset_items, format_table

    row = format_table.find_source(form) if form else format_table.detected(path)
    found = row.read(path)
    if not found.images:
        raise SegstudioError(f"{path} has no labels of the format {row.title} in it.")
    return Source(found.classes, dataset_items.items_of(found), found.remarks)


def _project(reader: "Reader", root: Path, which: str) -> Source:
    from segstudio.core.classes import ClassTable
    from segstudio.core.image_record import ImageState
    from segstudio.formats.export_values import ExportItem

    wanted = (
        (ImageState.DONE, ImageState.CHECKED)
        if which == "done"
        else tuple(s for s in ImageState if s not in (ImageState.NEW, ImageState.SKIPPED))
    )
    records = sorted(reader.records().values(), key=lambda record: record.name)
    chosen = [record for record in records if record.state in wanted and not record.is_missing]
    if not chosen:
        raise SegstudioError(
            "The project has no image that is done. Mark images done (T), or give --which labelled."
        )
    items = [
        ExportItem(
            name="-".join(Path(record.name).with_suffix("").parts),
            image=root / record.name,
            read=partial(_stored, reader, record, root),
            part=record.part,
            seen_by_person=record.state is not ImageState.SEGMENTED,
        )
        for record in chosen
    ]
    return Source(reader.classes() or ClassTable(), items)


def _stored(reader: "Reader", record: "ImageRecord", root: Path) -> "Planes":
    from segstudio.formats import images

    width, height = images.image_size(root / record.name)
    stored = reader.load(record.name, (height, width))
    if stored is None:
        raise SegstudioError(f"{record.name} has no labels.")
    return stored.planes

"""Exporting the open images: what there is, and the job that writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.model_version import ModelVersion
from segstudio.core.patch import Planes
from segstudio.formats import images
from segstudio.project.project import Project
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job

if TYPE_CHECKING:
    from segstudio.formats.export_values import ExportReport


@dataclass(frozen=True)
class Exportable:
    """How many images could be exported, and how many of them nobody has looked at."""

    done: int
    labelled: int
    labelled_unseen: int
    image_bytes: int


def exportable(listed: ImageList) -> Exportable:
    """Count what there is to export.

    Images that only a model has labelled are those that no person has looked at; marking an image
    done says that one has.
    """
    labelled = _chosen(listed, "labelled")
    unseen = [path for path in labelled if listed.state(path) is ImageState.SEGMENTED]
    size = 0
    for path in labelled:
        try:
            size += path.stat().st_size
        except OSError:
            continue
    return Exportable(listed.done, len(labelled), len(unseen), size)


def export_work(
    listed: ImageList,
    open_documents: dict[Path, Document],
    project: Project,
    classes: ClassTable,
    *,
    which: str,
    folder: Path,
    with_images: bool,
    root: Path,
    form: str = "native",
    model: ModelVersion | None = None,
) -> "Callable[[Job], ExportReport]":
    """Return the work of an export, for a job.

    Parameters
    ----------
    form : str
        A format of `segstudio.formats.format_table`.
    which : {"done", "labelled"}
    root : Path
        Images are named by their place below it.
    model : ModelVersion, optional
        Of the project, to go along.
    """
    # Imported when something is exported: the window starts without.
    from segstudio.formats import export, format_table
    from segstudio.formats.export_values import ExportItem, ExportPlan
    from segstudio.formats.model_file import ModelFile

    items = [
        ExportItem(
            name="-".join(path.relative_to(root).with_suffix("").parts),
            image=path,
            read=planes_reader(path, open_documents.get(path), project, listed.name_of(path)),
            part=listed.record(path).part,
            seen_by_person=listed.state(path) is not ImageState.SEGMENTED,
        )
        for path in _chosen(listed, which)
    ]
    along = None
    if model is not None:
        read = partial(project.version_content, model.number)
        along = ModelFile(model.name, model.title, read)
    plan = ExportPlan(
        format_table.find(form), pictures="copy" if with_images else "none", model=along
    )

    def work(job: Job) -> "ExportReport":
        def report(done: int, total: int) -> None:
            job.check()
            job.report(done / total, f"{done} / {total}")

        return export.export(items, classes, folder, plan, report)

    return work


def _chosen(listed: ImageList, which: str) -> list[Path]:
    if which == "done":
        states: tuple[ImageState, ...] = (ImageState.DONE, ImageState.CHECKED)
    else:
        states = tuple(s for s in ImageState if s not in (ImageState.NEW, ImageState.SKIPPED))
    return [path for path in listed.paths if listed.state(path) in states]


def labels_reader(
    path: Path, document: Document | None, project: Project, name: str
) -> Callable[[], LabelMap]:
    """Return what reads the labels of an image; see `planes_reader`."""
    read = planes_reader(path, document, project, name)
    return lambda: read().labels


def planes_reader(
    path: Path, document: Document | None, project: Project, name: str
) -> Callable[[], Planes]:
    """Return what reads the planes: from the open document, whose last strokes may be unsaved."""

    def from_document() -> Planes:
        assert document is not None
        return _used(path, Planes(document.label_map.copy(), document.ink.copy()))

    def from_store() -> Planes:
        width, height = images.image_size(path)
        stored = project.load(name, (height, width))
        if stored is None:
            raise SegstudioError(f"{path.name} has no labels any more.")
        return _used(path, stored.planes)

    return from_document if document is not None else from_store


def _used(path: Path, planes: Planes) -> Planes:
    """Return planes in which somebody wrote something."""
    if (planes.labels == IGNORE_INDEX).all() and not (planes.ink == Ink.PERSON).any():
        raise SegstudioError(
            f"{path.name} has no labels: no pixel has a class, and none was set to Ignore by hand. "
            "Label it, or mark it not done (T)."
        )
    return planes

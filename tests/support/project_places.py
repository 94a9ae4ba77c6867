"""A folder of images with a project, which may be opened again and again."""

from pathlib import Path

import numpy as np

from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import whole
from segstudio.project.project import Project

SIZE = (12, 16)


class Places:
    """A folder of images and the user's folder; a new project object is a new start."""

    def __init__(self, root: Path) -> None:
        self.images = root / "photos"
        self.home = root / "home"
        self.images.mkdir(exist_ok=True)
        self.file = self.images / "project.segstudio"
        self._open: list[Project] = []

    def project(self) -> Project:
        project = Project(self.images, self.home)
        self._open.append(project)
        return project

    def end_all(self) -> None:
        for project in self._open:
            project.end()


def record(name: str = "a.png", planes: Planes | None = None, **fields) -> ImageRecord:
    """Return the record of an image of the size of these tests."""
    if planes is not None:
        counts = class_counts(planes.labels, planes.ink)
        fields["classes"] = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
        fields.setdefault("height", planes.labels.shape[0])
        fields.setdefault("width", planes.labels.shape[1])
    return ImageRecord(name, **({"height": SIZE[0], "width": SIZE[1]} | fields))


def blank() -> Planes:
    """Return the planes of an image that nobody has touched."""
    return Planes(np.full(SIZE, 255, np.uint8), np.zeros(SIZE, np.uint8))


def painted(planes: Planes, index: int, rows: slice = slice(None)) -> Patch:
    """Return a step of a person that paints rows of an image, and do it."""
    after = planes.cut(whole(planes.labels))
    after.labels[rows], after.ink[rows] = index, Ink.PERSON
    found = difference(whole(planes.labels), planes, after)
    assert found is not None
    patch = assemble([found], Origin("brush", Ink.PERSON, class_index=index))
    assert patch is not None
    patch.apply(planes)
    return patch

"""Makes the golden project of this version: ``python tests/golden/projects/make.py``.

A file of an earlier version is never made again; it shows what that version really wrote.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np

from segstudio.core.classes import ClassTable
from segstudio.core.first_look import FirstLook
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink, class_counts
from segstudio.core.model_version import ModelVersion
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import whole
from segstudio.project import schema
from segstudio.project.class_steps import Mapping
from segstudio.project.project import Project

HERE = Path(__file__).resolve().parent
SIZE = (8, 10)


def make(target: Path) -> None:
    """Write a project: two images, five steps, an undo, merged classes, a taught model."""
    table = ClassTable.named(["cat", "dog", "grass"])
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), Path(folder) / "home")
        project.keep_classes(table)
        planes = Planes(np.full(SIZE, 255, np.uint8), np.zeros(SIZE, np.uint8))
        for at, (name, index) in enumerate((("a.png", 0), ("a.png", 1), ("a.png", 2))):
            after = planes.cut(whole(planes.labels))
            after.labels[at : at + 3], after.ink[at : at + 3] = index, Ink.PERSON
            found = difference(whole(planes.labels), planes, after)
            assert found is not None
            origin = Origin("brush", Ink.PERSON, index, time=1.8e9 + at, annotator="Ada")
            patch = assemble([found], origin)
            assert patch is not None
            patch.apply(planes)
            project.keep_step(_record(name, planes), patch, identity=f"step-{at}")
        patch.revert(planes)
        project.keep_travel(_record("a.png", planes), redo=False)
        project.keep_first_look(FirstLook("a.png", "pets-v1-00000000", 1.8e9), planes.labels)
        merge = Mapping(((1, 0),))
        project.add_class_step("merge", "dog → cat", merge, before=table, after=table.without(1))
        project.keep_planes(_record("sub/b.png", planes, state=ImageState.DONE), planes)
        project.score_first_look(
            FirstLook("a.png", "pets-v1-00000000", 1.8e9, 1.8e9 + 60, miou=0.5, accuracy=0.75)
        )
        for number in (1, 2, 3):
            version = ModelVersion(
                0,
                f"pets-v{number}-00000000",
                f"pets v{number}",
                classes=((0, "cat"), (2, "grass")),
                training=("a.png",),
                made_at=1.8e9 + number,
                author="Ada",
            )
            project.keep_version(version, f"golden {number}".encode())
        project.remove_version(3)
        assert project.flush(10) == ""
        project.end()
        shutil.copyfile(project.file, target)


def _record(name: str, planes: Planes, state: ImageState = ImageState.IN_WORK) -> ImageRecord:
    counts = class_counts(planes.labels, planes.ink)
    classes = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
    return ImageRecord(
        name, state=state, note="golden", classes=classes, height=SIZE[0], width=SIZE[1]
    )


if __name__ == "__main__":
    make(HERE / f"v{schema.VERSION}.segstudio")

"""Reading one image and what is stored of it, off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path

from segstudio.core.document import Document
from segstudio.core.errors import LabelsError
from segstudio.formats.images import read_image
from segstudio.project.project import Project


@dataclass(frozen=True)
class Loaded:
    """A document, and what was wrong with its stored labels, if anything."""

    document: Document
    problem: str = ""


def load(path: Path, project: Project, name: str) -> Loaded:
    """Read an image with its labels and steps.

    Raises
    ------
    ImageError
        When the image cannot be read.
    StorageError
        When its labels cannot be read now: opened without them, they would be painted over. Labels
        that can never be used do not keep it from opening.
    """
    image = read_image(path)
    try:
        stored = project.load(name, (image.shape[0], image.shape[1]))
    except LabelsError as error:
        return Loaded(Document(path, image), str(error))
    if stored is None:
        return Loaded(Document(path, image))
    document = Document(
        path,
        image,
        labels=stored.planes.labels,
        ink=stored.planes.ink,
        state=stored.record.state,
        history=stored.history,
        confidence=stored.confidence,
    )
    return Loaded(document)

"""Reading one image and what is kept of it, off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path

from segstudio.core.document import Document
from segstudio.core.errors import StorageError
from segstudio.core.history import History
from segstudio.formats.images import read_image
from segstudio.project.store import LabelStore


@dataclass(frozen=True)
class Loaded:
    """A document, and what was wrong with its kept labels, if anything."""

    document: Document
    problem: str = ""


def load(path: Path, store: LabelStore, history: History | None = None) -> Loaded:
    """Read an image with its labels.

    Parameters
    ----------
    history : History, optional
        Of the same image, when it was open before: its labels are those that are kept.

    Raises
    ------
    ImageError
        When the image cannot be read. Labels that cannot be used do not keep it from opening.
    """
    image = read_image(path)
    try:
        stored = store.load(path, (image.shape[0], image.shape[1]))
    except StorageError as error:
        return Loaded(Document(path, image), str(error))
    if stored is None:
        return Loaded(Document(path, image))
    document = Document(
        path,
        image,
        labels=stored.planes.labels,
        ink=stored.planes.ink,
        state=stored.state,
        history=history,
    )
    return Loaded(document)

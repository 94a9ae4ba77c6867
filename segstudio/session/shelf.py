"""Documents that were left and may be shown again at once."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path

from segstudio.core.document import Document

KEPT_BYTES = 400 * 2**20
"""Images and planes that the shelf may hold; the documents looked at longest ago go first."""


class Shelf:
    """Keeps one document for each path."""

    def __init__(self) -> None:
        self._documents: OrderedDict[Path, Document] = OrderedDict()

    def get(self, path: Path) -> Document | None:
        """Return the document of an image, if it is here."""
        return self._documents.get(path)

    def documents(self) -> dict[Path, Document]:
        """Return the documents by path."""
        return dict(self._documents)

    def put(self, document: Document) -> Document:
        """Keep a document as the one looked at last.

        Returns
        -------
        Document
            The one to use: where there was one of this image already, that one, with its edits.
        """
        known = self._documents.setdefault(document.path, document)
        self._documents.move_to_end(document.path)
        return known

    def make_room(self, is_needed: Callable[[Path], bool]) -> None:
        """Let documents go until the rest fits, but none that is needed."""
        size = sum(_nbytes(document) for document in self._documents.values())
        for path, document in list(self._documents.items()):
            if size <= KEPT_BYTES:
                return
            if not is_needed(path):
                size -= _nbytes(document)
                del self._documents[path]

    def move(self, moved: Mapping[Path, Path | None]) -> None:
        """Let documents follow their files, those that change places included; None lets one go."""
        before, self._documents = self._documents, OrderedDict()
        for path, document in before.items():
            place = moved.get(path, path)
            if place is not None:
                document.path = place
                self._documents[place] = document

    def drop(self, path: Path) -> None:
        """Let one go, to be read again."""
        self._documents.pop(path, None)

    def clear(self) -> None:
        """Let everything go, for other images."""
        self._documents.clear()


def _nbytes(document: Document) -> int:
    confidence = document.confidence
    extra = confidence.nbytes if confidence is not None else 0
    return document.image.nbytes + document.planes.nbytes + extra

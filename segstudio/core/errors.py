"""The errors that carry a sentence for the person at the screen."""

from pathlib import Path


class SegstudioError(Exception):
    """Something in the world went wrong; ``str(error)`` says what happened and what to do."""


class ImageError(SegstudioError):
    """An image or a label file cannot be used."""


class ModelError(SegstudioError):
    """A model file or its description cannot be used."""


class EngineError(SegstudioError):
    """The process that runs the models failed or ended."""


class StorageError(SegstudioError):
    """Labels could not be read from or written to disk."""


class LabelsError(StorageError):
    """The stored labels of an image are damaged, or those of an image of another size."""


class DamagedError(StorageError):
    """A project file is damaged, so that it has to be recovered before it can be used.

    Attributes
    ----------
    file : Path
    """

    def __init__(self, sentence: str, file: Path) -> None:
        super().__init__(sentence)
        self.file = file


class Cancelled(SegstudioError):  # noqa: N818 - the outcome of a request, not a fault
    """The person asked for the work to stop."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")

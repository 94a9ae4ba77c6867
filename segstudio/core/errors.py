"""The errors that carry a sentence for the person at the screen."""


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


class Cancelled(SegstudioError):  # noqa: N818 - the outcome of a request, not a fault
    """The person asked for the work to stop."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")

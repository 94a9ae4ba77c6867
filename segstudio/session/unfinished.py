"""What a person has asked for and is not a step yet: who works it out, and what becomes of it."""

from typing import Protocol


class Unfinished(Protocol):
    """Works out edits of a person off the GUI thread."""

    def finish(self) -> str:
        """Wait a moment until all of them are steps.

        Returns
        -------
        str
            Empty, or what is still being worked out.
        """

    def drop_last(self) -> bool:
        """Give up what was asked for last, if no step was made since; tell whether it was."""

"""What a row of the table of commands is."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

DONE = 0
PARTLY = 1
"""Something could not be done; the rest was."""
NOTHING = 2
"""Nothing could be done; also what argparse returns for a wrong command line."""
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl+C ended."""
PIPE_CLOSED = 141
"""What a shell reports for a program whose reader went away."""


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes
    ----------
    name, summary : str
        As the help shows them.
    add_arguments : callable
        Adds the command's arguments to its parser.
    run : callable
        Does the work and returns the exit code. It imports what is heavy, not its module.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]

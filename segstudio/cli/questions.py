"""Questions that a command asks before it goes on."""

import argparse
import sys

from segstudio.core.errors import SegstudioError


def add_yes(parser: argparse.ArgumentParser) -> None:
    """Add ``--yes``."""
    parser.add_argument("--yes", action="store_true", help="do not ask, go on")


def ask(question: str, *, yes: bool) -> None:
    """Show what has to be agreed to and ask, where somebody sits at a terminal.

    Raises
    ------
    SegstudioError
        When the answer is no, or nobody can be asked.
    """
    if yes:
        print(f"segstudio: {question}", file=sys.stderr)
        return
    if not sys.stdin.isatty():
        raise SegstudioError(f"{question} If you agree, say so by --yes.")
    print(f"{question} Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise SegstudioError("Nothing was changed.")

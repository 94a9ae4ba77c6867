"""The command line: a table of commands, and the one place where errors become sentences."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import segstudio
from segstudio.cli import (
    architectures,
    benchmark,
    convert,
    demo,
    doctor,
    evaluate,
    models,
    project,
    segment,
    train,
    validate,
    window,
)
from segstudio.cli.command import DONE, INTERRUPTED, NOTHING, PIPE_CLOSED, Command
from segstudio.core.errors import SegstudioError

COMMANDS: tuple[Command, ...] = (
    segment.COMMAND,
    evaluate.COMMAND,
    train.COMMAND,
    models.COMMAND,
    architectures.COMMAND,
    project.COMMAND,
    convert.COMMAND,
    validate.COMMAND,
    benchmark.COMMAND,
    doctor.COMMAND,
    demo.COMMAND,
)
"""Every command, in the order in which the help lists them."""

_MEMORY_SENTENCE = "There is not enough memory for this. Close other programs and try again."

EPILOGUE = """\
Without a command the window opens, on the images and folders that are named:

  segstudio                     open the window
  segstudio photos/ cat.jpg     open the window on a folder and an image
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; by default what the process was started with.

    Returns
    -------
    int
        The exit code: 0 when everything was done.
    """
    _prepare()
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except SegstudioError as error:
        print(f"segstudio: {error}", file=sys.stderr)
        return NOTHING
    except MemoryError:
        print(f"segstudio: {_MEMORY_SENTENCE}", file=sys.stderr)
        return NOTHING
    except KeyboardInterrupt:
        print("segstudio: Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has seen enough. What is still buffered has
        # nowhere to go, and Python would complain of that at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="segstudio",
        description="Label images for semantic segmentation by correcting a model.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {segstudio.__version__}")
    rows = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in COMMANDS:
        added = rows.add_parser(
            command.name, help=command.summary, description=f"{command.summary}."
        )
        command.add_arguments(added)
        added.set_defaults(run=command.run)
    return parser


def _dispatch(words: list[str]) -> int:
    names = {command.name for command in COMMANDS}
    if words and (words[0] in names or words[0].startswith("-")):
        arguments = build_parser().parse_args(words)
        code: int = arguments.run(arguments) if arguments.command else DONE
        return code
    if words and len(words) == 1 and not Path(words[0]).exists():
        raise SegstudioError(
            f"“{words[0]}” is no file, no folder and no command. "
            f"The commands are {', '.join(sorted(names))}; see segstudio --help."
        )
    return window.open_paths([Path(word) for word in words])


def _prepare() -> None:
    # Waiting OpenMP threads would keep the cores busy that other programs need; read at import.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)  # of its own: a log in a file tells more
    logging.basicConfig(level=logging.WARNING, format="segstudio: %(message)s", handlers=[terminal])
    for stream in (sys.stdout, sys.stderr):
        # A file name need not be printable in the terminal's encoding.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")

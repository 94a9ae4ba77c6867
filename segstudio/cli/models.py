"""``segstudio models``: the models on this computer, and those that can be fetched."""

import argparse

from segstudio.cli import model_changes, model_list, model_sources
from segstudio.cli.command import Command
from segstudio.cli.options import add_json

COMMANDS: tuple[Command, ...] = (
    *model_list.COMMANDS,
    *model_sources.COMMANDS,
    *model_changes.COMMANDS,
)
"""Every sub-command, in the order in which the help lists them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; without one the models are listed."""
    add_json(parser, "one JSON object per model")
    parser.set_defaults(work=model_list.show_all)
    rows = parser.add_subparsers(metavar="WHAT", dest="what")
    for command in COMMANDS:
        added = rows.add_parser(
            command.name, help=command.summary, description=f"{command.summary}."
        )
        command.add_arguments(added)
        # Without a default: it would take back what stands before the sub-command.
        added.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON"
        )
        added.set_defaults(work=command.run)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command."""
    code: int = arguments.work(arguments)
    return code


COMMAND = Command("models", "List, fetch, take in and change models", add_arguments, run)

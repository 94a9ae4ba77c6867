"""``segstudio project``: work on projects without the window."""

import argparse

from segstudio.cli import project_merge
from segstudio.cli.command import Command

PARTS: tuple[Command, ...] = (
    Command(
        project_merge.NAME, project_merge.SUMMARY, project_merge.add_arguments, project_merge.run
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a parser for each part of this command."""
    rows = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for part in PARTS:
        added = rows.add_parser(part.name, help=part.summary, description=f"{part.summary}.")
        part.add_arguments(added)
        added.set_defaults(part=part.run)


def run(arguments: argparse.Namespace) -> int:
    """Run the part that was named."""
    code: int = arguments.part(arguments)
    return code


COMMAND = Command("project", "Work on projects without the window", add_arguments, run)

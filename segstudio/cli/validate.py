"""``segstudio validate``: what a training would stumble over in labelled images."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import dataset_sources, options
from segstudio.cli.command import DONE, NOTHING, PARTLY, Command

if TYPE_CHECKING:
    from segstudio.formats.findings import Finding

SHOWN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("source", type=Path, metavar="PATH", help="a dataset, or a project")
    parser.add_argument(
        "--from",
        dest="source_format",
        metavar="FORMAT",
        help="what it is (default: what it looks like)",
    )
    parser.add_argument(
        "--which",
        choices=("done", "labelled"),
        default="labelled",
        help="of a project: images that are done, or all that have labels (default: labelled)",
    )
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Look, and say what was found.

    Returns
    -------
    int
        0 where nothing was found, 1 where something may be wrong, 2 where it cannot be trained on.
    """
    from segstudio.formats import validation

    with dataset_sources.opened(
        arguments.source, arguments.source_format, which=arguments.which
    ) as source:
        findings = validation.validate(source.dataset)
        images = len(source.items)
    if arguments.json:
        options.print_json(
            {
                "images": images,
                "counts": dict(Counter(finding.kind.value for finding in findings)),
                "findings": [_row(finding) for finding in findings],
            }
        )
    else:
        _print(findings, images)
    if any(finding.is_grave for finding in findings):
        return NOTHING
    return PARTLY if findings else DONE


def _row(finding: "Finding") -> dict[str, object]:
    place = finding.place
    return {
        "kind": finding.kind.value,
        "image": finding.image,
        "sentence": finding.sentence,
        "rectangle": [place.left, place.top, place.width, place.height] if place else None,
    }


def _print(findings: "list[Finding]", images: int) -> None:
    rows = []
    for finding in findings[:SHOWN]:
        place = f"{finding.place.left}, {finding.place.top}" if finding.place else ""
        rows.append((finding.kind.value, finding.image, place, finding.sentence))
    if rows:
        options.print_table(("what", "image", "at x, y", "sentence"), rows)
    if len(findings) > SHOWN:
        print(f"… and {len(findings) - SHOWN} more; --json has all.", file=sys.stderr)
    counts = ", ".join(f"{n} {kind}" for kind, n in Counter(f.kind.value for f in findings).items())
    print(f"{images} images: {counts or 'nothing found'}.")


COMMAND = Command("validate", "Find what may be wrong with labelled images", add_arguments, run)

"""``segstudio convert``: labelled images from one format, or from a project, into another."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import dataset_sources, export_options, options
from segstudio.cli.command import DONE, PARTLY, Command

if TYPE_CHECKING:
    from segstudio.formats.export_values import ExportReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "source",
        type=Path,
        metavar="IN",
        help="a dataset, or a project (its file, or its folder): then the images that are done",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write")
    parser.add_argument(
        "--from",
        dest="source_format",
        metavar="FORMAT",
        help="what IN is (default: what it looks like)",
    )
    export_options.add_arguments(parser)
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Convert, and say what came of it."""
    from segstudio.formats import export

    with dataset_sources.opened(
        arguments.source, arguments.source_format, which=arguments.which
    ) as source:
        for remark in source.remarks:
            print(f"segstudio: {remark}", file=sys.stderr)
        items = export_options.divided(arguments, source)
        plan = export_options.plan(arguments, source)
        report = export.export(items, source.classes, arguments.out, plan)
    _print(arguments, report)
    return PARTLY if report.failed else DONE


def _print(arguments: argparse.Namespace, report: "ExportReport") -> None:
    for name, sentence in report.failed.items():
        print(f"segstudio: {name}: {sentence}", file=sys.stderr)
    if arguments.json:
        options.print_json(
            {
                "folder": str(report.folder),
                "written": report.written,
                "identical": report.identical,
                "pixels_changed_by_the_format": report.changed_pixels,
                "pixels_by_class": report.pixels,
                "images_by_part": report.parts,
                "not_exported": report.failed,
            }
        )
        return
    total = sum(report.pixels.values()) or 1
    rows = [(name, f"{count:,}", f"{count / total:.1%}") for name, count in report.pixels.items()]
    options.print_table(("class", "pixels", "share"), rows)
    print(f"{report.folder}: {report.sentence}")


COMMAND = Command(
    "convert", "Convert labelled images, or a project, to another format", add_arguments, run
)

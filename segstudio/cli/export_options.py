"""How a dataset is to be written: the arguments that say so, and what they mean."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from segstudio.cli.dataset_sources import Source
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part

if TYPE_CHECKING:
    from segstudio.formats.class_plan import ClassPlan
    from segstudio.formats.export_values import ExportItem, ExportPlan
    from segstudio.formats.tiles import Tiling

PARTS = (Part.TRAINING, Part.VALIDATION, Part.TEST)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--to", dest="target", required=True, metavar="FORMAT", help="the format to write"
    )
    parser.add_argument(
        "--which",
        choices=("done", "labelled"),
        default="done",
        help="of a project: images that are done, or all that have labels (default: done)",
    )
    parser.add_argument(
        "--classes",
        metavar="NAME[=NEW],...",
        help="only these classes, each perhaps under another name; classes of one name become one",
    )
    parser.add_argument(
        "--unlabelled",
        metavar="NAME",
        help="the class that pixels become which nobody has decided (default: they count for "
        "nothing)",
    )
    parser.add_argument(
        "--split",
        metavar="TRAIN,VAL,TEST",
        help="divide the images anew by these shares, such as 0.8,0.1,0.1 (default: as they are)",
    )
    parser.add_argument(
        "--group",
        choices=("none", "folder", "prefix"),
        default="none",
        help="images that stay together: those of a folder, or whose names are alike up to the "
        "last digits (default: none)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the division (default: 0)")
    parser.add_argument(
        "--pictures",
        choices=("copy", "link", "none"),
        default="copy",
        help="copy the pictures, link them where the disk can, or leave them out (default: copy)",
    )
    parser.add_argument("--tile", type=int, metavar="PX", help="cut into tiles of this side")
    parser.add_argument(
        "--overlap", type=int, default=0, metavar="PX", help="of tiles (default: 0)"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a choice of the format; a wrong one lists those that there are",
    )


def plan(arguments: argparse.Namespace, source: Source) -> "ExportPlan":
    """Return how to export.

    Raises
    ------
    SegstudioError
        When an argument is wrong.
    """
    from segstudio.formats import format_table
    from segstudio.formats.export_values import ExportPlan

    row = format_table.find(arguments.target)
    return ExportPlan(
        format=row,
        classes=_class_plan(arguments, source),
        pictures=arguments.pictures,
        tiling=_tiling(arguments),
        options=format_table.options_of(row, arguments.option),
    )


def divided(arguments: argparse.Namespace, source: Source) -> "list[ExportItem]":
    """Return the images with the parts that they are written into.

    Raises
    ------
    SegstudioError
        When the shares are wrong, or labels cannot be read.
    """
    if arguments.split is None:
        return list(source.items)
    from segstudio.formats import splitting

    shares = _shares(arguments.split)
    candidates = [
        splitting.Candidate(item.name, _group(arguments.group, item), _classes_in(item))
        for item in source.items
    ]
    parts = splitting.split(candidates, shares, arguments.seed)
    return [replace(item, part=parts[item.name]) for item in source.items]


def _group(way: str, item: "ExportItem") -> str:
    from segstudio.formats import splitting

    if way == "folder" and item.image is not None:
        return str(item.image.parent)
    return splitting.prefix_of(item.name) if way == "prefix" else item.name


def _classes_in(item: "ExportItem") -> frozenset[int]:
    import numpy as np

    try:
        counts = np.bincount(item.read().labels.ravel(), minlength=256)
    except SegstudioError:
        return frozenset()  # the export says what is wrong with it
    return frozenset(int(index) for index in np.flatnonzero(counts[:255]))


def _shares(text: str) -> dict[Part, float]:
    try:
        values = [float(word) for word in text.split(",")]
    except ValueError:
        values = []
    if not 1 <= len(values) <= len(PARTS) or min(values) < 0 or sum(values) <= 0:
        raise SegstudioError(
            f"“{text}” are no shares: write up to three numbers, such as 0.8,0.1,0.1."
        )
    return dict(zip(PARTS, values, strict=False))


def _class_plan(arguments: argparse.Namespace, source: Source) -> "ClassPlan":
    from segstudio.formats.class_plan import ClassPlan

    names = {entry.index: entry.name for entry in source.classes}
    if arguments.classes is not None:
        names = dict.fromkeys(names, "")
        for word in arguments.classes.split(","):
            own, _, new = word.partition("=")
            names[_index(source, own)] = (new or own).strip()
    unlabelled = _index(source, arguments.unlabelled) if arguments.unlabelled else None
    return ClassPlan(names, unlabelled)


def _index(source: Source, name: str) -> int:
    entry = source.classes.find(name)
    if entry is None:
        known = ", ".join(c.name for c in source.classes)
        raise SegstudioError(f"There is no class “{name.strip()}”. There are: {known}.")
    return entry.index


def _tiling(arguments: argparse.Namespace) -> "Tiling | None":
    from segstudio.formats.tiles import Tiling

    return Tiling(arguments.tile, arguments.overlap) if arguments.tile else None

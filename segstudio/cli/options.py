"""Arguments that several commands share."""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

REFINE_CHOICES = ("crf", "guided", "none")
REFINE_WAYS = (*REFINE_CHOICES, "pydensecrf2")
"""Those that a model may recommend, and every one that there is."""
DEVICE_CHOICES = ("auto", "cpu", "cuda", "mps")
DETAIL_CHOICES = ("1", "2", "4", "native")
TTA_CHOICES = ("none", "flip", "scales")
PRECISION_CHOICES = ("auto", "full", "half")


def add_refine(parser: argparse.ArgumentParser) -> None:
    """Add ``--refine`` for a command that refines."""
    parser.add_argument(
        "--refine",
        choices=REFINE_WAYS,
        help="make borders follow the image: crf is the most thorough, guided the fastest, "
        "pydensecrf2 the CRF as that library computes it; without it, what the model recommends",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add ``--device``."""
    parser.add_argument(
        "--device",
        choices=DEVICE_CHOICES,
        default="auto",
        help="where the network runs (default: the fastest that is there)",
    )


def add_looks(parser: argparse.ArgumentParser) -> None:
    """Add ``--tta``, ``--precision`` and ``--tile``."""
    add_tta(parser)
    parser.add_argument(
        "--precision",
        choices=PRECISION_CHOICES,
        default="auto",
        help="half precision takes less memory, and auto takes it where it is faster and as good; "
        "full gives the same labels on every computer",
    )
    parser.add_argument(
        "--tile",
        type=tile_side,
        default=0,
        metavar="PIXELS",
        help="side of a tile (default: what memory allows)",
    )


def add_tta(parser: argparse.ArgumentParser) -> None:
    """Add ``--tta``."""
    parser.add_argument(
        "--tta",
        choices=TTA_CHOICES,
        default="none",
        help="look again flipped (twice the time), or flipped and at three scales (six times), "
        "and take the mean",
    )


def tile_side(text: str) -> int:
    """Read the side of a tile; 0 is none."""
    side = int(text)
    if side and not 64 <= side <= 8192:
        raise argparse.ArgumentTypeError(f"{side} is no size for a tile: 64 to 8192 pixels")
    return side


def add_json(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help=f"print {what} instead of a table")


def add_pairs(parser: argparse.ArgumentParser) -> None:
    """Add ``--images`` and ``--masks``."""
    parser.add_argument(
        "--images", type=Path, required=True, metavar="DIR", help="folder of images"
    )
    parser.add_argument(
        "--masks",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of PNG label maps with the same names; 255 counts for nothing",
    )


def print_json(content: dict[str, Any]) -> None:
    """Print one object on one line, at once."""
    print(json.dumps(content), flush=True)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below their headings, each column as wide as its longest entry."""
    lines = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip(), flush=True)

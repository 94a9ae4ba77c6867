"""What a model expects of its input, on the command line."""

import argparse
from collections.abc import Sequence
from typing import Any


def add_values(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    for option, what in (("--mean", "mean"), ("--std", "deviation")):
        parser.add_argument(
            option,
            type=float,
            nargs="+",
            metavar="X",
            help=f"{what} by channel, for inputs of 0 to 1",
        )
    parser.add_argument("--channel-order", choices=("rgb", "bgr"))
    parser.add_argument(
        "--short-side", type=int, metavar="PX", help="working size that suits the model"
    )


def told(arguments: argparse.Namespace, channels: int) -> dict[str, Any]:
    """Return what the options say, by the names of `ModelValues`."""
    values = {
        "mean": _by_channel(arguments.mean, channels),
        "std": _by_channel(arguments.std, channels),
        "channel_order": arguments.channel_order,
        "short_side": arguments.short_side,
    }
    return {name: value for name, value in values.items() if value is not None}


def _by_channel(values: Sequence[float] | None, channels: int) -> tuple[float, ...] | None:
    if values is None:
        return None
    return tuple(values) * channels if len(values) == 1 else tuple(values)

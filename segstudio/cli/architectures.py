"""``segstudio architectures``: the networks that can be trained, and what can be chosen of each."""

import argparse
from typing import TYPE_CHECKING, Any

from segstudio.cli import options
from segstudio.cli.command import DONE, Command

if TYPE_CHECKING:
    from segstudio.models.architecture import Architecture


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="an architecture, to see what can be chosen of it"
    )
    parser.add_argument("--encoders", action="store_true", help="list the encoders instead")
    options.add_json(parser, "one JSON object per row")


def run(arguments: argparse.Namespace) -> int:
    """List all, or show one."""
    from segstudio.models import networks

    if arguments.encoders:
        _show(("encoder", "title", "weights", "what for"), _encoders(), as_json=arguments.json)
    elif arguments.name:
        row = networks.find(arguments.name)
        if not arguments.json:
            print(f"{row.title}. Suits {', '.join(row.encoders) or 'no encoder'}.\n")
        _show(
            ("parameter", "default", "allowed", "what it does"),
            _parameters(row),
            as_json=arguments.json,
        )
        if not arguments.json:
            _print_presets(row)
    else:
        rows = [
            (name, row.title, ", ".join(row.presets), ", ".join(row.encoders[:3]))
            for name, row in networks.ARCHITECTURES.items()
        ]
        _show(("architecture", "title", "presets", "suits"), rows, as_json=arguments.json)
    return DONE


def _encoders() -> list[tuple[Any, ...]]:
    from segstudio.models import encoders
    from segstudio.models.encoder_table import ENCODERS

    rows: list[tuple[Any, ...]] = []
    for name, row in ENCODERS.items():
        if row.weights is None:
            weights = "with the program"
        elif encoders.weights_file(name).is_file():
            weights = "on this computer"
        else:
            weights = f"to be fetched, {row.weights.size_bytes / 1e6:.0f} MB"
        rows.append((name, row.title, weights, row.line))
    return rows


def _parameters(row: "Architecture") -> list[tuple[Any, ...]]:
    return [(p.name, p.value, p.range, p.line) for p in row.parameters]


def _print_presets(row: "Architecture") -> None:
    for name, arguments in row.presets.items():
        words = ", ".join(f"{key}={_typed(value)}" for key, value in arguments.items())
        print(f"\n--preset {name}: {words or 'the defaults'}", end="")
    print()


def _show(headings: tuple[str, ...], rows: list[tuple[Any, ...]], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            options.print_json(dict(zip(headings, row, strict=True)))
        return
    options.print_table(headings, [[_typed(value) for value in row] for row in rows])


def _typed(value: Any) -> str:
    """Return a value as it would be typed after ``--set name=``."""
    if isinstance(value, list):
        return ",".join(str(v) for v in value) or "[]"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


COMMAND = Command("architectures", "List the networks that can be trained", add_arguments, run)

"""``segstudio models list`` and ``info``."""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.cli import options
from segstudio.cli.command import DONE, Command

if TYPE_CHECKING:
    from segstudio.core.model_info import ModelInfo

HEADINGS = ("model", "where", "classes", "size", "mIoU", "network", "use")


def add_name(parser: argparse.ArgumentParser) -> None:
    """Add the name of a model, or its file."""
    parser.add_argument("name", metavar="NAME|FILE", help="name of a model, or a model file")


def show_all(arguments: argparse.Namespace) -> int:
    """List the models."""
    from segstudio.models import cards

    found, told = cards.everything()
    if told:
        print(f"segstudio: {told}", file=sys.stderr)
    if arguments.json:
        for card in found:
            options.print_json(as_json(card))
        return DONE
    options.print_table(HEADINGS, map(_as_row, found))
    for card in found:
        if card.problem:
            print(f"\n{card.name}: {card.problem}")
        elif card.is_installed:
            shown = f" ({card.title})" if card.title.casefold() != card.name.casefold() else ""
            print(f"\n{card.name}{shown}: {', '.join(entry.name for entry in card.classes)}")
            if card.note:
                print(f"  {card.note}")
    return DONE


def show_one(arguments: argparse.Namespace) -> int:
    """Print the whole card of a model."""
    from segstudio.models import cards

    path = Path(arguments.name).expanduser()
    names = {card.name for card in cards.everything()[0]}
    is_file = arguments.name not in names and path.is_file()
    card = cards.of_file(path) if is_file else cards.of(arguments.name)
    content = as_json(card) | {"arguments": _all_arguments(card)}
    if arguments.json:
        options.print_json(content)
        return DONE
    for name, value in _rows(card, content["arguments"]):
        if value:
            print(f"{name:<14}{value}")
    return DONE


def as_json(card: "ModelInfo") -> dict[str, Any]:
    """Return a card as plain JSON types."""
    from segstudio.core.classes import to_rows

    content = {
        field.name: getattr(card, field.name)
        for field in dataclasses.fields(card)
        if field.name != "classes"
    }
    return content | {"classes": to_rows(card.classes)}


def licence_line(card: "ModelInfo") -> str:
    """Return what is said of a licence before a model is used."""
    licence = card.licence or "not stated"
    return licence if card.is_commercial else f"{licence} (not for commercial use)"


def _all_arguments(card: "ModelInfo") -> dict[str, Any]:
    """Return every argument of the architecture, with its default where the model has none."""
    from segstudio.models import networks

    row = networks.ARCHITECTURES.get(card.architecture_name)
    return {**(row.arguments if row is not None else {}), **card.arguments}


def _rows(card: "ModelInfo", arguments: dict[str, Any]) -> list[tuple[str, str]]:
    where = card.path or "not on this computer: segstudio models fetch " + card.name
    measured = {name: value for name, value in card.metrics.items() if name != "miou"}
    return [
        ("name", card.name + (" (default)" if card.is_default else "")),
        ("title", card.title),
        ("", card.note),
        ("problem", card.problem),
        ("file", where),
        ("size", f"{card.size_bytes / 1e6:.1f} MB"),
        ("licence", licence_line(card)),
        ("source", card.source),
        ("architecture", f"{card.architecture} ({card.architecture_name})"),
        ("encoder", card.encoder),
        ("arguments", _in_words(arguments)),
        ("parameters", f"{card.parameters:,}" if card.parameters is not None else ""),
        ("input", input_line(card)),
        ("classes", f"{len(card.classes)}: {', '.join(entry.name for entry in card.classes)}"),
        ("mIoU", f"{card.miou:.3f}" if card.miou is not None else "not measured"),
        ("measured", ", ".join(f"{name} {value}" for name, value in measured.items())),
        ("refine", card.refine),
    ]


def _in_words(arguments: dict[str, Any]) -> str:
    """Return arguments in a line; a whole description of another library is none for people."""
    short = {name: value for name, value in arguments.items() if not isinstance(value, dict)}
    return ", ".join(f"{name} {value}" for name, value in short.items())


def input_line(card: "ModelInfo") -> str:
    """Return what a model expects of its input."""
    mean, std = (" ".join(f"{v:.4g}" for v in values) for values in (card.mean, card.std))
    order = f" ({card.channel_order.upper()})" if card.channels == 3 else ""
    return (
        f"{card.channels} channels{order}, short side {card.short_side} px, "
        f"mean {mean}, deviation {std}"
    )


_WHERE = {
    "bundled": "with the program",
    "own": "own",
    "published": "fetched",
    "taught": "of a project",
}


def _as_row(card: "ModelInfo") -> tuple[str, ...]:
    where = _WHERE[card.kind]
    return (
        card.name + (" (default)" if card.is_default else ""),
        "damaged" if card.problem else where if card.is_installed else "to be fetched",
        str(len(card.classes)),
        f"{card.size_bytes / 1e6:.1f} MB",
        f"{card.miou:.3f}" if card.miou is not None else "-",
        " on ".join(filter(None, (card.architecture, card.encoder))) or "-",
        "any" if card.is_commercial else "non-commercial",
    )


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


COMMANDS: tuple[Command, ...] = (
    Command("list", "List models, those to be fetched too", _no_arguments, show_all),
    Command("info", "Print everything that is known of a model", add_name, show_one),
)

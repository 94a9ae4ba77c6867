"""``segstudio models rename``, ``set``, ``remove``, ``default`` and ``export``."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from segstudio.cli import model_values, options, questions
from segstudio.cli.command import DONE, Command
from segstudio.cli.model_list import add_name, as_json, input_line
from segstudio.core.errors import ModelError


def rename(arguments: argparse.Namespace) -> int:
    """Give a model another title."""
    from segstudio.models import cards, store

    store.rename(arguments.name, arguments.title)
    card = cards.of(arguments.name)
    if arguments.json:
        options.print_json(as_json(card))
    else:
        print(f"{card.name} is shown as “{card.title}” now.")
    return DONE


def set_values(arguments: argparse.Namespace) -> int:
    """Let a model expect other values of its input."""
    from segstudio.models import cards, store

    card = cards.of(arguments.name)
    told = model_values.told(arguments, card.channels)
    if not told:
        raise ModelError("Say what is to be changed: --mean, --std, --channel-order, --short-side.")
    store.set_values(card.name, replace(card.values, **told))
    card = cards.of(card.name)
    if arguments.json:
        options.print_json(as_json(card))
    else:
        print(f"{card.name}: {input_line(card)}")
    return DONE


def remove(arguments: argparse.Namespace) -> int:
    """Delete a model."""
    from segstudio.models import store

    name = arguments.name
    if name in store.names():
        questions.ask(f"“{name}” will be deleted from {store.folder()}.", yes=arguments.yes)
    store.remove(name)
    if arguments.json:
        options.print_json({"removed": name})
    else:
        print(f"{name} was removed.")
    return DONE


def choose_default(arguments: argparse.Namespace) -> int:
    """Choose the default model, or say which it is."""
    from segstudio.models import catalogue, store

    if arguments.name:
        store.set_default(arguments.name)
    name, told = catalogue.default_model()
    if told:
        print(f"segstudio: {told}", file=sys.stderr)
    if arguments.json:
        options.print_json({"default": name})
    else:
        print(name)
    return DONE


def export(arguments: argparse.Namespace) -> int:
    """Write a model for other programs."""
    from segstudio.models import exporting

    form = arguments.form or exporting.form_of(arguments.to)
    written = exporting.export(arguments.name, arguments.to, form)
    if arguments.json:
        options.print_json({"path": str(written), "form": form})
    else:
        print(f"{written} written.")
    return DONE


def _add_rename(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="one of your own models")
    parser.add_argument("title", metavar="TITLE", help="what lists show")


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="one of your own models")
    model_values.add_values(parser)


def _add_remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="one of your own models")
    questions.add_yes(parser)


def _add_default(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="without it: say which it is")


def _add_export(parser: argparse.ArgumentParser) -> None:
    add_name(parser)
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FILE|DIR",
        help="a file .onnx or .safetensors, or a folder for segmentation-models-pytorch",
    )
    parser.add_argument(
        "--form",
        choices=("onnx", "library", "segstudio"),
        help="what to write, where the name of the target does not say it",
    )


COMMANDS: tuple[Command, ...] = (
    Command("rename", "Give one of your own models another title", _add_rename, rename),
    Command("set", "Change what one of your own models expects of its input", _add_set, set_values),
    Command("remove", "Delete one of your own models", _add_remove, remove),
    Command(
        "default", "Choose the model that is used when none is named", _add_default, choose_default
    ),
    Command("export", "Write a model for other programs", _add_export, export),
)

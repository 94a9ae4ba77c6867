"""``segstudio models fetch`` and ``import``."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import model_values, options, questions
from segstudio.cli.command import DONE, INTERRUPTED, Command
from segstudio.cli.model_list import as_json
from segstudio.core.errors import ModelError
from segstudio.core.repository_name import repository_of

if TYPE_CHECKING:
    from segstudio.core.model_info import ModelInfo
    from segstudio.core.model_proposal import ModelProposal

_TELL_EVERY = 0.1


def fetch(arguments: argparse.Namespace) -> int:
    """Fetch a published model, or the weights of an encoder to train on."""
    from segstudio.models import published

    is_model = arguments.name in published.MODELS
    try:
        return _fetch_model(arguments) if is_model else _fetch_encoder(arguments)
    except KeyboardInterrupt:
        print("segstudio: Stopped. The same command goes on from here.", file=sys.stderr)
        return INTERRUPTED


def _fetch_model(arguments: argparse.Namespace) -> int:
    from segstudio.models import cards, published_files

    model = published_files.find(arguments.name)
    card = cards.of(model.name)
    _agree(card.title, card.licence, is_commercial=card.is_commercial, yes=arguments.yes)
    progress = _Progress(model.file_name)
    if arguments.folder is not None:
        path = published_files.fetch_file(model, arguments.folder, progress, lambda: False)
        _tell_file(path, "Take it in by: segstudio models import FILE", as_json=arguments.json)
        return DONE
    published_files.fetch(model.name, progress, lambda: False)
    _tell_model(cards.of(model.name), as_json_object=arguments.json)
    return DONE


def _fetch_encoder(arguments: argparse.Namespace) -> int:
    from segstudio.models import encoder_files, encoders, published

    name = arguments.name
    try:
        weights = encoder_files.find(name)
    except ModelError as error:
        if repository_of(name):
            raise ModelError(
                f"A repository of Hugging Face is taken in by: segstudio models import {name}"
            ) from error
        models = ", ".join(published.MODELS)
        raise ModelError(f"{error} Models that can be fetched are: {models}.") from error
    _agree(encoders.title(name), weights.licence, is_commercial=True, yes=arguments.yes)
    progress = _Progress(weights.file_name)
    path = encoder_files.fetch(name, progress, lambda: False, arguments.folder)
    place = encoders.weights_file(name)
    then = f"Its place on another computer: {place}" if arguments.folder else ""
    _tell_file(
        path,
        then or f"Train on it by: segstudio train --encoder {name} --pretrained",
        as_json=arguments.json,
    )
    return DONE


def take_in(arguments: argparse.Namespace) -> int:
    """Take a model in from a file or folder, and say what was assumed about it."""
    from segstudio.models import cards, hub_repositories, store

    proposal = _as_told(_inspected(arguments.path), arguments)
    if not proposal.architecture and proposal.choices:
        known = ", ".join(proposal.choices)
        raise ModelError(
            f"The weights in {arguments.path.name} belong to a network that is not known here. "
            f"Name it by --architecture and --encoder. There are: {known}."
        )
    may_sell = proposal.is_commercial
    _agree(proposal.title, proposal.licence, is_commercial=may_sell, yes=arguments.yes)
    if proposal.assumed:
        print(f"segstudio: assumed: {_assumptions(proposal)}", file=sys.stderr)
    entry = store.take_in(proposal)
    hub_repositories.forget(Path(proposal.path))
    _tell_model(cards.of(entry.name), as_json_object=arguments.json)
    return DONE


def _inspected(path: Path) -> "ModelProposal":
    """Look at a path, or at the repository of that name, which is fetched for it."""
    from segstudio.models import hub_repositories, store

    repository = repository_of(path.as_posix())
    if path.exists() or not repository:
        return store.inspect(path)
    return hub_repositories.fetch(repository, _Progress(repository), lambda: False)


class _Progress:
    """Shows how much is here: in place on a terminal, in steps of a tenth elsewhere."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told = -1.0

    def __call__(self, done: int, total: int) -> None:
        share = done / total if total else 0.0
        live = sys.stderr.isatty()
        if done != total and share - self._told < (0.001 if live else _TELL_EVERY):
            return
        self._told = share
        text = f"{share:4.0%}  {self._name}  {done / 1e6:.1f} of {total / 1e6:.1f} MB"
        last = done == total or not live
        print(text.ljust(60), end="\n" if last else "\r", file=sys.stderr, flush=True)


def _agree(title: str, licence: str, *, is_commercial: bool, yes: bool) -> None:
    licence = licence or "not stated"
    if is_commercial:
        print(f"segstudio: Licence of {title}: {licence}", file=sys.stderr)
    else:
        questions.ask(f"{title} is not for commercial use. Licence: {licence}.", yes=yes)


def _tell_file(path: Path, then: str, *, as_json: bool) -> None:
    if as_json:
        options.print_json({"path": str(path)})
    else:
        print(f"{path} written. {then}")


def _tell_model(card: "ModelInfo", *, as_json_object: bool) -> None:
    if as_json_object:
        options.print_json(as_json(card))
        return
    print(f"{card.title} is here. Use it by: segstudio segment PHOTO --model {card.name}")


def _as_told(proposal: "ModelProposal", arguments: argparse.Namespace) -> "ModelProposal":
    """Return a proposal with what the command line says about the model."""
    told = {
        "architecture": arguments.architecture,
        "encoder": arguments.encoder,
        "classes": _class_names(arguments.classes),
        "name": arguments.name,
        "title": arguments.title or arguments.name,
    }
    told = {name: value for name, value in told.items() if value is not None}
    told |= model_values.told(arguments, len(proposal.mean))
    left = tuple(name for name in proposal.assumed if name not in told)
    return replace(proposal, **told, assumed=left)


def _class_names(path: Path | None) -> tuple[str, ...] | None:
    """Return the names in a class list: classes.json, or a text with one name a line."""
    if path is None:
        return None
    from segstudio.formats.class_lists import read

    return tuple(entry.name for entry in read(path))


def _assumptions(proposal: "ModelProposal") -> str:
    """Return what was assumed, in words."""
    from segstudio.models.encoder_table import IMAGENET_MEAN, IMAGENET_STD

    mean, std = (" ".join(f"{v:.4g}" for v in values) for values in (proposal.mean, proposal.std))
    words = {
        "mean": "ImageNet mean" if proposal.mean == IMAGENET_MEAN else f"mean {mean}",
        "std": "ImageNet deviation" if proposal.std == IMAGENET_STD else f"deviation {std}",
        "channel_order": proposal.channel_order.upper(),
        "short_side": f"short side {proposal.short_side} px",
        "classes": f"names of the {len(proposal.classes)} classes",
        "architecture": f"architecture {proposal.architecture}",
        "encoder": f"encoder {proposal.encoder}",
        "licence": "a licence for any use",
    }
    return ", ".join(words.get(name, name.replace("_", " ")) for name in proposal.assumed)


def _add_fetch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="a model of segstudio models list or an encoder of segstudio architectures --encoders",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="only put the file there, to be imported on another computer",
    )
    questions.add_yes(parser)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        metavar="FILE|DIR|REPOSITORY",
        help="weights, an ONNX file, a folder, or the name of a repository of Hugging Face",
    )
    parser.add_argument("--architecture", metavar="NAME", help="where the weights do not tell it")
    parser.add_argument("--encoder", metavar="NAME", help="where the weights do not tell it")
    parser.add_argument(
        "--classes", type=Path, metavar="FILE", help="names of the classes, in their order"
    )
    model_values.add_values(parser)
    parser.add_argument("--name", help="under which it is used (default: the file's)")
    parser.add_argument("--title", help="what the window shows (default: the name)")
    questions.add_yes(parser)


COMMANDS: tuple[Command, ...] = (
    Command("fetch", "Fetch a published model, or the weights of an encoder", _add_fetch, fetch),
    Command("import", "Take in a model from elsewhere", _add_import, take_in),
)

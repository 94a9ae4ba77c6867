"""Arguments of ``segstudio train``: what to learn from, which network, and how it learns."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core.errors import SegstudioError

if TYPE_CHECKING:
    from segstudio.models.architecture import Architecture
    from segstudio.training.examples import Examples
    from segstudio.training.recipe import Recipe

_ARCHITECTURE, _ENCODER = "deeplabv3plus", "lite0"


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add where labelled images come from, and how crops of them are made."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="PATH",
        help="a project, or a dataset of any format that segstudio convert reads; of a project, "
        "images that are done count, and of others what a person painted",
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="folder of images")
    parser.add_argument(
        "--masks",
        type=Path,
        metavar="DIR",
        help="folder of PNG label maps with the same names; 255 counts for nothing",
    )
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json of the masks")
    parser.add_argument(
        "--held-out",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="share of images that is kept for measuring (default: 0.2); a project's own "
        "validation images go before",
    )
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N", help="measure by N-fold cross-validation"
    )
    parser.add_argument("--short-side", type=int, default=448, metavar="PX")
    parser.add_argument(
        "--crop", type=int, default=352, metavar="PX", help="side of the parts that are trained on"
    )
    parser.add_argument(
        "--crops-per-image", type=int, default=24, metavar="N", help="varied parts of each image"
    )
    parser.add_argument(
        "--variety",
        default="light",
        metavar="NAME",
        help="how parts vary: light (scale, mirror, colour), turned (any direction too), "
        "microscope (turned, and lit and stained in many ways) or strong (turned a little, "
        "blurred, grey, with holes) (default: light)",
    )
    parser.add_argument(
        "--draw",
        default="images",
        metavar="NAME",
        help="images: every image gives as many parts; pixels: large ones give more; not with "
        "--frozen (default: images)",
    )


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add which network is trained and from which weights."""
    parser.add_argument(
        "--from",
        dest="start",
        metavar="NAME|FILE",
        help="start from the weights of a model; without --architecture and --encoder its own",
    )
    parser.add_argument(
        "--architecture",
        metavar="NAME",
        help="the network (default: deeplabv3plus); see segstudio architectures",
    )
    parser.add_argument(
        "--preset",
        metavar="NAME",
        help="small, standard or large: how big a network of this architecture (default: standard)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="arguments",
        metavar="NAME=VALUE",
        help="a parameter of the architecture, such as encoder_depth=4; can be repeated",
    )
    parser.add_argument(
        "--encoder",
        metavar="NAME",
        help="lite0, which comes with the program, or the name of a timm model (default: lite0)",
    )
    parser.add_argument(
        "--pretrained",
        action="store_true",
        help="start from the encoder's published weights, which must have been fetched",
    )


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add how the network learns."""
    add = parser.add_argument
    add(
        "--frozen",
        action="store_true",
        help="keep the encoder as it is: faster, and enough for small sets",
    )
    add("--last-blocks", type=int, metavar="N", help="of the encoder, train the last N blocks only")
    add(
        "--norms",
        default="auto",
        metavar="NAME",
        help="frozen keeps the statistics of batch norms that were taken over, trained does not; "
        "auto freezes them below 8 parts a batch (default: auto)",
    )
    add(
        "--loss",
        default="ce",
        metavar="SUM",
        help="a sum of ce, focal, dice, lovasz and bce, such as ce+0.5*dice (default: ce)",
    )
    add(
        "--class-weights",
        default="rare",
        metavar="NAME",
        help="of ce: rare weighs rare classes more, even does not (default: rare)",
    )
    add("--label-smoothing", type=float, default=0.05, metavar="X", help="for ce (default: 0.05)")
    add("--optimizer", default="adamw", metavar="NAME", help="adamw or sgd (default: adamw)")
    add("--learning-rate", type=float, default=2e-3, metavar="X", help="at most (default: 0.002)")
    add(
        "--encoder-rate",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="the encoder's learning rate as a share of it (default: 1)",
    )
    add("--weight-decay", type=float, default=1e-2, metavar="X", help="(default: 0.01)")
    add("--schedule", default="cosine", metavar="NAME", help="cosine or poly (default: cosine)")
    add("--warm-up", type=float, default=0.05, metavar="SHARE", help="of the run (default: 0.05)")
    add("--batch", type=int, default=16, metavar="N", help="parts a batch (default: 16)")
    add(
        "--accumulate",
        type=int,
        default=1,
        metavar="N",
        help="add up the gradients of N batches before a step (default: 1)",
    )
    add(
        "--average",
        type=float,
        default=0.98,
        metavar="X",
        help="decay of the running mean of the weights, which is kept; 0 for none (default: 0.98)",
    )
    add("--half", action="store_true", help="mixed precision: faster on most GPUs")


def examples(arguments: argparse.Namespace) -> "Examples":
    """Return the labelled images that were named.

    Raises
    ------
    SegstudioError
        When they cannot be used, or too little or too much was named.
    """
    from segstudio.training import examples as found

    folders = arguments.images, arguments.masks, arguments.classes
    if arguments.data is not None and not any(folders):
        return found.found_in(arguments.data)
    if arguments.data is None and all(folders):
        return found.of_folders(*folders)
    raise SegstudioError("Give either --data, or --images, --masks and --classes together.")


def network(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that say which network is trained and from which weights.

    Raises
    ------
    SegstudioError
        When there is no such architecture, parameter or model.
    """
    from segstudio.models import catalogue, checkpoint, foreign_networks, networks

    start = catalogue.find(arguments.start) if arguments.start else None
    architecture, encoder = arguments.architecture, arguments.encoder
    values: dict[str, Any] = {}
    if start is not None:
        given = checkpoint.read_spec(start)
        encoder = encoder or given.encoder
        is_own = architecture in (None, given.architecture)
        architecture = architecture or given.architecture
        if is_own and arguments.preset is None:
            values = dict(given.arguments)
    architecture = architecture or _ARCHITECTURE
    if architecture not in foreign_networks.FOREIGN:
        row = networks.find(architecture)
        values = _chosen(row, values, arguments.preset or "standard", arguments.arguments)
    return {
        "architecture": architecture,
        "encoder": encoder or _ENCODER,
        "arguments": values,
        "start": start,
    }


def _chosen(
    row: "Architecture", given: dict[str, Any], preset: str, texts: list[str]
) -> dict[str, Any]:
    """Return an architecture's arguments: those given or of the preset, then those typed."""
    typed: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise SegstudioError(f"--set takes NAME=VALUE, not “{text}”.")
        typed[name.strip()] = value.strip()
    try:
        chosen = row.chosen(preset, typed)
        return {**chosen, **{n: v for n, v in given.items() if n not in typed}}
    except ValueError as error:
        raise SegstudioError(str(error)) from error


def recipe(arguments: argparse.Namespace) -> "Recipe":
    """Return how the network is to learn.

    Raises
    ------
    ModelError
        When a value is out of range.
    """
    from segstudio.training.recipe import Recipe

    return Recipe(**{field.name: getattr(arguments, field.name) for field in fields(Recipe)})

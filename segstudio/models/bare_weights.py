"""Bare weights, with or without what training programs wrap around them."""

from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import proposed, proposed_classes
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork
    from segstudio.models.weights_fit import Shapes
    from segstudio.models.weights_guess import Guess

_SHORT_SIDE = 512
_UNKNOWN = ("classes", "mean", "std", "channel_order", "short_side", "licence")


def is_such(path: Path) -> bool:
    """Tell whether a file is called like a file of weights."""
    from segstudio.models import weights_file

    return path.is_file() and path.suffix.lower() in weights_file.SUFFIXES


def propose(path: Path) -> ModelProposal:
    """Return which network the weights belong to; empty where they fit none that is known."""
    from segstudio.models import networks, weights_file, weights_fit, weights_guess
    from segstudio.models.foreign_networks import FOREIGN

    shapes = weights_fit.shapes_of(weights_file.read(path))
    count = weights_guess.class_count(shapes)
    if count is not None:
        proposed_classes.check_count(count, path.name)
    found = list(weights_guess.guesses(shapes))
    fitting = tuple(guess.architecture for guess in found if not guess.differences)
    buildable = tuple(name for name in FOREIGN if name not in ("hub", "onnx"))
    everything = (*networks.ARCHITECTURES, *buildable)
    spec = _spec(path, found[0] if found else None, shapes)
    return proposed.proposal(
        path,
        "weights",
        spec,
        assumed=_UNKNOWN if fitting else ("architecture", "encoder", *_UNKNOWN),
        choices=fitting or everything,
    )


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Build the network that was guessed or chosen, and put the weights into it."""
    from segstudio.models import weights_file, weights_fit

    path = Path(proposal.path)
    state = weights_file.read(path)
    shapes = weights_fit.shapes_of(state)
    if not proposal.architecture:
        raise ModelError(
            f"The weights in {path.name} belong to a network that is not known here. Choose its "
            "architecture and its encoder, or export it as ONNX where it comes from."
        )
    spec = proposed.changed(_spec(path, _chosen(proposal, shapes), shapes), proposal)
    return spec, weights_fit.filled(spec, state, path.name)


def _chosen(proposal: ModelProposal, shapes: "Shapes") -> "Guess":
    from segstudio.models import weights_guess

    for guess in weights_guess.guesses(shapes):
        if (guess.architecture, guess.encoder) == (proposal.architecture, proposal.encoder):
            return guess
    return weights_guess.chosen(proposal.architecture, proposal.encoder, shapes)


def _spec(path: Path, guess: "Guess | None", shapes: "Shapes") -> ModelSpec:
    from segstudio.models import weights_guess

    channels = weights_guess.channel_count(shapes)
    names = proposed_classes.default_names(weights_guess.table_size(shapes))
    mean, std = weights_guess.normalisation(channels)
    return ModelSpec(
        name=proposed.name_of(path),
        title=proposed.name_of(path),
        architecture=guess.architecture if guess else "",
        arguments=guess.arguments if guess else {},
        encoder=guess.encoder if guess else "",
        encoder_inside=True,
        classes=proposed_classes.table(names),
        channels=channels,
        short_side=_SHORT_SIDE,
        mean=mean,
        std=std,
        multiple=guess.multiple if guess else 32,
        source=path.name,
    )

"""Weights of a model that is there already, as the start of a training."""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

_ENCODER = "encoder."


@dataclass(frozen=True)
class Taken:
    """What was taken from a model.

    Attributes
    ----------
    is_whole : bool
        Whether more than the encoder was taken.
    sentence : str
        It tells a person.
    """

    is_whole: bool
    sentence: str


def fill(
    network: SegmentationNetwork, spec: ModelSpec, start: Path, targets: tuple[int, ...] = ()
) -> Taken:
    """Give a network the weights of a model file, as far as they fit.

    Of another architecture only the encoder's are taken. Where the classes differ, the layers
    that score them stay as they are, but for the classes that are known to be the same.

    Parameters
    ----------
    targets : tuple of int
        By class index of the model file, the class of `spec` that is the same; as in
        `segstudio.core.merge.ClassMatch`.

    Raises
    ------
    ModelError
        When the file cannot be used or nothing in it fits.
    """
    given, source = checkpoint.load(start)
    stored, own = source.state_dict(), network.state_dict()
    is_same = given.architecture == spec.architecture
    has_classes = is_same and _names(given) == _names(spec)
    scoring = set() if has_classes else scoring_names(spec, own)
    taken = {
        name: stored[name]
        for name, values in own.items()
        if (is_same or name.startswith(_ENCODER))
        and name not in scoring
        and name in stored
        and stored[name].shape == values.shape
    }
    title = given.title or given.name
    if not taken:
        raise ModelError(
            f"No weights of “{title}” fit this network: it is another encoder and architecture. "
            "Train with those of that model, or start without it."
        )
    sources = _sources(given, spec, targets)
    is_known = is_same and any(sources)
    if is_known:
        taken |= {n: _scored(own[n], stored[n], sources) for n in scoring & stored.keys()}
    network.load_state_dict({**own, **taken})
    return Taken(is_same, _told(title, len(taken), len(own), _rest(is_same, has_classes, is_known)))


def continued(given: ModelSpec, spec: ModelSpec) -> ModelSpec:
    """Return the description of a model that is trained on from another one.

    What the weights expect of their input stays, and so do the terms on which they were given.
    """
    expected = spec
    if (given.architecture, given.encoder) == (spec.architecture, spec.encoder):
        expected = replace(
            spec,
            mean=given.mean,
            std=given.std,
            channels=given.channels,
            channel_order=given.channel_order,
        )
    return replace(
        expected,
        licence=spec.licence or given.licence,
        is_commercial=given.is_commercial,
        source=f"Trained on from {given.title or given.name}",
    )


def _names(spec: ModelSpec) -> list[str]:
    return [entry.name for entry in spec.classes]


def scoring_names(spec: ModelSpec, own: dict[str, Tensor]) -> set[str]:
    """Return the names of weights whose shape depends on the number of classes."""
    last = spec.classes.indices[-1]
    other = networks.build(replace(spec, classes=spec.classes.without(last))).state_dict()
    return {name for name, values in own.items() if other[name].shape != values.shape}


def _sources(given: ModelSpec, spec: ModelSpec, targets: tuple[int, ...]) -> list[list[int]]:
    """Return by channel of a network those of the given one that mean the same class."""
    meant = [targets[c.index] if c.index < len(targets) else -1 for c in given.classes]
    return [[i for i, target in enumerate(meant) if target == c.index] for c in spec.classes]


def _scored(own: Tensor, stored: Tensor, sources: list[list[int]]) -> Tensor:
    """Return weights that score classes, with those of known classes taken over."""
    if own.shape[1:] != stored.shape[1:] or len(own) != len(sources):
        return own  # of a layer that mixes classes
    mixed = own.clone()
    for channel, places in enumerate(sources):
        if places:
            mixed[channel] = stored[places].mean(dim=0)
    return mixed


def _rest(is_same: bool, has_classes: bool, is_known: bool) -> str:
    if not is_same:
        return "the rest is new, as the architecture differs"
    if has_classes:
        return ""
    which = "the other classes" if is_known else "the classes"
    return f"what scores {which} is new, as they differ"


def _told(title: str, taken: int, count: int, rest: str) -> str:
    told = f"Starts from {taken} of {count} weights of “{title}”"
    return f"{told}; {rest}." if rest else f"{told}."

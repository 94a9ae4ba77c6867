"""Weights from elsewhere, compared with the network that they are to fill."""

import logging
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from segstudio.core.errors import ModelError
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

log = logging.getLogger(__name__)

Shapes = dict[str, tuple[int, ...]]

TRAINING_ONLY = ("aux_classifier.", "auxiliary_head.", "classification_head.")
"""Heads that help training and have no part in the result."""

_NAMED = 3
_COUNTER = "num_batches_tracked"
"""Counts the steps of training; files of old programs lack it, and nothing here reads it."""


def shapes_of(state: Mapping[str, Tensor]) -> Shapes:
    """Return the shapes of those weights that the result depends on."""
    return {
        key: tuple(values.shape)
        for key, values in state.items()
        if not key.startswith(TRAINING_ONLY) and not key.endswith(_COUNTER)
    }


def filled(spec: ModelSpec, state: Mapping[str, Tensor], file_name: str) -> SegmentationNetwork:
    """Build the network of a description with these weights.

    Raises
    ------
    ModelError
        When they do not fit, which the sentence lists, or are not numbers.
    """
    from segstudio.models import checkpoint, networks

    # First without memory for weights: a description may ask for any number of them.
    differences = in_words(shapes_of(state), shapes_wanted(spec))
    if differences:
        raise ModelError(
            f"The weights in {file_name} do not fit this network: {differences}. "
            "Choose another architecture or encoder."
        )
    checkpoint.check_finite(state, file_name)
    network = networks.build(spec)
    network.load_state_dict(state, strict=False)  # compared above
    return network


def shapes_wanted(spec: ModelSpec) -> Shapes:
    """Return the shapes of the weights of a description's network, without their memory.

    Raises
    ------
    ModelError
        When the description does not fit.
    """
    from segstudio.models import networks

    with torch.device("meta"), _ValuesStayHere():
        return shapes_of(networks.build(spec).state_dict())


class _ValuesStayHere(TorchFunctionMode):
    """Keeps in memory what networks compute their own arguments from while they are built."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if func is torch.linspace:
            kwargs.setdefault("device", "cpu")
        return func(*args, **kwargs)


def in_words(found: Shapes, expected: Shapes) -> str:
    """Say what is missing, what is too much and what has another shape; empty when all fits.

    Of each kind the first few are named; the log names every one.
    """
    missing = [key for key in expected if key not in found]
    unknown = [key for key in found if key not in expected]
    other = [
        f"{key} is {_size(found[key])}, not {_size(shape)}"
        for key, shape in expected.items()
        if key in found and found[key] != shape
    ]
    for kind, items in (("missing", missing), ("unknown", unknown), ("other shape", other)):
        if len(items) > _NAMED:
            log.info("%s: %s", kind, ", ".join(items))
    parts = [
        _counted(missing, "is missing", "are missing"),
        _counted(unknown, "is not part of it", "are not part of it"),
        _counted(other, "has another shape", "have other shapes"),
    ]
    return "; ".join(part for part in parts if part)


def _counted(items: list[str], one: str, many: str) -> str:
    if not items:
        return ""
    named = ", ".join(items[:_NAMED]) + (", …" if len(items) > _NAMED else "")
    return f"{len(items)} {one if len(items) == 1 else many} ({named})"


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one number"

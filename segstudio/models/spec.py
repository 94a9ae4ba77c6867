"""Everything that is known about a model besides its weights."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from segstudio.core.classes import ClassTable, from_rows, to_rows
from segstudio.core.errors import ModelError, SegstudioError

FORMAT_VERSION = 1
"""Raised when an older program could no longer read what this one writes."""

RefineMode = Literal["none", "guided", "crf"]
REFINE_MODES: tuple[RefineMode, ...] = ("none", "guided", "crf")

ChannelOrder = Literal["rgb", "bgr"]
CHANNEL_ORDERS: tuple[ChannelOrder, ...] = ("rgb", "bgr")

LARGEST_SIDE = 8192
"""Largest working short side in pixels: beyond it no network here was trained."""

_VERSION_KEY = "segstudio_model"
_SPEC_KEY = "spec"


@dataclass(frozen=True)
class ModelSpec:
    """How to build a model, what to feed it, and what its output means.

    Attributes
    ----------
    name : str
        Short, unique, used on the command line.
    title : str
        The name shown to people.
    architecture : str
        A row of `segstudio.models.networks.ARCHITECTURES`.
    arguments : dict
        Further arguments of that architecture, of JSON types.
    encoder : str
        ``"lite0"``, the embedded encoder, or the name of a timm model.
    encoder_inside : bool
        Whether the model file holds the encoder's weights as well.
    encoder_sha256 : str
        Hash of the encoder's state that belongs to the file; empty when it is inside.
    channels : int
        Input channels.
    short_side : int
        Working short side in pixels: the scale at which the model was trained.
    classes : ClassTable
        In the order of the output channels.
    mean, std : tuple of float
        Per channel, for inputs of 0 to 1.
    multiple : int
        Heights and widths have to be multiples of it; the predictor pads.
    licence : str
        Licence of the weights.
    metrics : dict
        What was measured, such as ``miou`` and ``held_out_images``.
    refine : {"none", "guided", "crf"}
        What measurement says is best for this model.
    note : str
        One or two sentences for people.
    source : str
        Where the weights come from, in words or as an address; empty for our own training.
    channel_order : {"rgb", "bgr"}
        In which the network takes colours; `mean` and `std` follow it.
    input_size : tuple of int or None
        Height and width of a network that takes no other size; it stretches its input to it.
    is_commercial : bool
        Whether the licence of the weights lets them be used for money.
    published : str
        The published model that this is, as named in `segstudio.models.published`.
    temperature : float
        What logits are divided by before they become probabilities, so that the model is as sure
        as it is right. Labels stay the same: see `inference.segmenter.untempered`.
    """

    name: str
    architecture: str
    classes: ClassTable
    title: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    encoder: str = "lite0"
    encoder_inside: bool = False
    encoder_sha256: str = ""
    channels: int = 3
    short_side: int = 448
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    multiple: int = 32
    licence: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    refine: RefineMode = "none"
    note: str = ""
    source: str = ""
    channel_order: ChannelOrder = "rgb"
    input_size: tuple[int, int] | None = None
    is_commercial: bool = True
    published: str = ""
    temperature: float = 1.0

    def __post_init__(self) -> None:
        checks = {
            "It names no classes.": len(self.classes) >= 1,
            f"Its working size must be 1 to {LARGEST_SIDE} pixels.": 1
            <= self.short_side
            <= LARGEST_SIDE,
            "Its size multiple must be at least 1.": self.multiple >= 1,
            "Its mean and deviation do not match its channels.": len(self.mean)
            == len(self.std)
            == self.channels
            >= 1,
            "Its mean and deviation must be numbers.": all(
                map(math.isfinite, self.mean + self.std)
            ),
            "A deviation of 0 cannot be divided by.": all(v > 0 for v in self.std),
            f"“{self.refine}” is no way to refine.": self.refine in REFINE_MODES,
            f"“{self.channel_order}” is no order of colours.": self.channel_order in CHANNEL_ORDERS,
            "Its temperature must be above 0.": 0.0 < self.temperature < math.inf,
            "Its input has no size.": self.input_size is None or min(self.input_size) >= 1,
        }
        for sentence, holds in checks.items():
            if not holds:
                raise ModelError(f"The description of model “{self.name}” is wrong. {sentence}")


def to_metadata(spec: ModelSpec) -> dict[str, str]:
    """Return the texts that a model file carries beside its weights."""
    values = {f.name: getattr(spec, f.name) for f in fields(spec) if not _is_left_out(spec, f.name)}
    values["classes"] = to_rows(spec.classes)
    return {
        _VERSION_KEY: str(FORMAT_VERSION),
        _SPEC_KEY: json.dumps(values, ensure_ascii=False, sort_keys=True),
    }


def from_metadata(metadata: Mapping[str, str], source: str) -> ModelSpec:
    """Read a description back.

    Parameters
    ----------
    metadata : mapping of str to str
        As `to_metadata` returns it.
    source : str
        Name of the file, for the error's sentence.

    Raises
    ------
    ModelError
        When the texts are missing, from a newer program, or do not describe a model.
    """
    if _VERSION_KEY not in metadata or _SPEC_KEY not in metadata:
        raise ModelError(
            f"{source} holds weights but no description of a segstudio model. Take it in first, "
            "in the list of models or by: segstudio models import"
        )
    if metadata[_VERSION_KEY] != str(FORMAT_VERSION):
        raise ModelError(
            f"{source} has model format {metadata[_VERSION_KEY]}; this program reads "
            f"{FORMAT_VERSION}. Install the newest segstudio."
        )
    try:
        values = json.loads(metadata[_SPEC_KEY])
        return _spec_from_values(values)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        SegstudioError,
    ) as error:
        raise ModelError(
            f"The description inside {source} is damaged ({error}). Copy the file again "
            "from its source or train it anew."
        ) from error


def as_dict(spec: ModelSpec) -> dict[str, Any]:
    """Return the description as plain JSON types, for listings."""
    values = asdict(spec)
    values["classes"] = to_rows(spec.classes)
    return values


def _is_left_out(spec: ModelSpec, name: str) -> bool:
    """Tell whether a field is as it always was before there was such a field."""
    return name in _LATER_FIELDS and getattr(spec, name) == _LATER_FIELDS[name]


def _spec_from_values(values: dict[str, Any]) -> ModelSpec:
    unknown = values.keys() - {f.name for f in fields(ModelSpec)}
    if unknown:
        raise ValueError(f"unknown entries {', '.join(sorted(unknown))}")
    for name, kind in _KINDS.items():
        if name in values and not isinstance(values[name], kind):
            raise TypeError(f"“{name}” is not of the right kind")
    values["classes"] = from_rows(values["classes"])
    values["mean"] = tuple(float(v) for v in values["mean"])
    values["std"] = tuple(float(v) for v in values["std"])
    if values.get("input_size") is not None:
        height, width = values["input_size"]
        values["input_size"] = int(height), int(width)
    return ModelSpec(**values)


_LATER_FIELDS: dict[str, Any] = {
    "source": "",
    "channel_order": "rgb",
    "input_size": None,
    "is_commercial": True,
    "published": "",
    "temperature": 1.0,
}
"""Fields that a file has only where they differ from these, so that older programs read it."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "architecture": str,
    "title": str,
    "arguments": dict,
    "encoder": str,
    "encoder_inside": bool,
    "encoder_sha256": str,
    "channels": int,
    "short_side": int,
    "multiple": int,
    "licence": str,
    "metrics": dict,
    "refine": str,
    "note": str,
    "source": str,
    "channel_order": str,
    "is_commercial": bool,
    "published": str,
    "temperature": (int, float),
}

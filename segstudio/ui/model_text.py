"""What is known of a model, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from segstudio.core.model_info import ModelInfo

_CONTEXT = "model_text"
_UNITS = ((1e9, "%.1f GB"), (1e6, "%.1f MB"), (1e3, "%.0f kB"))
_MILLION = 1e6
_READY_MADE = ("onnx", "hub")
"""Networks that come as they are: what is noted of them says how to read their files."""

_FEW = 1e5

_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Fact:
    """A line of the card: what it is about, what is so, and in which role of the style it is."""

    label: str
    text: str
    role: str = ""
    gives_way: bool = False
    """Whether it is cut where there is no room, as an address that cannot be broken is."""


def size_text(size_bytes: int) -> str:
    """Return the size of a file to read: 380 kB, 13.1 MB, 1.2 GB."""
    for unit, form in _UNITS:
        if size_bytes >= unit:
            return form % (size_bytes / unit)
    return f"{size_bytes} B"


def classes_text(count: int) -> str:
    """Return how many classes there are."""
    return _tr("1 class") if count == 1 else _tr("%d classes") % count


def second_line(model: ModelInfo, share: float | None = None) -> str:
    """Return what a list says of a model below its title; `share` is how much is fetched."""
    if model.problem:
        return _tr("The file cannot be used")
    if share is not None:
        if not model.size_bytes:
            return _tr("%d %%") % round(100 * share)
        return _tr("%d %% of %s") % (round(100 * share), size_text(model.size_bytes))
    return f"{classes_text(len(model.classes))} · {size_text(model.size_bytes)}"


def kind_line(model: ModelInfo) -> str:
    """Return what kind of network it is, such as “DeepLabV3+ on EfficientNet-Lite0”."""
    if model.architecture and model.encoder:
        return _tr("%s on %s") % (model.architecture, model.encoder)
    return model.architecture or model.encoder


def licence_line(model: ModelInfo) -> str:
    """Return the licence, and that it forbids use for money where it does."""
    licence = model.licence or _tr("Not stated")
    return licence if model.is_commercial else _tr("%s. Not for commercial use.") % licence


def facts(model: ModelInfo, defaults: Mapping[str, str] | None = None) -> list[Fact]:
    """Return the lines of the card, those that are known.

    `defaults` are the values, as words, that its architecture has where the model says nothing.
    """
    lines = [
        Fact(_tr("Measured"), _figures(model)),
        Fact(_tr("Works at"), _working_size(model)),
        Fact(_tr("Size"), _size(model)),
        Fact(_tr("Licence"), licence_line(model), "" if model.is_commercial else "warning"),
        Fact(_tr("Source"), model.source, gives_way=True),
        Fact(_tr("Note"), model.note),
        Fact(_tr("Built with"), _arguments(model, defaults or {})),
        Fact(_tr("Colours"), _normalisation(model)),
        Fact(_tr("File"), model.path, gives_way=True),
    ]
    if model.problem:
        lines = [line for line in lines if line.label == _tr("File")]
    elif not len(model.classes):  # a repository on its way
        lines = [line for line in lines if line.label == _tr("Note")]
    return [line for line in lines if line.text]


def _figures(model: ModelInfo) -> str:
    parts = []
    if model.miou is not None:
        parts.append(_tr("IoU %.2f") % model.miou)
    accuracy = model.metrics.get("pixel_accuracy")
    if isinstance(accuracy, int | float):
        parts.append(_tr("%.0f %% of pixels right") % (100 * accuracy))
    images = model.metrics.get("held_out_images")
    if isinstance(images, int) and images:
        parts.append(_tr("on %d held-out images") % images)
    elif parts and model.kind == "published":
        parts.append(_tr("as published"))
    return ", ".join(parts)


def _working_size(model: ModelInfo) -> str:
    text = _tr("%d px on the short side") % model.short_side
    return text if model.channels == 3 else text + ", " + _tr("%d channels") % model.channels


def _size(model: ModelInfo) -> str:
    parts = [size_text(model.size_bytes)]
    if model.parameters:
        parts.insert(0, _tr("%s parameters") % _count_text(model.parameters))
    return ", ".join(parts)


def _count_text(count: int) -> str:
    if count < _FEW:
        return f"{count:,}"
    return _tr("%.1f million") % (count / _MILLION)


def _normalisation(model: ModelInfo) -> str:
    if not model.mean:
        return ""
    text = _tr("mean %s; deviation %s") % (_numbers(model.mean), _numbers(model.std))
    return text if model.channel_order == "rgb" else text + "; " + model.channel_order.upper()


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.3g}" for value in values)


def _arguments(model: ModelInfo, defaults: Mapping[str, str]) -> str:
    if model.architecture_name in _READY_MADE:
        return ""
    values = {name: _FLAGS.get(words, words) for name, words in defaults.items()}
    values |= model.arguments
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _tr("yes") if value else _tr("no")
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return _tr("none") if value is None else str(value)


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)

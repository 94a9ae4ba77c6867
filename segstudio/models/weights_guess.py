"""Which network bare weights belong to, by their names and shapes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import weights_fit
from segstudio.models.encoder_table import ENCODERS, IMAGENET_MEAN, IMAGENET_STD
from segstudio.models.spec import ModelSpec
from segstudio.models.weights_fit import Shapes


@dataclass(frozen=True)
class Guess:
    """A network that weights may belong to.

    Attributes
    ----------
    architecture, encoder, arguments
        As in `segstudio.models.spec.ModelSpec`.
    multiple : int
        Heights and widths have to be multiples of it.
    differences : str
        What does not fit, in words; empty where all does.
    """

    architecture: str
    encoder: str
    arguments: dict[str, Any] = field(default_factory=dict)
    multiple: int = 32
    differences: str = ""


_LAST_LAYERS = (
    "segmentation_head.0.weight",
    "classifier.4.weight",
    "classifier.low_classifier.weight",
)

_HEADS = {
    "classifier.low_classifier.weight": "lraspp",
    "classifier.0.convs.0.0.weight": "deeplabv3",
    "classifier.0.weight": "fcn",
}
"""By a weight that only this head of torchvision has."""

_BACKBONES = {
    "backbone.layer3.22.conv3.weight": "resnet101",
    "backbone.layer1.0.conv3.weight": "resnet50",
    "backbone.0.0.weight": "mobilenet_v3_large",
}
"""Likewise, the deeper one first."""

_DECODERS = {
    r"decoder\.blocks\.x_0_0\.": "library_unetplusplus",
    r"decoder\.blocks\.0\.SE_hl\.": "library_manet",
    r"decoder\.blocks\.0\.block\.": "library_linknet",
    r"decoder\.blocks\.0\.conv1\.": "library_unet",
    r"decoder\.p5\.": "library_fpn",
    r"decoder\.fpn_conv_blocks\.": "library_upernet",
    r"decoder\.psp\.": "library_pspnet",
    r"decoder\.fpa\.": "library_pan",
    r"decoder\.aspp\.convs\.": "library_deeplabv3",
    r"decoder\.aspp\.0\.convs\.": "library_deeplabv3plus",
    r"decoder\.mlp_stage\.": "library_segformer",
}
"""Rows of segmentation-models-pytorch by a name that only their decoder has."""

_FAMILIES: dict[str, tuple[str, ...]] = {
    "encoder.model.layer1.": (
        *("tu-resnet18", "tu-resnet34", "tu-resnet50", "tu-resnet101", "tu-resnext50_32x4d"),
    ),
    "encoder.model.blocks.": (
        *("tu-tf_efficientnet_lite0", "tu-mobilenetv2_100", "tu-mobilenetv3_large_100"),
        *("tu-mobilenetv3_small_100", *(f"tu-efficientnet_b{k}" for k in range(4))),
    ),
    "encoder.model.features": ("tu-vgg16_bn", "tu-vgg16", "tu-vgg19_bn"),
    "encoder.model.stages": ("tu-convnext_tiny", "tu-convnext_small", "tu-convnext_base"),
    "encoder.conv1.": (
        *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
        *("resnext50_32x4d", "resnext101_32x4d", "resnext101_32x8d"),
    ),
    "encoder.layer0.": ("se_resnet50", "se_resnet101", "se_resnext50_32x4d", "senet154"),
    "encoder._conv_stem.": tuple(f"efficientnet-b{k}" for k in range(8)),
    "encoder.conv_stem.": (
        *(f"timm-efficientnet-b{k}" for k in range(6)),
        *(f"timm-tf_efficientnet_lite{k}" for k in range(5)),
    ),
    "encoder.features.": (
        *("mobilenet_v2", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn"),
        *("vgg19", "vgg19_bn", "densenet121", "densenet169", "densenet201", "densenet161"),
    ),
    "encoder.patch_embed1.": tuple(f"mit_b{k}" for k in range(6)),
}
"""Encoders of that library by how the names of their weights begin."""


def class_count(shapes: Shapes) -> int | None:
    """Return how many classes weights tell apart, by their last layer; None where it is unknown."""
    return next((shapes[key][0] for key in _LAST_LAYERS if shapes.get(key)), None)


def table_size(shapes: Shapes) -> int:
    """Return how many classes the table of such a model has; two where it has one output."""
    return max(2, class_count(shapes) or 2)


def channel_count(shapes: Shapes) -> int:
    """Return how many channels the first layer takes; 3 where that cannot be seen."""
    first = next((s for key, s in shapes.items() if len(s) == 4 and s[1] <= 16), None)
    return first[1] if first is not None else 3


def guesses(shapes: Shapes) -> Iterator[Guess]:
    """Return the networks that weights may belong to, those that fit wholly first."""
    found = sorted(_candidates(shapes), key=lambda guess: bool(guess.differences))
    exact = [guess for guess in found if not guess.differences]
    yield from exact or found[:1]


def chosen(architecture: str, encoder: str, shapes: Shapes) -> Guess:
    """Return a guess for an architecture that a person has chosen.

    Raises
    ------
    ModelError
        When there is no such architecture.
    """
    from segstudio.models import foreign_networks, networks

    if architecture in foreign_networks.FOREIGN:
        arguments = _ARGUMENTS.get(architecture, _no_arguments)(shapes)
        if architecture.startswith("library_") and class_count(shapes) == 1:
            arguments = {**arguments, "is_binary": True}
        multiple = foreign_networks.FOREIGN[architecture].multiple
        return Guess(architecture, encoder, arguments, multiple)
    row = networks.find(architecture)
    return Guess(architecture, encoder, dict(row.arguments), row.multiple)


def normalisation(channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation to assume, per channel, for inputs of 0 to 1."""
    if channels == 3:
        return IMAGENET_MEAN, IMAGENET_STD
    return (0.5,) * channels, (0.5,) * channels


def compared(guess: Guess, shapes: Shapes) -> Guess:
    """Return the guess with what does not fit, in words."""
    try:
        differences = weights_fit.in_words(shapes, _shapes(guess, shapes))
    except ModelError as error:
        differences = str(error)
    return replace(guess, differences=differences)


def _shapes(guess: Guess, shapes: Shapes) -> Shapes:
    """Return the shapes of a network's weights, without memory for their values."""
    channels = channel_count(shapes)
    spec = ModelSpec(
        name="",
        architecture=guess.architecture,
        arguments=guess.arguments,
        classes=ClassTable.named(f"class {k}" for k in range(table_size(shapes))),
        encoder=guess.encoder,
        encoder_inside=True,
        channels=channels,
        mean=(0.5,) * channels,
        std=(0.5,) * channels,
        multiple=guess.multiple,
    )
    return weights_fit.shapes_wanted(spec)


def _candidates(shapes: Shapes) -> Iterator[Guess]:
    yield from _of_torchvision(shapes)
    row = next((c for p, c in _DECODERS.items() if _has(shapes, p)), None)
    library = _of_library(shapes, row) if row is not None else None
    encoder = library.encoder if library is not None else _encoder(shapes, "library_unet", {})
    if encoder.startswith("tu-"):
        yield from _of_ours(shapes, encoder.removeprefix("tu-"), row)
    if library is not None:
        yield library


def _of_torchvision(shapes: Shapes) -> Iterator[Guess]:
    head = next((h for key, h in _HEADS.items() if key in shapes), None)
    backbone = next((b for key, b in _BACKBONES.items() if key in shapes), None)
    if head is not None and backbone is not None:
        yield compared(Guess(f"torchvision_{head}", backbone, multiple=1), shapes)


def _of_library(shapes: Shapes, row: str) -> Guess:
    arguments = _ARGUMENTS.get(row, _no_arguments)(shapes)
    encoder = _encoder(shapes, row, arguments)
    return compared(chosen(row, encoder, shapes), shapes)


def _of_ours(shapes: Shapes, timm_name: str, library_row: str | None) -> Iterator[Guess]:
    """Return those of our rows that fit; those of the library only where its decoder is there."""
    from segstudio.models import networks

    offered = {row.timm_name: name for name, row in ENCODERS.items()}
    encoder = offered.get(timm_name, timm_name)
    namesake = (library_row or "").removeprefix("library_")
    for name, row in networks.ARCHITECTURES.items():
        if name == namesake or (library_row is None and not row.library_class):
            guess = compared(Guess(name, encoder, dict(row.arguments), row.multiple), shapes)
            if not guess.differences:
                yield guess


def _encoder(shapes: Shapes, row: str, arguments: dict[str, Any]) -> str:
    """Return the encoder whose weights these are, or the one that is most like them."""
    family = next((f for start, f in _FAMILIES.items() if _has(shapes, re.escape(start))), ())
    found = _encoder_part(shapes)
    most_alike, best = "", -1
    for name in family:
        guess = Guess(row, name, arguments)
        try:
            expected = _encoder_part(_shapes(guess, shapes))
        except ModelError:
            continue
        if expected == found:
            return name
        alike = len(expected.items() & found.items()) - len(expected.items() ^ found.items())
        if not most_alike or alike > best:
            most_alike, best = name, alike
    return most_alike


def _encoder_part(shapes: Shapes) -> Shapes:
    return {key: shape for key, shape in shapes.items() if key.startswith("encoder.")}


def _has(shapes: Shapes, pattern: str) -> bool:
    return any(re.match(pattern, key) for key in shapes)


def _no_arguments(shapes: Shapes) -> dict[str, Any]:  # noqa: ARG001 - as its siblings
    return {}


def _unet_arguments(shapes: Shapes) -> dict[str, Any]:
    widths: list[int] = []
    while shape := shapes.get(f"decoder.blocks.{len(widths)}.conv2.0.weight"):
        widths.append(shape[0])
    if not 3 <= len(widths) <= 5:
        return {}
    attention = "scse" if _has(shapes, r"decoder\.blocks\.0\.attention1\.") else None
    return {
        "encoder_depth": len(widths),
        "decoder_channels": widths,
        "decoder_attention_type": attention,
    }


def _widths(**weights: str) -> Callable[[Shapes], dict[str, Any]]:
    """Return a function that reads arguments from the first size of weights."""
    return lambda shapes: {name: shapes[key][0] for name, key in weights.items() if shapes.get(key)}


_ARGUMENTS: dict[str, Callable[[Shapes], dict[str, Any]]] = {
    "library_unet": _unet_arguments,
    "library_deeplabv3": _widths(decoder_channels="decoder.aspp.convs.0.0.weight"),
    "library_deeplabv3plus": _widths(decoder_channels="decoder.aspp.0.convs.0.0.weight"),
    "library_pspnet": _widths(psp_out_channels="decoder.conv.0.weight"),
    "library_fpn": _widths(
        decoder_pyramid_channels="decoder.p5.weight",
        decoder_segmentation_channels="decoder.seg_blocks.0.block.0.block.0.weight",
    ),
}
"""What shapes say about the arguments of a row; dilation cannot be seen in them."""

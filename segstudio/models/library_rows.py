"""Rows of the networks that segmentation-models-pytorch has, with its names of arguments."""

from collections.abc import Callable
from functools import partial
from typing import Any

from segstudio.models.architecture import Architecture, Arguments
from segstudio.models.library_network import LibraryNetwork
from segstudio.models.own_rows import DEPTH, NORM
from segstudio.models.parameter import Parameter
from segstudio.models.unet import LEARNED, UnetNetwork


def _halvings(arguments: Arguments) -> int:
    return int(2 ** arguments["encoder_depth"])


def _from(first: int) -> Callable[[Arguments], tuple[int, ...]]:
    """Return what reads all maps from one on."""
    return lambda arguments: tuple(range(first, arguments["encoder_depth"] + 1))


def _interpolation(*further: str) -> Parameter:
    return Parameter(
        "decoder_interpolation",
        "choice",
        "nearest",
        "How maps are enlarged; transposed is learned." if further else "How maps are enlarged.",
        choices=("nearest", "bilinear", *further),
    )


_WIDTHS = Parameter(
    "decoder_channels",
    "wholes",
    (256, 128, 64, 32, 16),
    "Width of each step of the decoder, from coarse to fine; fewer steps use the last of them.",
    4,
    1024,
    lengths=(3, 5),
)
_ATTENTION = Parameter(
    "decoder_attention_type",
    "choice",
    None,
    "Whether each step weighs its channels and places.",
    choices=(None, "scse"),
)
_U_PRESETS: dict[str, dict[str, Any]] = {
    "small": {"encoder_depth": 4, "decoder_channels": [128, 64, 32, 16]},
    "standard": {},
    "large": {"decoder_channels": [512, 256, 128, 64, 32]},
}
_ANY = ("lite0", "resnet18", "resnet34", "resnet50", "vgg16_bn")


def _width(default: int, line: str, name: str = "decoder_channels") -> Parameter:
    return Parameter(name, "whole", default, line, 8, 1024)


ROWS: dict[str, Architecture] = {
    "unet": Architecture(
        "U-Net",
        partial(UnetNetwork, "Unet"),
        stride=_halvings,
        reads=_from(1),
        parameters=(DEPTH, _WIDTHS, _interpolation(LEARNED), NORM, _ATTENTION),
        presets=_U_PRESETS,
        encoders=_ANY,
        library_class="Unet",
    ),
    "unetplusplus": Architecture(
        "U-Net++",
        partial(UnetNetwork, "UnetPlusPlus"),
        stride=_halvings,
        reads=_from(1),
        parameters=(DEPTH, _WIDTHS, _interpolation(), NORM, _ATTENTION),
        presets=_U_PRESETS,
        encoders=_ANY,
        library_class="UnetPlusPlus",
    ),
    "linknet": Architecture(
        "LinkNet",
        partial(LibraryNetwork, "Linknet"),
        stride=_halvings,
        reads=_from(1),
        parameters=(DEPTH, NORM),
        presets={"small": {"encoder_depth": 4}, "standard": {}},
        encoders=("lite0", "resnet18", "resnet34"),
        library_class="Linknet",
    ),
    "manet": Architecture(
        "MA-Net",
        partial(UnetNetwork, "MAnet"),
        stride=_halvings,
        reads=_from(1),
        parameters=(
            DEPTH,
            _WIDTHS,
            _width(64, "Width of the attention between places.", "decoder_pab_channels"),
            _interpolation(),
            NORM,
        ),
        presets=_U_PRESETS,
        encoders=_ANY,
        has_context=True,
        library_class="MAnet",
    ),
    "fpn": Architecture(
        "FPN",
        partial(LibraryNetwork, "FPN"),
        stride=_halvings,
        reads=_from(2),
        parameters=(
            DEPTH,
            _width(256, "Width of the pyramid's maps.", "decoder_pyramid_channels"),
            _width(128, "Width of the joined map.", "decoder_segmentation_channels"),
            Parameter(
                "decoder_merge_policy",
                "choice",
                "add",
                "How the pyramid's maps are joined.",
                choices=("add", "cat"),
            ),
            Parameter("decoder_dropout", "number", 0.2, "Share dropped while it learns.", 0, 0.9),
            _interpolation(),
        ),
        presets={
            "small": {"decoder_pyramid_channels": 128, "decoder_segmentation_channels": 64},
            "standard": {},
            "large": {"decoder_pyramid_channels": 512, "decoder_segmentation_channels": 256},
        },
        encoders=("lite0", "resnet34", "resnet50"),
        library_class="FPN",
    ),
    "pan": Architecture(
        "PAN",
        partial(LibraryNetwork, "PAN"),
        # its attention halves the last map three times more
        stride=lambda arguments: 8 * int(arguments["encoder_output_stride"]),
        reads=_from(2),
        parameters=(
            Parameter(
                "encoder_output_stride",
                "choice",
                16,
                "How much smaller than the image the last map is: less is finer and slower.",
                choices=(16, 32),
            ),
            Parameter("encoder_depth", "whole", 5, "Stages of the encoder that are used.", 5, 5),
            _width(32, "Width of the decoder."),
            Parameter(
                "decoder_interpolation",
                "choice",
                "bilinear",
                "How maps are enlarged.",
                choices=("nearest", "bilinear"),
            ),
        ),
        presets={"standard": {}, "large": {"decoder_channels": 128}},
        encoders=("lite0", "resnet50"),
        has_context=True,
        library_class="PAN",
    ),
    "upernet": Architecture(
        "UPerNet",
        partial(LibraryNetwork, "UPerNet"),
        stride=_halvings,
        reads=_from(2),
        parameters=(DEPTH, _width(256, "Width of the decoder."), NORM),
        presets={
            "small": {"decoder_channels": 64},
            "standard": {},
            "large": {"decoder_channels": 512},
        },
        encoders=("resnet50", "resnet101", "lite0"),
        has_context=True,
        library_class="UPerNet",
    ),
    "segformer": Architecture(
        "SegFormer head",
        partial(LibraryNetwork, "Segformer"),
        stride=_halvings,
        reads=_from(1),
        parameters=(
            DEPTH,
            _width(256, "Width of the joined map.", "decoder_segmentation_channels"),
        ),
        presets={
            "small": {"decoder_segmentation_channels": 64},
            "standard": {},
            "large": {"decoder_segmentation_channels": 512},
        },
        encoders=("lite0", "resnet34", "resnet50"),
        library_class="Segformer",
    ),
}

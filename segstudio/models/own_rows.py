"""Rows of the networks that are ours, or that are put together here from a library's parts."""

from functools import partial

from segstudio.models.architecture import Architecture, Arguments
from segstudio.models.deeplab import deeplabv3, deeplabv3plus
from segstudio.models.fcn import FcnNetwork
from segstudio.models.parameter import Parameter
from segstudio.models.plain import PlainNetwork
from segstudio.models.pyramid import pspnet

DEPTH = Parameter(
    "encoder_depth", "whole", 5, "Stages of the encoder that are used; each halves the map.", 3, 5
)
NORM = Parameter(
    "decoder_use_norm",
    "choice",
    "batchnorm",
    "Whether the decoder keeps its values in range; identity does not.",
    choices=("batchnorm", "identity"),  # the library's others fail, or expect a size of their own
)

_STRIDE_LINE = "How much smaller than the image the last map is: less is finer and slower."


def _last(arguments: Arguments) -> tuple[int, ...]:
    return (arguments["encoder_depth"],)


def _dilated_stride(arguments: Arguments) -> int:
    return int(min(arguments["encoder_output_stride"], 2 ** arguments["encoder_depth"]))


def _fcn(name: str, skips: tuple[int, ...]) -> Architecture:
    upsampling = Parameter(
        "upsampling",
        "choice",
        "bilinear",
        "How scores are doubled in size: fixed, or learned from a bilinear start.",
        choices=("bilinear", "transposed"),
    )
    return Architecture(
        name,
        partial(FcnNetwork, skips),
        stride=lambda _arguments: 32,
        reads=lambda _arguments: (*sorted(skips), 5),
        parameters=(
            Parameter(
                "hidden_channels", "whole", 512, "Width of the classifier before it.", 16, 4096
            ),
            Parameter("dropout", "number", 0.5, "Share dropped while it learns.", 0, 0.9),
            *((upsampling,) if skips else ()),
        ),
        presets={
            "small": {"hidden_channels": 128},
            "standard": {},
            "large": {"hidden_channels": 4096},
        },
        encoders=("vgg16_bn", "resnet50", "lite0"),
    )


_ASPP = (
    Parameter(
        "decoder_atrous_rates",
        "wholes",
        (12, 24, 36),
        "Distances, in places of the last map, at which the pyramid looks.",
        1,
        72,
        lengths=(3, 3),
    ),
    Parameter("decoder_aspp_dropout", "number", 0.5, "Share dropped while it learns.", 0, 0.9),
)

ROWS: dict[str, Architecture] = {
    "deeplabv3plus": Architecture(
        "DeepLabV3+",
        deeplabv3plus,
        stride=_dilated_stride,
        reads=lambda arguments: (2, arguments["encoder_depth"]),
        parameters=(
            DEPTH,
            Parameter("encoder_output_stride", "choice", 16, _STRIDE_LINE, choices=(8, 16)),
            Parameter("decoder_channels", "whole", 128, "Width of pyramid and decoder.", 8, 1024),
            *_ASPP,
            Parameter(
                "decoder_aspp_separable", "switch", True, "Cheaper convolutions in the pyramid."
            ),
        ),
        presets={
            "small": {"decoder_channels": 64, "decoder_atrous_rates": [6, 12, 18]},
            "standard": {},
            "large": {"decoder_channels": 256, "encoder_output_stride": 8},
        },
        encoders=("lite0", "resnet50", "resnet101", "mobilenetv2_100", "mobilenetv3_large_100"),
        has_context=True,
        library_class="DeepLabV3Plus",
    ),
    "deeplabv3": Architecture(
        "DeepLabV3",
        deeplabv3,
        stride=_dilated_stride,
        reads=_last,
        parameters=(
            DEPTH,
            Parameter("encoder_output_stride", "choice", 8, _STRIDE_LINE, choices=(8, 16)),
            Parameter("decoder_channels", "whole", 256, "Width of the pyramid.", 8, 1024),
            *_ASPP,
            Parameter(
                "decoder_aspp_separable", "switch", False, "Cheaper convolutions in the pyramid."
            ),
        ),
        presets={
            "small": {
                "decoder_channels": 64,
                "encoder_output_stride": 16,
                "decoder_atrous_rates": [6, 12, 18],
            },
            "standard": {},
            "large": {"decoder_channels": 512},
        },
        encoders=("resnet50", "resnet101", "mobilenetv3_large_100", "mobilenetv2_100", "lite0"),
        has_context=True,
        library_class="DeepLabV3",
    ),
    "pspnet": Architecture(
        "PSPNet",
        pspnet,
        stride=_dilated_stride,
        reads=_last,
        parameters=(
            DEPTH,
            Parameter("encoder_output_stride", "choice", 8, _STRIDE_LINE, choices=(8, 16, 32)),
            Parameter(
                "psp_bins",
                "wholes",
                (1, 2, 3, 6),
                "Grids over the whole image that are averaged: cells along each side.",
                1,
                32,
            ),
            Parameter("psp_out_channels", "whole", 512, "Width of the joined map.", 8, 2048),
            Parameter("psp_dropout", "number", 0.2, "Share dropped while it learns.", 0, 0.9),
            Parameter(
                "psp_aspp_rates",
                "wholes",
                (),
                "Distances of atrous pooling before the pyramid; none to go without.",
                1,
                72,
                lengths=(0, 3),
            ),
            NORM,
        ),
        presets={
            "small": {"encoder_depth": 3, "psp_out_channels": 128},
            "standard": {},
            "large": {"psp_out_channels": 1024, "psp_aspp_rates": [6, 12, 18]},
        },
        encoders=("resnet50", "resnet101", "vgg16_bn", "lite0"),
        has_context=True,
        library_class="PSPNet",
    ),
    "fcn32s": _fcn("FCN-32s", ()),
    "fcn16s": _fcn("FCN-16s", (4,)),
    "fcn8s": _fcn("FCN-8s", (4, 3)),
    "plain": Architecture(
        "Plain stack",
        PlainNetwork,
        stride=lambda _arguments: 1,
        reads=lambda _arguments: (1,),
        parameters=(
            Parameter("layers", "whole", 6, "Convolutions one after the other.", 1, 40),
            Parameter("width", "whole", 32, "Channels of each.", 4, 512),
        ),
        presets={
            "small": {"layers": 3, "width": 16},
            "standard": {},
            "large": {"layers": 12, "width": 64},
        },
        has_encoder=False,
    ),
}

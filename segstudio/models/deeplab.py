"""DeepLabV3 and DeepLabV3+: atrous spatial pyramid pooling on a dilated encoder.

Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017, and
"Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation", 2018. The
decoders are those of segmentation-models-pytorch, with its names of weights; the encoders are ours,
as the library has none of the VGG family for them.
"""

from collections.abc import Sequence
from typing import Any

from segstudio.models import backbones
from segstudio.models.library_network import PartsNetwork


def deeplabv3(
    encoder: str,
    classes: int,
    channels: int,
    *,
    encoder_depth: int,
    encoder_output_stride: int,
    decoder_channels: int,
    decoder_atrous_rates: Sequence[int],
    decoder_aspp_separable: bool,
    decoder_aspp_dropout: float,
) -> PartsNetwork:
    """Build the network without a decoder beyond the pyramid."""
    from segmentation_models_pytorch.base import SegmentationHead
    from segmentation_models_pytorch.decoders.deeplabv3.decoder import DeepLabV3Decoder

    network: Any = backbones.build(encoder, channels, encoder_depth, encoder_output_stride)
    decoder = DeepLabV3Decoder(
        in_channels=network.out_channels[-1],
        out_channels=decoder_channels,
        atrous_rates=decoder_atrous_rates,
        aspp_separable=decoder_aspp_separable,
        aspp_dropout=decoder_aspp_dropout,
    )
    stride = min(encoder_output_stride, 2**encoder_depth)
    head = SegmentationHead(decoder_channels, classes, kernel_size=1, upsampling=stride)
    return PartsNetwork(network, decoder, head)


def deeplabv3plus(
    encoder: str,
    classes: int,
    channels: int,
    *,
    encoder_depth: int,
    encoder_output_stride: int,
    decoder_channels: int,
    decoder_atrous_rates: Sequence[int],
    decoder_aspp_separable: bool,
    decoder_aspp_dropout: float,
) -> PartsNetwork:
    """Build the network whose decoder adds borders from an early map."""
    from segmentation_models_pytorch.base import SegmentationHead
    from segmentation_models_pytorch.decoders.deeplabv3.decoder import DeepLabV3PlusDecoder

    network: Any = backbones.build(encoder, channels, encoder_depth, encoder_output_stride)
    decoder = DeepLabV3PlusDecoder(
        encoder_channels=network.out_channels,
        encoder_depth=encoder_depth,
        out_channels=decoder_channels,
        atrous_rates=decoder_atrous_rates,
        output_stride=encoder_output_stride,
        aspp_separable=decoder_aspp_separable,
        aspp_dropout=decoder_aspp_dropout,
    )
    head = SegmentationHead(decoder_channels, classes, kernel_size=1, upsampling=4)
    return PartsNetwork(network, decoder, head)

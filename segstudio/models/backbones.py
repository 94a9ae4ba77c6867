"""Encoders as networks: maps from fine to coarse, as coarse as the decoder wants them."""

from typing import Any

from torch import nn

COARSEST = 32
"""What an encoder reduces heights and widths by when nothing keeps it from it."""


def is_vgg(encoder: str) -> bool:
    """Tell whether an encoder is one of the VGG family, which wants its own ways here and there."""
    return encoder.startswith("vgg")


def options(encoder: str) -> dict[str, float]:
    """Return what timm has to be told to build an encoder with less waste."""
    # The classifier, which is dropped at once, is nine tenths of a VGG.
    return {"mlp_ratio": 1 / 4096} if is_vgg(encoder) else {}


def build(encoder: str, channels: int, depth: int = 5, output_stride: int = COARSEST) -> nn.Module:
    """Return an encoder with random weights.

    Below the output stride its stages stop reducing and their convolutions are dilated instead,
    so that they see as much of the image as before, on a finer grid, with the same weights.

    Parameters
    ----------
    encoder : str
        Name of a timm model.
    depth : int
        How many stages are used: 1 to 5.
    output_stride : {8, 16, 32}

    Returns
    -------
    nn.Module
        From a batch to `depth` + 1 maps; ``out_channels`` lists their channels.

    Raises
    ------
    ValueError
        When this encoder cannot be dilated.
    """
    from segmentation_models_pytorch.encoders import get_encoder  # seconds to import

    further: dict[str, float] = options(encoder)
    if output_stride < COARSEST and not is_vgg(encoder):
        further["output_stride"] = output_stride
    try:
        network: Any = get_encoder(
            f"tu-{encoder}", in_channels=channels, depth=depth, weights=None, **further
        )
    except (AssertionError, TypeError) as error:
        raise ValueError(
            f"encoder “{encoder}” cannot keep its maps finer than 1/{COARSEST} of the image. "
            "Choose a ResNet, MobileNet, EfficientNet or VGG, or an architecture such as unet."
        ) from error
    if is_vgg(encoder):
        _dilate_vgg(network.model, output_stride)
    return network  # type: ignore[no-any-return]


def _dilate_vgg(model: nn.Module, output_stride: int) -> None:
    """Let the last pools keep the size of their maps; timm offers this for other families only."""
    stride, rate = 1, 1
    for name, layer in list(model.named_children()):
        if isinstance(layer, nn.MaxPool2d):
            if stride < output_stride:
                stride *= 2
                continue
            rate *= 2
            # 3 x 3, as a 2 x 2 window without a stride would shift the map by half a pixel
            setattr(model, name, nn.MaxPool2d(3, stride=1, padding=1))
        elif isinstance(layer, nn.Conv2d):
            layer.dilation = (rate, rate)
            layer.padding = (rate, rate)

"""What architectures and encoders are called in lists, known before torch is loaded."""

from segstudio.models.encoder_table import ENCODERS

ARCHITECTURES: dict[str, str] = {
    "deeplabv3plus": "DeepLabV3+",
    "deeplabv3": "DeepLabV3",
    "pspnet": "PSPNet",
    "fcn32s": "FCN-32s",
    "fcn16s": "FCN-16s",
    "fcn8s": "FCN-8s",
    "plain": "Plain stack",
    "unet": "U-Net",
    "unetplusplus": "U-Net++",
    "linknet": "LinkNet",
    "manet": "MA-Net",
    "fpn": "FPN",
    "pan": "PAN",
    "upernet": "UPerNet",
    "segformer": "SegFormer head",
    "torchvision_fcn": "FCN (torchvision)",
    "torchvision_deeplabv3": "DeepLabV3 (torchvision)",
    "torchvision_lraspp": "LR-ASPP (torchvision)",
    "hub": "Hugging Face",
    "onnx": "ONNX",
}
"""Titles by the name of the row; a test holds them against the tables of networks."""

_ENCODERS_ELSEWHERE = {"mobilenet_v3_large": "MobileNetV3 large"}
"""Names that torchvision gives to encoders."""


def of_architecture(name: str) -> str:
    """Return what an architecture is called; its name where it has no title."""
    return ARCHITECTURES.get(name, name)


def of_encoder(name: str) -> str:
    """Return what an encoder is called; its name where it has no title."""
    if name in ENCODERS:
        return ENCODERS[name].title
    return _ENCODERS_ELSEWHERE.get(name, name.removeprefix("tu-"))

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
    "library_unet": "U-Net (smp)",
    "library_unetplusplus": "U-Net++ (smp)",
    "library_manet": "MA-Net (smp)",
    "library_linknet": "LinkNet (smp)",
    "library_fpn": "FPN (smp)",
    "library_pspnet": "PSPNet (smp)",
    "library_pan": "PAN (smp)",
    "library_deeplabv3": "DeepLabV3 (smp)",
    "library_deeplabv3plus": "DeepLabV3+ (smp)",
    "library_upernet": "UPerNet (smp)",
    "library_segformer": "SegFormer head (smp)",
    "hub": "Hugging Face",
    "onnx": "ONNX",
}
"""Titles by the name of the row; a test holds them against the tables of networks."""

_OF_LIBRARY = "library_"
"""How names of networks begin that were taken in from segmentation-models-pytorch."""

_ENCODERS_ELSEWHERE = {"mobilenet_v3_large": "MobileNetV3 large"}
"""Names that torchvision gives to encoders."""


def of_architecture(name: str) -> str:
    """Return what an architecture is called; its name where it has no title."""
    known = ARCHITECTURES.get(name.removeprefix(_OF_LIBRARY), name)
    return f"{known} (segmentation-models-pytorch)" if name.startswith(_OF_LIBRARY) else known


def of_encoder(name: str) -> str:
    """Return what an encoder is called; its name where it has no title."""
    plain = name.removeprefix("tu-")
    if plain in ENCODERS:
        return ENCODERS[plain].title
    return _ENCODERS_ELSEWHERE.get(plain, plain)

"""What architectures are called, and what is told of one beside its code."""

from dataclasses import dataclass

TITLES: dict[str, str] = {
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

_OF_LIBRARY = "library_"
"""How names of networks begin that were taken in from segmentation-models-pytorch."""


def title_of(name: str) -> str:
    """Return what an architecture is called; its name where it has no title."""
    title = TITLES.get(name.removeprefix(_OF_LIBRARY), name)
    return f"{title} (smp)" if name.startswith(_OF_LIBRARY) else title


@dataclass(frozen=True)
class ParameterInfo:
    """What can be chosen of an architecture: its default and what is allowed, as words."""

    name: str
    default: str
    allowed: str
    line: str


@dataclass(frozen=True)
class ArchitectureInfo:
    """What can be chosen of an architecture.

    Attributes
    ----------
    presets : tuple of (name, arguments as words)
    encoders : tuple of str
        Titles of those that suit it best.
    """

    name: str
    parameters: tuple[ParameterInfo, ...]
    presets: tuple[tuple[str, str], ...]
    encoders: tuple[str, ...]

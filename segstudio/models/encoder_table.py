"""The encoders that are offered by name, with the weights that others have published for them.

Adding a row touches this file alone. Any other model of timm can be named as well.
"""

from dataclasses import dataclass

_TORCHVISION = "https://download.pytorch.org/models/"
_TIMM = "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights/"

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class PublishedWeights:
    """A file of weights that was trained on ImageNet.

    Attributes
    ----------
    address : str
        Where it can be fetched.
    sha256_prefix : str
        First digits of the file's hash, as they are part of its name.
    size_bytes : int
        Of the file, about.
    licence : str
    """

    address: str
    sha256_prefix: str
    size_bytes: int
    licence: str

    @property
    def file_name(self) -> str:
        """Name of the file."""
        return self.address.rpartition("/")[2]


@dataclass(frozen=True)
class EncoderRow:
    """One encoder.

    Attributes
    ----------
    title : str
    timm_name : str
        The network it is the same as.
    line : str
        When to choose it.
    weights : PublishedWeights or None
        None where they come with the program.
    mean, std : tuple of float
        Of its training, per channel, for inputs of 0 to 1.
    """

    title: str
    timm_name: str
    line: str
    weights: PublishedWeights | None
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD


def _torchvision(name: str, digits: str, size_bytes: int) -> PublishedWeights:
    return PublishedWeights(
        f"{_TORCHVISION}{name}-{digits}.pth", digits, size_bytes, "BSD-3-Clause"
    )


def _timm(name: str, digits: str, size_bytes: int) -> PublishedWeights:
    return PublishedWeights(f"{_TIMM}{name}-{digits}.pth", digits, size_bytes, "Apache-2.0")


ENCODERS: dict[str, EncoderRow] = {
    "lite0": EncoderRow(
        "EfficientNet-Lite0",
        "tf_efficientnet_lite0",
        "Comes with the program, and is quick on any computer.",
        None,
        # Its weights were trained on (value - 127) / 128.
        (127 / 255,) * 3,
        (128 / 255,) * 3,
    ),
    "mobilenetv2_100": EncoderRow(
        "MobileNetV2",
        "mobilenetv2_100",
        "Small and quick; made for telephones.",
        _timm("mobilenetv2_100_ra", "b33bc2c4", 14_200_000),
    ),
    "mobilenetv3_large_100": EncoderRow(
        "MobileNetV3 large",
        "mobilenetv3_large_100",
        "As quick as MobileNetV2 and a little better.",
        _timm("mobilenetv3_large_100_ra", "f55367f5", 22_100_000),
    ),
    "resnet18": EncoderRow(
        "ResNet-18",
        "resnet18",
        "The small ResNet: a good start where training has to be quick.",
        _torchvision("resnet18", "f37072fd", 46_830_000),
    ),
    "resnet34": EncoderRow(
        "ResNet-34",
        "resnet34",
        "Twice as deep as ResNet-18 at the same width.",
        _torchvision("resnet34", "b627a593", 87_320_000),
    ),
    "resnet50": EncoderRow(
        "ResNet-50",
        "resnet50",
        "The usual encoder of published models; wants a GPU.",
        _torchvision("resnet50", "0676ba61", 102_530_000),
    ),
    "resnet101": EncoderRow(
        "ResNet-101",
        "resnet101",
        "Best of its family for many images and classes, and the slowest.",
        _torchvision("resnet101", "63fe2227", 178_790_000),
    ),
    "vgg16_bn": EncoderRow(
        "VGG16-BN",
        "vgg16_bn",
        "The encoder of the first fully convolutional networks: fine maps, much memory.",
        _torchvision("vgg16_bn", "6c64b313", 553_510_000),
    ),
}

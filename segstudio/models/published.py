"""The models that torchvision publishes: where their files are, and what is said of them."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from segstudio import assets
from segstudio.core.classes import ClassTable, read_classes
from segstudio.core.errors import ModelError
from segstudio.models.spec import ModelSpec

SHORT_SIDE = 520
"""To which torchvision scales an image before it shows it to these models."""

LICENCE = "BSD-3-Clause (torchvision); trained on COCO, whose terms of use may apply as well"
NOTE = (
    "Trained by torchvision on those images of COCO that show one of the 20 classes of Pascal VOC. "
    "Its authors say that whoever uses it has to see whether the terms of its training images "
    "allow that use."
)

_ADDRESS = "https://download.pytorch.org/models/"
_SIZE_ROUNDING_BYTES = 1_000


@dataclass(frozen=True)
class PublishedModel:
    """One published model.

    Attributes
    ----------
    file_name : str
        Its end holds the first 8 hexadecimal digits of the file's SHA-256.
    size_bytes : int
        Of the file, exact to 500 bytes.
    miou, pixel_accuracy : float
        0 to 1, as published, on COCO val2017 with the classes of VOC.
    parameters : int
        Number of weights in the file; those of a second head, which only training needs,
        included.
    """

    name: str
    title: str
    architecture: str
    encoder: str
    file_name: str
    size_bytes: int
    miou: float
    pixel_accuracy: float
    parameters: int

    @property
    def address(self) -> str:
        """Where the file is published."""
        return _ADDRESS + self.file_name

    @property
    def sha256_start(self) -> str:
        """The first 8 hexadecimal digits of the file's SHA-256."""
        return self.file_name[-12:-4]


MODELS: dict[str, PublishedModel] = {
    model.name: model
    for model in (
        PublishedModel(
            "lraspp-mobilenetv3",
            "LR-ASPP, MobileNetV3 (VOC)",
            "torchvision_lraspp",
            "mobilenet_v3_large",
            "lraspp_mobilenet_v3_large-d234d4ea.pth",
            13_096_714,
            miou=0.579,
            pixel_accuracy=0.912,
            parameters=3_221_538,
        ),
        PublishedModel(
            "deeplabv3-mobilenetv3",
            "DeepLabV3, MobileNetV3 (VOC)",
            "torchvision_deeplabv3",
            "mobilenet_v3_large",
            "deeplabv3_mobilenet_v3_large-fc3c493d.pth",
            44_355_813,
            miou=0.603,
            pixel_accuracy=0.912,
            parameters=11_029_328,
        ),
        PublishedModel(
            "deeplabv3-resnet50",
            "DeepLabV3, ResNet-50 (VOC)",
            "torchvision_deeplabv3",
            "resnet50",
            "deeplabv3_resnet50_coco-cd0a2569.pth",
            168_312_152,
            miou=0.664,
            pixel_accuracy=0.924,
            parameters=42_004_074,
        ),
        PublishedModel(
            "deeplabv3-resnet101",
            "DeepLabV3, ResNet-101 (VOC)",
            "torchvision_deeplabv3",
            "resnet101",
            "deeplabv3_resnet101_coco-586e9e4e.pth",
            244_545_749,
            miou=0.674,
            pixel_accuracy=0.924,
            parameters=60_996_202,
        ),
        PublishedModel(
            "fcn-resnet50",
            "FCN, ResNet-50 (VOC)",
            "torchvision_fcn",
            "resnet50",
            "fcn_resnet50_coco-1167a1af.pth",
            141_567_197,
            miou=0.605,
            pixel_accuracy=0.914,
            parameters=35_322_218,
        ),
        PublishedModel(
            "fcn-resnet101",
            "FCN, ResNet-101 (VOC)",
            "torchvision_fcn",
            "resnet101",
            "fcn_resnet101_coco-7ecb50ca.pth",
            217_800_770,
            miou=0.637,
            pixel_accuracy=0.919,
            parameters=54_314_346,
        ),
    )
}


def classes() -> ClassTable:
    """Return the 21 classes that all of them tell apart, in the colours of Pascal VOC."""
    return read_classes(assets.path("classes/voc.json"))


def describe(model: PublishedModel) -> ModelSpec:
    """Return the description that a published model gets when it is taken in."""
    return ModelSpec(
        name=model.name,
        title=model.title,
        architecture=model.architecture,
        encoder=model.encoder,
        encoder_inside=True,
        classes=classes(),
        short_side=SHORT_SIDE,
        multiple=1,
        licence=LICENCE,
        metrics={"miou": model.miou, "pixel_accuracy": model.pixel_accuracy},
        note=NOTE,
        source=model.address,
        published=model.name,
    )


def recognised(path: Path) -> PublishedModel | None:
    """Return the published model that a file holds, by its content, whatever it is called.

    Raises
    ------
    ModelError
        When it is called like one and holds something else.
    """
    named = _named(path)
    size = path.stat().st_size
    alike = [m for m in MODELS.values() if abs(m.size_bytes - size) <= _SIZE_ROUNDING_BYTES]
    if not alike and named is None:
        return None
    digest = _sha256(path)
    for model in MODELS.values():
        if digest.startswith(model.sha256_start):
            return model
    if named is not None:
        raise ModelError(
            f"{path.name} is called like a model that torchvision publishes, but its content is "
            f"another: its SHA-256 begins with {digest[:8]}, not with {named.sha256_start}. "
            "It is incomplete or was changed: fetch it again."
        )
    return None


def check(path: Path, model: PublishedModel) -> None:
    """Make sure that a file is the one that was published.

    Raises
    ------
    ModelError
        When its hash is another.
    """
    digest = _sha256(path)
    if not digest.startswith(model.sha256_start):
        raise ModelError(
            f"{path.name} is not the file that was published as {model.title}: its SHA-256 begins "
            f"with {digest[:8]}, not with {model.sha256_start}. Fetch it again."
        )


def _named(path: Path) -> PublishedModel | None:
    return next((m for m in MODELS.values() if m.file_name == path.name), None)


def _sha256(path: Path) -> str:
    facts = path.stat()
    return _sha256_then(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=8)
def _sha256_then(path: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001 - what it is kept by
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

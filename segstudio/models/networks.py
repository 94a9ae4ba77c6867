"""The architectures that can be built, as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from torch import Tensor, nn

from segstudio.core.errors import ModelError
from segstudio.models import encoders
from segstudio.models.spec import ModelSpec

Features = list[Tensor]
"""Maps of an encoder from fine to coarse, each (N, C, h, w); the first is its input."""


@dataclass(frozen=True)
class Architecture:
    """One row of the table.

    Attributes
    ----------
    title : str
        As in the literature.
    factory : callable
        Takes encoder name, number of classes, channels and the arguments; returns a module with
        ``encoder``, ``decoder`` and ``segmentation_head``, whose first layer gives the logits and
        whose other layers enlarge them.
    arguments : dict
        Defaults, which a ModelSpec may override.
    multiple : int
        Heights and widths have to be multiples of it.
    taps : tuple of int
        Which of the encoder's maps the decoder reads.
    """

    title: str
    factory: Callable[..., nn.Module]
    arguments: dict[str, Any]
    multiple: int
    taps: tuple[int, ...]


def _library(class_name: str) -> Callable[..., nn.Module]:
    """Return a factory for a class of segmentation-models-pytorch."""

    def factory(encoder: str, classes: int, channels: int, **arguments: Any) -> nn.Module:
        import segmentation_models_pytorch as library  # seconds to import

        network = getattr(library, class_name)(
            encoder_name=f"tu-{encoder}",
            encoder_weights=None,  # anything else would be a download
            classes=classes,
            in_channels=channels,
            **arguments,
        )
        return cast(nn.Module, network)

    return factory


ARCHITECTURES: dict[str, Architecture] = {
    "deeplabv3plus": Architecture(
        "DeepLabV3+",
        _library("DeepLabV3Plus"),
        {"decoder_channels": 128, "encoder_output_stride": 16},
        multiple=16,
        taps=(2, 5),
    ),
    "unet": Architecture("U-Net", _library("Unet"), {}, multiple=32, taps=(1, 2, 3, 4, 5)),
    "pspnet": Architecture("PSPNet", _library("PSPNet"), {}, multiple=8, taps=(3,)),
    "fpn": Architecture("FPN", _library("FPN"), {}, multiple=32, taps=(2, 3, 4, 5)),
}


def find(name: str) -> Architecture:
    """Return a row of the table.

    Raises
    ------
    ModelError
        When there is no such row; the sentence lists those there are.
    """
    if name not in ARCHITECTURES:
        raise ModelError(
            f"There is no architecture called “{name}”. Choose one of {', '.join(ARCHITECTURES)}."
        )
    return ARCHITECTURES[name]


def build(spec: ModelSpec) -> nn.Module:
    """Build the network of a description, in eval mode.

    The embedded encoder gets its weights when the description leaves it outside the file;
    everything else has the random weights of torch's generator. Nothing is ever downloaded.

    Returns
    -------
    nn.Module
        From (N, channels, H, W) float32, H and W multiples of ``spec.multiple``, to logits
        (N, K, H, W). Its parts ``encoder``, ``decoder`` and ``segmentation_head`` may be run
        one after the other.

    Raises
    ------
    ModelError
        When the description names something unknown or arguments that do not fit.
    """
    row = find(spec.architecture)
    encoder = encoders.timm_name(spec.encoder)
    outside = not spec.encoder_inside
    if outside and not encoders.is_embedded(spec.encoder):
        raise ModelError(
            f"Model “{spec.name}” needs the weights of encoder “{spec.encoder}”, which are "
            "neither in its file nor part of this program."
        )
    if outside and spec.channels != 3:
        raise ModelError(
            f"Model “{spec.name}” takes {spec.channels} channels; the embedded encoder takes 3."
        )
    try:
        arguments = {**row.arguments, **spec.arguments}
        network = row.factory(encoder, len(spec.classes), spec.channels, **arguments)
    except (TypeError, ValueError, KeyError, RuntimeError, AssertionError) as error:
        raise ModelError(
            f"Model “{spec.name}” cannot be built as {row.title} on {spec.encoder}: {error}"
        ) from error
    if outside:
        part(network, "encoder").load_state_dict(encoders.embedded_state(spec.encoder))
    return network.eval()


def part(network: nn.Module, name: str) -> nn.Module:
    """Return ``encoder``, ``decoder`` or ``segmentation_head`` of a network."""
    return cast(nn.Module, getattr(network, name))


def encode(network: nn.Module, batch: Tensor) -> Features:
    """Return the maps of the encoder, from fine to coarse."""
    return cast(Features, part(network, "encoder")(batch))


def coarse_logits(network: nn.Module, features: Features) -> Tensor:
    """Return logits (N, K, h, w) at the decoder's own size, before they are enlarged."""
    head = cast(nn.Sequential, part(network, "segmentation_head"))
    decoded = part(network, "decoder")(features)
    return cast(Tensor, head[0](decoded))


def decode(network: nn.Module, features: Features) -> Tensor:
    """Return what the decoder makes of an encoder's maps, (N, D, h, w)."""
    return cast(Tensor, part(network, "decoder")(features))


def classify(network: nn.Module, decoded: Tensor) -> Tensor:
    """Return logits (N, K, H, W) at the size of the network's input from `decode`."""
    return cast(Tensor, part(network, "segmentation_head")(decoded))


def tapped(architecture: Architecture, features: Features) -> Features:
    """Drop what the decoder does not read: those maps keep their size but have no channels."""
    return [
        values if index in architecture.taps else values[:, :0].clone()
        for index, values in enumerate(features)
    ]

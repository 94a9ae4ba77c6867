"""The architectures that can be built, as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from segstudio.core.errors import ModelError
from segstudio.models import encoders
from segstudio.models.library_network import LibraryNetwork
from segstudio.models.network import Features, SegmentationNetwork
from segstudio.models.spec import ModelSpec


@dataclass(frozen=True)
class Architecture:
    """One row of the table.

    Attributes
    ----------
    title : str
        As in the literature.
    factory : callable
        Takes encoder name, number of classes, channels and the arguments; returns a network.
    arguments : dict
        Defaults, which a ModelSpec may override.
    multiple : int
        Heights and widths have to be multiples of it.
    taps : tuple of int
        Which of the encoder's maps the decoder reads.
    """

    title: str
    factory: Callable[..., SegmentationNetwork]
    arguments: dict[str, Any]
    multiple: int
    taps: tuple[int, ...]


ARCHITECTURES: dict[str, Architecture] = {
    "deeplabv3plus": Architecture(
        "DeepLabV3+",
        partial(LibraryNetwork, "DeepLabV3Plus"),
        {"decoder_channels": 128, "encoder_output_stride": 16},
        multiple=16,
        taps=(2, 5),
    ),
    "unet": Architecture(
        "U-Net", partial(LibraryNetwork, "Unet"), {}, multiple=32, taps=(1, 2, 3, 4, 5)
    ),
    "pspnet": Architecture("PSPNet", partial(LibraryNetwork, "PSPNet"), {}, multiple=8, taps=(3,)),
    "fpn": Architecture("FPN", partial(LibraryNetwork, "FPN"), {}, multiple=32, taps=(2, 3, 4, 5)),
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


def build(spec: ModelSpec) -> SegmentationNetwork:
    """Build the network of a description, in eval mode.

    The embedded encoder gets its weights when the description leaves it outside the file;
    everything else has the random weights of torch's generator. Nothing is ever downloaded.

    Returns
    -------
    SegmentationNetwork

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
    network.multiple = spec.multiple
    if outside:
        network.encoder.load_state_dict(encoders.embedded_state(spec.encoder))
    return network.eval()


def tapped(architecture: Architecture, features: Features) -> Features:
    """Drop what the decoder does not read: those maps keep their size but have no channels."""
    return [
        values if index in architecture.taps else values[:, :0].clone()
        for index, values in enumerate(features)
    ]

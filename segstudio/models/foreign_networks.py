"""The networks of models from elsewhere, as a table: built as they were, never chosen to train."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from segstudio.core.architecture_info import title_of
from segstudio.core.errors import ModelError
from segstudio.models.hub_network import HubNetwork
from segstudio.models.network import SegmentationNetwork
from segstudio.models.onnx_network import OnnxNetwork
from segstudio.models.saved_library_network import SavedLibraryNetwork
from segstudio.models.spec import ModelSpec
from segstudio.models.torchvision_network import TorchvisionNetwork


@dataclass(frozen=True)
class ForeignArchitecture:
    """One row of the table.

    Attributes
    ----------
    factory : callable
        Takes encoder name, number of classes, channels and the arguments; returns a network.
    multiple : int
        Heights and widths have to be multiples of it.
    """

    factory: Callable[..., SegmentationNetwork]
    multiple: int = 1


LIBRARY = (
    *("Unet", "UnetPlusPlus", "MAnet", "Linknet", "FPN", "PSPNet", "PAN", "DeepLabV3"),
    *("DeepLabV3Plus", "UPerNet", "Segformer"),
)
"""The classes of segmentation-models-pytorch that can be taken in."""


def library_row(class_name: str) -> str:
    """Return the name of the row of a class of segmentation-models-pytorch."""
    return f"library_{class_name.lower()}"


FOREIGN: dict[str, ForeignArchitecture] = {
    "torchvision_fcn": ForeignArchitecture(partial(TorchvisionNetwork, "fcn")),
    "torchvision_deeplabv3": ForeignArchitecture(partial(TorchvisionNetwork, "deeplabv3")),
    "torchvision_lraspp": ForeignArchitecture(partial(TorchvisionNetwork, "lraspp")),
    **{
        library_row(name): ForeignArchitecture(
            partial(SavedLibraryNetwork, name),
            multiple=128 if name == "PAN" else 32,  # PAN halves a map of 1/16 three times more
        )
        for name in LIBRARY
    },
    "hub": ForeignArchitecture(HubNetwork),
    "onnx": ForeignArchitecture(OnnxNetwork),
}


def build(spec: ModelSpec) -> SegmentationNetwork:
    """Build the network of a description, in eval mode, with random weights.

    Raises
    ------
    ModelError
        When the description does not fit, or the library that it needs is not installed.
    """
    row = FOREIGN[spec.architecture]
    try:
        network = row.factory(spec.encoder, len(spec.classes), spec.channels, **spec.arguments)
    except ModelError:
        raise
    except Exception as error:
        # the arguments come from a file, and the libraries answer wrong ones with any error
        raise ModelError(
            f"Model “{spec.name}” cannot be built as "
            f"{title_of(spec.architecture)} on {spec.encoder}: {error}"
        ) from error
    network.multiple = spec.multiple
    return network.eval()

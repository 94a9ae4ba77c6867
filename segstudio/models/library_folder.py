"""Folders that segmentation-models-pytorch writes."""

from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import model_folder, proposed, proposed_classes
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork

_SHORT_SIDE = 512
_ASSUMED = ("classes", "mean", "std", "channel_order", "short_side")

_NOT_ARGUMENTS = frozenset(
    {
        *("_model_class", "encoder_name", "encoder_weights", "in_channels", "classes"),
        *("activation", "aux_params"),  # logits are wanted, and the second head is not
    }
)

_ENCODER_LICENCES = {"mit_b": "NVIDIA, not for commercial use", "mobileone": "Apple sample code"}
"""Of encoders whose authors do not allow every use, by how their names begin."""


_HALVES = ("inception", "xception", "timm-tf_efficientnet_lite")
"""Encoders trained with a mean and a deviation of one half."""


def is_such(path: Path) -> bool:
    """Tell whether a folder's description names a class of the library."""
    return path.is_dir() and "_model_class" in model_folder.config(path)


def check(path: Path) -> None:
    """Refuse by its description, before there are weights, what could not be used here.

    Raises
    ------
    ModelError
    """
    _spec(path)


def propose(path: Path) -> ModelProposal:
    """Return what the folder says; of classes and colours it says nothing."""
    spec = _spec(path)
    assumed = _ASSUMED if spec.licence else (*_ASSUMED, "licence")
    return proposed.proposal(path, "library", spec, assumed=assumed)


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model; a second head is left out."""
    from segstudio.models import weights_file, weights_fit

    path = Path(proposal.path)
    spec = proposed.changed(_spec(path), proposal)
    file = model_folder.weights(path)
    return spec, weights_fit.filled(spec, weights_file.read(file), f"{path.name}/{file.name}")


def _spec(path: Path) -> ModelSpec:
    from segstudio.models import foreign_networks

    config = model_folder.config(path)
    row = foreign_networks.library_row(str(config["_model_class"]))
    encoder, classes = config.get("encoder_name"), config.get("classes", 1)
    channels = config.get("in_channels", 3)
    if row not in foreign_networks.FOREIGN:
        titles = ", ".join(foreign_networks.LIBRARY)
        raise ModelError(
            f"{path.name} is a {config['_model_class']} of segmentation-models-pytorch, which this "
            f"program does not run. It runs {titles}."
        )
    if not isinstance(encoder, str) or not type(classes) is type(channels) is int:
        raise ModelError(f"The description in {path.name} is damaged. Copy the folder again.")
    if ":" in encoder or "/" in encoder:
        raise ModelError(f"{path.name} names an encoder that would be fetched ({encoder}).")
    proposed_classes.check_count(classes, path.name)
    arguments = {k: v for k, v in config.items() if k not in _NOT_ARGUMENTS}
    if classes == 1:
        arguments["is_binary"] = True
    mean, std = _normalisation(encoder, channels)
    licence, is_commercial = _licence(path, encoder)
    return ModelSpec(
        name=proposed.name_of(path),
        title=proposed.name_of(path),
        architecture=row,
        arguments=arguments,
        encoder=encoder,
        encoder_inside=True,
        classes=proposed_classes.table(proposed_classes.default_names(max(2, classes))),
        channels=channels,
        short_side=_SHORT_SIDE,
        mean=mean,
        std=std,
        multiple=foreign_networks.FOREIGN[row].multiple,
        licence=licence,
        is_commercial=is_commercial,
        source=path.name,
    )


def _normalisation(encoder: str, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what an encoder was trained with, as far as it can be known without a network."""
    import timm

    from segstudio.models import weights_guess

    mean, std = weights_guess.normalisation(channels)
    if channels != 3:
        return mean, std
    if encoder.startswith(_HALVES):
        return (0.5,) * 3, (0.5,) * 3
    name = encoder.removeprefix("tu-")
    known = timm.get_pretrained_cfg(name) if name != encoder and timm.is_model(name) else None
    return (tuple(known.mean), tuple(known.std)) if known is not None else (mean, std)


def _licence(path: Path, encoder: str) -> tuple[str, bool]:
    licence, is_commercial = model_folder.licence(path)
    for start, of_encoder in _ENCODER_LICENCES.items():
        if encoder.startswith(start):
            return "; ".join(filter(None, (licence, f"encoder: {of_encoder}"))), False
    return licence, is_commercial

"""The files of torchvision's published models, which a person already has."""

from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import proposed, published
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork


def is_such(path: Path) -> bool:
    """Tell whether the content of a file is that of a published model, whatever it is called."""
    return path.is_file() and published.recognised(path) is not None


def propose(path: Path) -> ModelProposal:
    """Return what is published about the file."""
    return proposed.proposal(path, "torchvision", published.describe(_published(path)))


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model; its second head is left out."""
    from segstudio.models import weights_file, weights_fit

    path = Path(proposal.path)
    spec = proposed.changed(published.describe(_published(path)), proposal)
    return spec, weights_fit.filled(spec, weights_file.read(path), path.name)


def _published(path: Path) -> published.PublishedModel:
    model = published.recognised(path)
    if model is None:
        raise ModelError(f"{path.name} is not the file any more that it was. Choose it again.")
    return model

"""Files of this program that come from elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import checkpoint, proposed
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork


def is_such(path: Path) -> bool:
    """Tell whether a file holds a description that only this program writes."""
    if path.suffix != checkpoint.SUFFIX or not path.is_file():
        return False
    try:
        checkpoint.read_spec(path)
    except ModelError:
        return False
    return True


def propose(path: Path) -> ModelProposal:
    """Return what the file says about itself."""
    return proposed.proposal(path, "segstudio", checkpoint.read_spec(path))


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model; name, title and what its classes are called may be others."""
    spec, network = checkpoint.load(Path(proposal.path))
    return proposed.changed(spec, proposal), network

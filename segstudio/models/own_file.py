"""Files of this program that come from elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import checkpoint, model_folder, proposed
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork


def is_such(path: Path) -> bool:
    """Tell whether a file, or that of a folder, has a description that only this program writes.

    Such a folder is one that was written for segmentation-models-pytorch.
    """
    file = _file(path)
    if file.suffix != checkpoint.SUFFIX or not file.is_file():
        return False
    try:
        checkpoint.read_spec(file)
    except ModelError:
        return False
    return True


def propose(path: Path) -> ModelProposal:
    """Return what the file says about itself."""
    return proposed.proposal(path, "segstudio", checkpoint.read_spec(_file(path)))


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model; name, title and what its classes are called may be others."""
    spec, network = checkpoint.load(_file(Path(proposal.path)))
    return proposed.changed(spec, proposal), network


def _file(path: Path) -> Path:
    return path / model_folder.WEIGHTS[0] if path.is_dir() else path

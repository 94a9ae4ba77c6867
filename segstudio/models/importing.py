"""Models from elsewhere: looked at, then written as a file of this program."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import (
    bare_weights,
    checkpoint,
    hub_folder,
    library_folder,
    model_folder,
    onnx_file,
    own_file,
    torchvision_file,
)
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.models.network import SegmentationNetwork


class Origin(Protocol):
    """What a module must offer to take in models of one kind."""

    def is_such(self, path: Path) -> bool:
        """Tell at a glance whether a file or folder looks like one of this kind."""

    def propose(self, path: Path) -> ModelProposal:
        """Return how it would be taken in."""

    def build(self, proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
        """Return its description and its network, with weights."""


ORIGINS: dict[str, Origin] = {
    "segstudio": own_file,
    "torchvision": torchvision_file,
    "onnx": onnx_file,
    "library": library_folder,
    "hub": hub_folder,
    "weights": bare_weights,
}
"""By kind of proposal, in the order in which they are asked."""


def inspect(path: Path) -> ModelProposal:
    """Look at a file or folder that may be a model. No code in it is run.

    Raises
    ------
    ModelError
        When it is none, or one that cannot be used here; the sentence says why.
    """
    if not path.exists():
        raise ModelError(f"{path} is not there. Check the path of the model.")
    path = model_folder.folder_of(path)
    for origin in ORIGINS.values():
        if origin.is_such(path):
            return origin.propose(path)
    raise ModelError(
        f"{path.name} is no model that this program can read. It reads .safetensors, .pth and .pt "
        "weights, .onnx files, and folders of Hugging Face or segmentation-models-pytorch."
    )


def take_in(proposal: ModelProposal, folder: Path) -> Path:
    """Write a model as a file of this program, whole or not at all.

    Parameters
    ----------
    proposal : ModelProposal
        As `inspect` returned it; a person may have changed what it says.
    folder : Path
        Where the file is to be; its name follows the proposal's name.

    Returns
    -------
    Path
        Of the file, which `checkpoint.load` reads.

    Raises
    ------
    ModelError
        When the model cannot be used as proposed, or the folder has one of that name.
    StorageError
        When the folder cannot be written.
    """
    if proposal.kind not in ORIGINS:
        raise ModelError(f"There is no kind of model called “{proposal.kind}”.")
    path = folder / f"{proposal.name}{checkpoint.SUFFIX}"
    if Path(proposal.name).name != proposal.name or not proposal.name.strip(". "):
        raise ModelError(f"“{proposal.name}” cannot be the name of a file. Choose another name.")
    if path.exists():
        raise ModelError(f"There is a model called “{proposal.name}” already. Choose another name.")
    spec, network = ORIGINS[proposal.kind].build(proposal)
    checkpoint.save(path, spec, network)
    return path

"""Files of this program that come from elsewhere."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import checkpoint, proposed_classes
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
    spec = checkpoint.read_spec(path)
    return ModelProposal(
        path=str(path),
        kind="segstudio",
        name=spec.name,
        title=spec.title or spec.name,
        architecture=spec.architecture,
        encoder=spec.encoder,
        classes=tuple(entry.name for entry in spec.classes),
        mean=spec.mean,
        std=spec.std,
        channel_order=spec.channel_order,
        short_side=spec.short_side,
        licence=spec.licence,
        is_commercial=spec.is_commercial,
    )


def build(proposal: ModelProposal) -> "tuple[ModelSpec, SegmentationNetwork]":
    """Read the model; name, title and what its classes are called may be others."""
    spec, network = checkpoint.load(Path(proposal.path))
    if len(proposal.classes) != len(spec.classes):
        raise ModelError(
            f"{Path(proposal.path).name} has {len(spec.classes)} classes, and "
            f"{len(proposal.classes)} names were given. Give one name for each."
        )
    changed = replace(
        spec,
        name=proposal.name,
        title=proposal.title,
        classes=proposed_classes.renamed(spec.classes, proposal.classes),
        short_side=proposal.short_side,
    )
    return changed, network

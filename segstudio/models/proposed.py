"""From the description of a model to what a person may change of it, and back."""

from dataclasses import replace
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.models import proposed_classes
from segstudio.models.spec import CHANNEL_ORDERS, ModelSpec


def proposal(
    path: Path,
    kind: str,
    spec: ModelSpec,
    *,
    assumed: tuple[str, ...] = (),
    choices: tuple[str, ...] = (),
) -> ModelProposal:
    """Return how a model of this description would be taken in."""
    return ModelProposal(
        path=str(path),
        kind=kind,
        name=spec.name,
        title=spec.title or spec.name,
        architecture=spec.architecture,
        encoder=spec.encoder,
        classes=tuple(entry.name for entry in spec.classes),
        mean=spec.mean,
        std=spec.std,
        channel_order=spec.channel_order,
        short_side=spec.short_side,
        choices=choices,
        assumed=assumed,
        licence=spec.licence,
        is_commercial=spec.is_commercial,
    )


def changed(spec: ModelSpec, proposal: ModelProposal) -> ModelSpec:
    """Return the description with what a person may have changed.

    Raises
    ------
    ModelError
        When it does not fit the model, such as other than one name for each class.
    """
    names = proposed_classes.usable(proposal.classes, proposal.title)
    if len(names) != len(spec.classes):
        raise ModelError(
            f"{Path(proposal.path).name} has {len(spec.classes)} classes, and "
            f"{len(names)} names were given. Give one name for each."
        )
    order = next((o for o in CHANNEL_ORDERS if o == proposal.channel_order), None)
    if order is None:
        raise ModelError(f"“{proposal.channel_order}” is no order of colours. Use rgb or bgr.")
    return replace(
        spec,
        name=proposal.name,
        title=proposal.title,
        classes=proposed_classes.renamed(spec.classes, names),
        mean=proposal.mean,
        std=proposal.std,
        channel_order=order,
        short_side=proposal.short_side,
        licence=proposal.licence,
        is_commercial=proposal.is_commercial,
    )


def name_of(path: Path) -> str:
    """Return the name that a model gets from its file or folder."""
    return path.stem if path.is_file() else path.resolve().name

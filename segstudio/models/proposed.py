"""From the description of a model to what a person may change of it, and back."""

from dataclasses import replace
from pathlib import Path

from segstudio.core.errors import ModelError
from segstudio.core.model_proposal import ModelProposal
from segstudio.core.model_values import ModelValues
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
    values = ModelValues(proposal.mean, proposal.std, proposal.channel_order, proposal.short_side)
    return replace(
        with_values(spec, values),
        name=proposal.name,
        title=proposal.title,
        classes=proposed_classes.renamed(spec.classes, names),
        licence=proposal.licence,
        is_commercial=proposal.is_commercial,
        source=proposal.source or spec.source,
    )


def with_values(spec: ModelSpec, values: ModelValues) -> ModelSpec:
    """Return the description of a model that expects other values of its input.

    Raises
    ------
    ModelError
        When they do not suit the model, such as other than one mean for each channel.
    """
    order = next((o for o in CHANNEL_ORDERS if o == values.channel_order), None)
    if order is None:
        raise ModelError(f"“{values.channel_order}” is no order of colours. Use rgb or bgr.")
    return replace(
        spec,
        mean=values.mean,
        std=values.std,
        channel_order=order,
        short_side=values.short_side,
    )


def name_of(path: Path) -> str:
    """Return the name that a model gets from its file or folder."""
    return path.stem if path.is_file() else path.resolve().name

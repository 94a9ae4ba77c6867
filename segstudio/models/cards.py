"""Cards of all models: those on this computer, and those that can be fetched."""

import math
from collections.abc import Iterable
from pathlib import Path

from segstudio.core.architecture_info import title_of
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.core.model_info import ModelInfo, ModelKind
from segstudio.models import catalogue, checkpoint, published, titles
from segstudio.models.entry import DamagedEntry, ModelEntry
from segstudio.models.spec import ModelSpec

_EMBEDDED_ENCODER_PARAMETERS = 2_958_848
"""Of the encoder that comes with the program, which most of our files leave out."""

_NO_PARAMETERS = (".running_mean", ".running_var", ".num_batches_tracked")
_WEIGHT_KINDS = frozenset({"F64", "F32", "F16", "BF16"})


def everything(taught_names: Iterable[str] = ()) -> tuple[tuple[ModelInfo, ...], str]:
    """Return the cards of all models, the default one first and those to be fetched last.

    Parameters
    ----------
    taught_names : iterable of str
        Models that were taught in a project, to be among them.

    Returns
    -------
    cards : tuple of ModelInfo
    told : str
        Empty, or why the default model is another one than was chosen.
    """
    default, told = catalogue.default_model()
    found = catalogue.installed(taught_names)
    cards = [_card(entry, is_default=entry.name == default) for entry in found]
    here = {entry.spec.published for entry in found if isinstance(entry, ModelEntry)}
    here |= {entry.name for entry in found}
    cards += [_published(row) for row in published.MODELS.values() if row.name not in here]
    return tuple(cards), told


def of(name: str) -> ModelInfo:
    """Return the card of a model by its name, which may be one to be fetched or a taught one.

    Raises
    ------
    ModelError
        When there is none; the sentence lists the names.
    """
    cards, _ = everything((name,))
    for card in cards:
        if card.name == name:
            return card
    names = ", ".join(card.name for card in cards)
    raise ModelError(f"There is no model called “{name}”. There are: {names}.")


def of_file(path: Path) -> ModelInfo:
    """Return the card of a model file, wherever it is.

    Raises
    ------
    ModelError
        When it is no model file.
    """
    spec = checkpoint.read_spec(path)
    return _described(spec, spec.name, "own", path)


def _card(entry: ModelEntry | DamagedEntry, *, is_default: bool) -> ModelInfo:
    if isinstance(entry, DamagedEntry):
        return ModelInfo(
            name=entry.name,
            title=entry.name,
            path=str(entry.path),
            classes=ClassTable(),
            miou=None,
            refine="none",
            kind=entry.home,
            size_bytes=_size(entry.path),
            problem=entry.sentence,
        )
    kind: ModelKind = "published" if entry.spec.published else entry.home
    return _described(entry.spec, entry.name, kind, entry.path, is_default=is_default)


def _published(row: published.PublishedModel) -> ModelInfo:
    return _described(published.describe(row), row.name, "published", None)


def _described(
    spec: ModelSpec, name: str, kind: ModelKind, path: Path | None, *, is_default: bool = False
) -> ModelInfo:
    miou = spec.metrics.get("miou")
    row = published.MODELS.get(spec.published)
    return ModelInfo(
        name=name,
        title=spec.title or spec.name,
        path=str(path) if path is not None else "",
        classes=spec.classes,
        miou=float(miou) if miou is not None else None,
        refine=spec.refine,
        kind=kind,
        is_installed=path is not None,
        is_default=is_default,
        architecture=title_of(spec.architecture),
        architecture_name=spec.architecture,
        encoder=titles.of_encoder(spec.encoder),
        parameters=_parameters(path, spec) if path is not None else row.parameters if row else None,
        channels=spec.channels,
        short_side=spec.short_side,
        mean=spec.mean,
        std=spec.std,
        channel_order=spec.channel_order,
        size_bytes=_size(path) if path is not None else row.size_bytes if row else 0,
        licence=spec.licence,
        is_commercial=spec.is_commercial,
        source=spec.source,
        note=spec.note,
        metrics=spec.metrics,
        arguments=spec.arguments,
    )


def _parameters(path: Path, spec: ModelSpec) -> int | None:
    """Count the weights of a file by its table of contents; None where it does not name them."""
    header = checkpoint.read_header(path)
    inside: int = sum(
        math.prod(row["shape"])
        for name, row in header.items()
        if name != "__metadata__"
        and row["dtype"] in _WEIGHT_KINDS
        and not name.endswith(_NO_PARAMETERS)
    )
    if not inside:
        return None
    return inside if spec.encoder_inside else inside + _EMBEDDED_ENCODER_PARAMETERS


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""What the window's process and the engine say to each other about models."""

from dataclasses import dataclass, field
from typing import Any, Literal

from segstudio.core.classes import ClassTable
from segstudio.core.model_proposal import ModelProposal

ModelKind = Literal["bundled", "own", "published"]
"""With the program; in the person's own folder of models; to be fetched."""


@dataclass(frozen=True)
class ModelInfo:
    """What the window shows of a model.

    Attributes
    ----------
    path : str
        Empty where the model is not on this computer.
    miou : float or None
        0 to 1, where it was measured.
    refine : {"none", "guided", "crf"}
        The way of refining that suits it.
    kind : ModelKind
    is_installed, is_default : bool
    architecture, encoder : str
        Titles for people.
    parameters : int or None
        Number of weights.
    size_bytes : int
        Of the file, or of what has to be fetched.
    licence : str
    is_commercial : bool
        Whether the licence lets it be used for money.
    source : str
        Where it comes from, in words or as an address.
    metrics : dict
        As in `segstudio.models.spec.ModelSpec`.
    """

    name: str
    title: str
    path: str
    classes: ClassTable
    miou: float | None
    refine: str
    kind: ModelKind = "bundled"
    is_installed: bool = True
    is_default: bool = False
    architecture: str = ""
    encoder: str = ""
    parameters: int | None = None
    channels: int = 3
    short_side: int = 448
    size_bytes: int = 0
    licence: str = ""
    is_commercial: bool = True
    source: str = ""
    note: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FetchModelRequest:
    """Fetch a published model, going on where an earlier fetch stopped; answers `ModelInfo`."""

    name: str


@dataclass(frozen=True)
class InspectModelRequest:
    """Look at a file or folder that may be a model from elsewhere; answers `ModelProposal`."""

    path: str


@dataclass(frozen=True)
class ImportModelRequest:
    """Take a model from elsewhere into the person's own folder; answers `ModelInfo`."""

    proposal: ModelProposal


@dataclass(frozen=True)
class RenameModelRequest:
    """Give one of the person's own models another title; answers `ModelInfo`."""

    name: str
    title: str


@dataclass(frozen=True)
class RemoveModelRequest:
    """Delete one of the person's own models; answered with an empty string."""

    name: str


@dataclass(frozen=True)
class DefaultModelRequest:
    """Make a model the one that is used when none is chosen; answered with an empty string."""

    name: str


@dataclass(frozen=True)
class ExportModelRequest:
    """Write a model for other programs; answered with the path written.

    Attributes
    ----------
    form : {"onnx", "library", "segstudio"}
        An ONNX file, a folder for segmentation-models-pytorch, or a file of this program.
    """

    name: str
    path: str
    form: str


@dataclass(frozen=True)
class ModelsRequest:
    """Ask what the engine can do."""


@dataclass(frozen=True)
class ModelsReply:
    """What the engine can do.

    Attributes
    ----------
    models : tuple of ModelInfo
        The default one first.
    crf_installed : bool
    """

    models: tuple[ModelInfo, ...]
    crf_installed: bool

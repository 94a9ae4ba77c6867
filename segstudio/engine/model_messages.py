"""What the window's process and the engine say to each other about models."""

from dataclasses import dataclass

from segstudio.core.architecture_info import ArchitectureInfo
from segstudio.core.model_info import ModelInfo as ModelInfo
from segstudio.core.model_proposal import ModelProposal
from segstudio.core.model_values import ModelValues


@dataclass(frozen=True)
class FetchModelRequest:
    """Fetch a published model, going on where an earlier fetch stopped; answers `ModelInfo`."""

    name: str


@dataclass(frozen=True)
class FetchRepositoryRequest:
    """Fetch a repository of Hugging Face, such as ``someone/model``; answers `ModelProposal`."""

    repository: str


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
class ChangeModelRequest:
    """Let one of the person's own models expect other values; answers `ModelInfo`."""

    name: str
    values: ModelValues


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
    """Ask what the engine can do.

    Attributes
    ----------
    taught : tuple of str
        Names of models taught in a project that are to be among the answer.
    """

    taught: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArchitecturesRequest:
    """Ask what can be chosen of each architecture; answers `ArchitecturesReply`."""


@dataclass(frozen=True)
class ArchitecturesReply:
    """What can be chosen of each architecture."""

    architectures: tuple[ArchitectureInfo, ...]


@dataclass(frozen=True)
class ModelsReply:
    """What the engine can do.

    Attributes
    ----------
    models : tuple of ModelInfo
        The default one first.
    told : str
        Empty, or why the default model is another one than was chosen.
    """

    models: tuple[ModelInfo, ...]
    told: str = ""

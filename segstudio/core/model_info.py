"""What is known of a model beside its weights."""

from dataclasses import dataclass, field
from typing import Any, Literal

from segstudio.core.classes import ClassTable
from segstudio.core.model_values import ModelValues

ModelKind = Literal["bundled", "own", "published", "taught"]
"""With the program; of the person's own; published by others, fetched already or not; taught in a
project."""


@dataclass(frozen=True)
class ModelInfo:
    """What is known of a model beside its weights, for lists and cards.

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
    architecture_name : str
        A row of `segstudio.models.networks.ARCHITECTURES`, or another one's network.
    parameters : int or None
        Number of weights.
    size_bytes : int
        Of the file, or of what has to be fetched.
    licence : str
    is_commercial : bool
        Whether the licence lets it be used for money.
    source : str
        Where it comes from, in words or as an address.
    mean, std, channel_order, metrics, arguments
        As in `segstudio.models.spec.ModelSpec`.
    problem : str
        Why the file of an installed model cannot be used; empty where it can.
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
    architecture_name: str = ""
    encoder: str = ""
    parameters: int | None = None
    channels: int = 3
    short_side: int = 448
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    channel_order: str = "rgb"
    size_bytes: int = 0
    licence: str = ""
    is_commercial: bool = True
    source: str = ""
    note: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def values(self) -> ModelValues:
        """What it expects of its input."""
        return ModelValues(self.mean, self.std, self.channel_order, self.short_side)

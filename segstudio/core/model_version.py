"""A model that was taught in a project, and how it came about."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ModelVersion:
    """One accepted model of a project; none is ever written over.

    Attributes
    ----------
    number : int
        From 1, in the order in which they were accepted.
    name, title : str
        Of the model; the name is its own in all projects.
    parent : str
        Name of the model that it began with; empty for none.
    classes : tuple of (int, str)
        Index and name of the classes that it knows.
    training, held_out : tuple of str
        Images by name.
    verdict : str
        As in `segstudio.core.lesson.Verdict`.
    before, after : float or None
        Mean IoU on the held-out images, 0 to 1.
    settings, metrics : dict
        Of JSON values.
    made_at : float
        Seconds since 1970.
    author : str
        Who had it taught, by the name in the settings.
    size_bytes : int
        Of its file.
    """

    number: int
    name: str
    title: str
    parent: str = ""
    classes: tuple[tuple[int, str], ...] = ()
    training: tuple[str, ...] = ()
    held_out: tuple[str, ...] = ()
    verdict: str = ""
    before: float | None = None
    after: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    made_at: float = 0.0
    author: str = ""
    size_bytes: int = 0

"""What a benchmark is asked for and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

Value = TypeVar("Value")

NAPARI = "napari_without_drawing"
"""In the detail of a figure, where napari is installed."""


@dataclass(frozen=True)
class Plan:
    """How large to measure, and on what.

    Attributes
    ----------
    images, masks : Path or None
        Folders of labelled images, for benchmarks that need them.
    model : str or None
        Name or path; None for the bundled one.
    train : str
        Arguments of ``segstudio train``, for benchmarks that train.
    """

    small: bool = False
    images: Path | None = None
    masks: Path | None = None
    model: str | None = None
    train: str = ""

    def pick(self, full: Value, small: Value) -> Value:
        """Return what belongs to the plan: the real size, or one that only tries the code."""
        return small if self.small else full


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes
    ----------
    name, unit : str
    value : float
        In `unit`.
    goal : float or None
        In `unit`; None where there is nothing to reach, only to know.
    reference : float or None
        The same by the bare library or a peer, measured in the same run.
    detail : dict
        Everything else worth knowing, such as single times and sizes.
    napari : float or None
        The same by napari's layer of labels, without drawing; None where it is not installed.
    more_is_better : bool
        Whether the goal is the least value, not the largest.
    """

    name: str
    value: float
    unit: str
    goal: float | None
    reference: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    napari: float | None = None
    more_is_better: bool = False

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the object to print."""
        napari = {} if self.napari is None else {NAPARI: rounded(self.napari)}
        return {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "holds": self.holds,
            "reference": None if self.reference is None else rounded(self.reference),
            "detail": {**self.detail, **napari, "more_is_better": self.more_is_better},
        }


def rounded(value: float) -> float:
    """Return a number with the four digits that a measurement is good for."""
    return float(f"{value:.4g}")


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile, largest and number of some values."""
    return {
        "median": rounded(quantile(values, 0.5)),
        "p95": rounded(quantile(values, 0.95)),
        "max": rounded(max(values)),
        "count": len(values),
    }


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

"""What the window's process and the engine say to each other about measuring a model."""

from dataclasses import dataclass

from segstudio.core.evaluation import ImageScore
from segstudio.core.shared import SharedArray
from segstudio.core.temperature import Calibration
from segstudio.engine.options import Options


@dataclass(frozen=True)
class EvaluateRequest:
    """Measure a model on one labelled image, which the engine reads itself.

    Attributes
    ----------
    truth : SharedArray
        (H, W) uint8 of own class indices; 255 counts for nothing. Whoever asks removes it.
    indices : tuple of int
        The own classes to measure, in the order of the result.
    targets : tuple of int
        By the model's class index: an own class index, 255, or below 0.
    """

    path: str
    truth: SharedArray
    indices: tuple[int, ...]
    targets: tuple[int, ...]
    options: Options


@dataclass(frozen=True, eq=False)
class EvaluateReply:
    """How well the model does on that image.

    Attributes
    ----------
    score : ImageScore
    said : bytes
        A PNG of what the model says, (H, W) uint8 of own class indices; 255 for none, and where
        there is nothing to compare it with.
    """

    score: ImageScore
    said: bytes


@dataclass(frozen=True, eq=False)
class CalibrateRequest:
    """Make one of the person's own models as sure as it is right; answers `ModelInfo`."""

    model: str
    calibration: Calibration

"""What a training run is asked to do, what it tells meanwhile, and what it returns."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models.spec import RefineMode
from segstudio.training.recipe import Recipe


@dataclass(frozen=True)
class TrainSettings:
    """One training.

    Attributes
    ----------
    images, masks : Path
        Folders; a mask belongs to the image of the same stem. 255 in a mask counts for nothing.
        Where examples are handed over beside the settings, where these come from.
    classes : ClassTable
        What the masks' numbers mean.
    out : Path
        The model file to write. The state for resuming lies beside it until the end.
    architecture, encoder : str
        As in `segstudio.models.networks` and `segstudio.models.encoders`.
    arguments : dict
        Further arguments of the architecture.
    pretrained : bool
        Start from the encoder's published weights, which are on this computer already. The
        embedded encoder does so in any case.
    start : Path, optional
        The model file whose weights are where training starts, as far as they fit.
    frozen : bool
        Keep the encoder as it is and compute its features once.
    minutes : float
        Time for everything, divided equally among the runs.
    steps : int, optional
        A number of steps a run instead of a time: the same result on every repetition.
    resume : bool
        Go on from the state of an interrupted training with the same settings.
    seed : int
        Of the split, the crops, the weights' start and the order.
    held_out : float
        Share of whole images that is kept for measuring, 0 to below 1.
    folds : int
        From 2 on: cross-validation. One run a fold measures on the images of that fold, a last
        run trains on all images, and the figure written into the model is the folds'.
    short_side : int
        Working short side in pixels.
    crop : int
        Side of the training crops in pixels.
    crops_per_image : int
        How many augmented crops of each image are kept at most when the encoder is frozen.
    batch : int
        Crops of a batch, over all processes.
    learning_rate : float
        At its highest.
    recipe : Recipe
        How the network learns.
    compact : bool
        Write the weights in half precision.
    """

    images: Path
    masks: Path
    classes: ClassTable
    out: Path
    architecture: str = "deeplabv3plus"
    encoder: str = "lite0"
    arguments: dict[str, Any] = field(default_factory=dict)
    pretrained: bool = False
    start: Path | None = None
    frozen: bool = False
    minutes: float = 10.0
    steps: int | None = None
    resume: bool = False
    seed: int = 0
    held_out: float = 0.2
    folds: int = 0
    short_side: int = 448
    crop: int = 352
    crops_per_image: int = 24
    batch: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    label_smoothing: float = 0.05
    recipe: Recipe = field(default_factory=Recipe)
    device: str = "auto"
    name: str = ""
    title: str = ""
    licence: str = ""
    note: str = ""
    refine: RefineMode = "none"
    compact: bool = False

    def __post_init__(self) -> None:
        checks = {
            "The share of held-out images must be at least 0 and below 1.": 0 <= self.held_out < 1,
            "The minutes must be more than 0.": self.minutes > 0,
            "The steps must be at least 1.": self.steps is None or self.steps >= 1,
            "Cross-validation needs at least 2 folds.": self.folds == 0 or self.folds >= 2,
            "A batch needs at least 2 crops.": self.batch >= 2,
            "The crop must be at least 32 pixels.": self.crop >= 32,
            "At least one crop an image is needed.": self.crops_per_image >= 1,
            "The learning rate must be above 0.": 0 < self.learning_rate < math.inf,
            "The weight decay must be at least 0.": 0 <= self.weight_decay < math.inf,
            "The label smoothing must be at least 0 and below 1.": 0 <= self.label_smoothing < 1,
            "Leave out --frozen to draw by pixels.": not (
                self.frozen and self.recipe.draw == "pixels"
            ),
            "Leave out --frozen to train the encoder's last blocks.": not (
                self.frozen and self.recipe.last_blocks is not None
            ),
        }
        for sentence, holds in checks.items():
            if not holds:
                raise ModelError(sentence)


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is.

    Attributes
    ----------
    stage : str
        "start", "features", "train" or "measure".
    done : float
        Share of the whole training, 0 to 1.
    run, runs : int
        Number of the current run, from 1, and how many there are.
    step : int
        Steps of the current run so far.
    loss : float or None
        Mean of the last steps.
    miou : float or None
        On held-out images, when it was measured last.
    note : str
        A sentence about what was done, mostly empty.
    """

    stage: str
    done: float
    run: int = 1
    runs: int = 1
    step: int = 0
    loss: float | None = None
    miou: float | None = None
    note: str = ""


@dataclass(frozen=True)
class TrainResult:
    """What came of a training.

    Attributes
    ----------
    path : Path
        The model file.
    metrics : dict
        As written into the model.
    per_class : dict of str to float or None
        IoU on held-out images by class name.
    steps : int
        Of the run whose weights were kept.
    seconds : float
        Spent on training steps and on measuring between them, all runs together.
    """

    path: Path
    metrics: dict[str, Any]
    per_class: dict[str, float | None]
    steps: int
    seconds: float

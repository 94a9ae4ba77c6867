"""The steps of a lesson: learning, measuring in between, the best weights kept."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core import gate, metrics
from segstudio.core.lesson import LessonNews
from segstudio.inference.predictor import Predictor
from segstudio.models.spec import ModelSpec
from segstudio.training.crops import Source
from segstudio.training.learner import Learner
from segstudio.training.lesson_images import LessonImages
from segstudio.training.measure import HeldOut
from segstudio.training.talk import Talk

MEASUREMENTS = 12
"""In a run, at most."""

MEASURING_SHARE = 0.15
"""Of the time of a run, at most."""

PATIENCE = 5
"""Measurements that are no better after which a run ends."""

LEAST_GAIN = 0.002
"""What is better, in mean IoU or as a share of the loss."""

ALIKE = 0.01
"""Of the mean IoU: of weights that are as good as the best but for this, the last are kept.

Held-out scribbles are soon told right, by weights that do not yet tell much else.
"""

SHOWN = (0.3, 0.9)
"""Where the steps begin and end in the share that is done of the whole."""

_LOSSES = 20


@dataclass(frozen=True)
class Stretch:
    """A part of a run.

    Attributes
    ----------
    seconds : float
    steps : int
        At most, both.
    first, last : float
        Where it begins and ends in the share that is done of all steps.
    """

    seconds: float
    steps: int
    first: float = 0.0
    last: float = 1.0

    def shown(self, done: float) -> float:
        """Return the share that is done of the whole, from that of the stretch."""
        share = self.first + (self.last - self.first) * min(done, 1.0)
        return round(SHOWN[0] + (SHOWN[1] - SHOWN[0]) * share, 4)


class LessonRun:
    """Has a network learn until it gets no better, or time is up.

    Attributes
    ----------
    steps : int
        Done so far.
    best_step : int
        After which the weights were best that are kept.

    Parameters
    ----------
    is_frozen : bool
        Whether the encoder stays as it is throughout.
    """

    def __init__(
        self,
        spec: ModelSpec,
        source: Source,
        images: LessonImages,
        held_out: HeldOut,
        talk: Talk,
        seed: int,
        *,
        is_frozen: bool,
    ) -> None:
        self.steps = 0
        self.best_step = 0
        self._spec = spec
        self._source = source
        self._images = images
        self._held_out = held_out
        self._talk = talk
        self._seed = seed
        self._is_frozen = is_frozen
        self._losses: list[float] = []
        self._best: dict[str, Tensor] = {}
        self._best_miou = -1.0
        self._look_s = 0.0

    @property
    def loss(self) -> float:
        """Mean of the last steps; infinite before the first."""
        return float(np.mean(self._losses[-_LOSSES:])) if self._losses else math.inf

    def train(self, learner: Learner, stretch: Stretch) -> bool:
        """Learn for a stretch; its weights are then those that were best so far.

        Returns
        -------
        bool
            Whether somebody ended it early.
        """
        started, first = self._talk.now(), self.steps
        looked_at, looked_done, no_better, least = started, 0.0, 0, math.inf
        is_stopped = False
        while no_better < PATIENCE:
            spent = (self._talk.now() - started) / stretch.seconds
            done = max(spent, (self.steps - first) / stretch.steps)
            if done >= 1.0:
                break
            self._talk.pause()
            if is_stopped := self.steps > 0 and self._talk.control.should_finish:
                break
            self._step(learner, done, self.steps - first)
            self._talk.say(self._news(stretch, done, spent))
            is_affordable = self._talk.now() - looked_at >= self._look_s / MEASURING_SHARE
            if is_affordable and done - looked_done >= 1.0 / MEASUREMENTS:
                is_better = self._look(learner, stretch.shown(done), least)
                no_better, least = 0 if is_better else no_better + 1, min(least, self.loss)
                looked_at, looked_done = self._talk.now(), done
        self._look(learner, stretch.shown(1.0), least)
        learner.averaged.load_state_dict(self._best, strict=False)
        return is_stopped

    def _step(self, learner: Learner, done: float, number: int) -> None:
        # Seeded by its number, a step is the same in every repetition.
        torch.manual_seed(hash((self._seed, self.steps)) & 0x7FFF_FFFF)
        batch = self._source.batch(self._images.training, self.steps)
        self._losses.append(learner.step([batch], done, number))
        self.steps += 1

    def _look(self, learner: Learner, shown: float, least: float) -> bool:
        """Keep the weights if they are good, and tell whether they are better than before."""
        if not self._images.held_out:
            self._keep(learner)
            return self.loss < (1.0 - LEAST_GAIN) * least
        started = self._talk.now()
        miou = gate.mean_iou(self._confusions(learner)) or 0.0
        self._look_s = self._talk.now() - started
        is_better = miou > self._best_miou + LEAST_GAIN
        if miou >= self._best_miou - ALIKE:
            self._keep(learner)
        self._best_miou = max(miou, self._best_miou)
        self._talk.say(LessonNews("measure", shown, self.steps, self.loss, miou), always=True)
        return is_better

    def _keep(self, learner: Learner) -> None:
        self.best_step = self.steps
        averaged = learner.averaged
        state = learner.own(averaged) if self._is_frozen else averaged.state_dict()
        self._best = {name: values.detach().clone() for name, values in state.items()}

    def _confusions(self, learner: Learner) -> NDArray[np.int64]:
        """Return the matrix of each held-out image, (N, K, K + 1)."""
        predictor, images = Predictor(self._spec, learner.averaged, learner.device), self._images
        classes = len(self._spec.classes)
        found = np.zeros((len(images.held_out), classes, classes + 1), np.int64)
        for place, number in enumerate(images.held_out):
            self._talk.pause()
            said = self._held_out.channels(number, predictor)
            found[place] = metrics.confusion_matrix(images.labels(number), said, classes=classes)
        return found

    def _news(self, stretch: Stretch, done: float, spent: float) -> LessonNews:
        rest = min(1.0 - spent, spent * (1.0 - done) / max(done, 1e-3))
        left = max(0.0, rest * stretch.seconds)
        return LessonNews("train", stretch.shown(done), self.steps, self.loss, None, left)

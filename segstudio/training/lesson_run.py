"""The steps of a lesson: learning, measuring in between, the best weights kept."""

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


class LessonRun:
    """Has a network learn until it gets no better, or time is up.

    Attributes
    ----------
    steps : int
        Done so far.
    best_step : int
        After which the weights were best that are kept.
    """

    def __init__(
        self,
        spec: ModelSpec,
        learner: Learner,
        source: Source,
        images: LessonImages,
        held_out: HeldOut,
        talk: Talk,
        seed: int,
        most_steps: int,
    ) -> None:
        self.steps = 0
        self.best_step = 0
        self._spec = spec
        self._learner = learner
        self._source = source
        self._images = images
        self._held_out = held_out
        self._talk = talk
        self._seed = seed
        self._most = most_steps
        self._losses: list[float] = []
        self._best: dict[str, Tensor] = {}
        self._best_miou = -1.0
        self._least_loss = float("inf")
        self._no_better = 0
        self._started = self._looked_at = 0.0
        self._looked_done = self._look_s = 0.0

    def predictor(self) -> Predictor:
        """Return a predictor with the weights that are kept."""
        return Predictor(self._spec, self._learner.averaged, self._learner.device)

    def confusions(self) -> NDArray[np.int64]:
        """Return the matrix of each held-out image, (N, K, K + 1)."""
        predictor, images = self.predictor(), self._images
        classes = len(self._spec.classes)
        found = np.zeros((len(images.held_out), classes, classes + 1), np.int64)
        for place, number in enumerate(images.held_out):
            self._talk.pause()
            said = self._held_out.channels(number, predictor)
            found[place] = metrics.confusion_matrix(images.labels(number), said, classes=classes)
        return found

    def train(self, seconds: float) -> bool:
        """Learn for some time at most.

        Returns
        -------
        bool
            Whether somebody ended it early.
        """
        self._started = self._looked_at = self._talk.now()
        is_stopped = False
        while (done := self._done(seconds)) < 1.0 and self._no_better < PATIENCE:
            self._talk.pause()
            if is_stopped := self.steps > 0 and self._talk.control.should_finish:
                break
            self._step(done)
            if self._is_look_due(done):
                self._look(done)
            self._talk.say(self._news("train", done, seconds))
        self._look(min(1.0, self._done(seconds)))
        if self._best:
            self._learner.averaged.load_state_dict(self._best, strict=False)
        return is_stopped

    def _done(self, seconds: float) -> float:
        spent = (self._talk.now() - self._started) / seconds
        return max(spent, self.steps / self._most)

    def _step(self, done: float) -> None:
        # Seeded by its number, a step is the same in every repetition.
        torch.manual_seed(hash((self._seed, self.steps)) & 0x7FFF_FFFF)
        batch = self._source.batch(self._images.training, self.steps)
        self._losses.append(self._learner.step([batch], done, self.steps))
        self.steps += 1

    def _is_look_due(self, done: float) -> bool:
        spent = self._talk.now() - self._looked_at
        is_affordable = spent >= self._look_s / MEASURING_SHARE
        return is_affordable and done - self._looked_done >= 1.0 / MEASUREMENTS

    def _look(self, done: float) -> None:
        """Find out whether it has become better, on held-out images if there are any."""
        started = self._talk.now()
        if self._images.held_out:
            is_better = self._measure(done)
        else:
            loss = float(np.mean(self._losses[-_LOSSES:]))
            is_better = loss < (1.0 - LEAST_GAIN) * self._least_loss
            self._least_loss = min(loss, self._least_loss)
            self.best_step = self.steps
        self._no_better = 0 if is_better else self._no_better + 1
        self._looked_at, self._looked_done = self._talk.now(), done
        self._look_s = self._looked_at - started

    def _measure(self, done: float) -> bool:
        miou = gate.mean_iou(self.confusions()) or 0.0
        is_better = miou > self._best_miou + LEAST_GAIN
        if miou >= self._best_miou - ALIKE:
            self.best_step = self.steps
            own = self._learner.own(self._learner.averaged)
            self._best = {name: values.detach().clone() for name, values in own.items()}
        self._best_miou = max(miou, self._best_miou)
        news = LessonNews("measure", _shown(done), self.steps, self._loss(), miou)
        self._talk.say(news, always=True)
        return is_better

    def _loss(self) -> float:
        return float(np.mean(self._losses[-_LOSSES:]))

    def _news(self, stage: str, done: float, seconds: float) -> LessonNews:
        spent = self._talk.now() - self._started
        left = min(seconds - spent, spent * (1.0 - done) / max(done, 1e-3))
        return LessonNews(stage, _shown(done), self.steps, self._loss(), None, max(0.0, left))


def _shown(done: float) -> float:
    return round(SHOWN[0] + (SHOWN[1] - SHOWN[0]) * done, 4)

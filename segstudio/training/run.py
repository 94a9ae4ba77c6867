"""One run of a training: steps, measurements between them, the best weights kept."""

import math
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core import metrics
from segstudio.core.errors import ModelError
from segstudio.inference.predictor import Predictor
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.training import resume
from segstudio.training.crops import Batch, Source
from segstudio.training.group import Group
from segstudio.training.learner import Learner
from segstudio.training.measure import HeldOut
from segstudio.training.resume import State
from segstudio.training.settings import TrainProgress, TrainSettings

SAVE_EVERY_S = 60.0
REPORT_EVERY_S = 1.0
MEASURE_AT = (0.4, 0.6, 0.8)
"""Shares of a run after which the held-out images are measured, besides its end."""

LONGEST_MEASURING = 0.1
"""Of a run's time: where it would take longer, there is no measuring before the end."""


class Run:
    """Trains one network, alone or with other processes."""

    def __init__(
        self,
        settings: TrainSettings,
        spec: ModelSpec,
        learner: Learner,
        source: Source,
        images: Sequence[int],
        *,
        held_out: HeldOut,
        group: Group,
    ) -> None:
        self.settings = settings
        self.spec = spec
        self._learner = learner
        self._source = source
        self._images = images
        self._held_out = held_out
        self._group = group
        self._best: dict[str, Tensor] = {}
        self._best_confusion: NDArray[np.int64] | None = None

    @property
    def averaged(self) -> SegmentationNetwork:
        """The network that is kept."""
        return self._learner.averaged

    def predictor(self) -> Predictor:
        """Return a predictor with the averaged weights."""
        return Predictor(self.spec, self.averaged, self._learner.device)

    def confusion(self) -> NDArray[np.int64]:
        """Return the confusion matrix (K, K + 1) of the averaged weights on held-out images."""
        if self._best_confusion is None:
            return self._held_out.confusion(self.predictor())
        return self._best_confusion

    def train(
        self, state: State, tell: Callable[[TrainProgress], None], *, measure_between: bool
    ) -> None:
        """Go on from `state` to the end of the run, changing `state` on the way.

        The averaged weights are those of the end or, where held-out images were measured in
        between, those that did best.
        """
        if state.tensors:
            self._restore(state)
        saved = told = time.monotonic()
        recent: list[float] = []
        try:
            while (done := self._share_done(state)) < 1.0:
                started = time.monotonic()
                recent = [*recent[-19:], self._step(state, done)]
                state.step += 1
                state.elapsed_s += self._agreed(time.monotonic() - started)
                if measure_between:
                    self._measure_when_due(state, done, tell)
                if time.monotonic() - saved > SAVE_EVERY_S:
                    self._save(state)
                    saved = time.monotonic()
                if time.monotonic() - told > REPORT_EVERY_S or self.settings.steps is not None:
                    tell(self._progress("train", state, float(np.mean(recent))))
                    told = time.monotonic()
        except ModelError:
            raise  # the same would come of it again
        except BaseException:
            self._save(state)
            raise
        if measure_between and self._held_out.count:
            self._measure(state, tell)
            self.averaged.load_state_dict(self._best, strict=False)

    def _step(self, state: State, done: float) -> float:
        # Seeded by its number, a step is the same after a resume.
        key: tuple[int, ...] = (self.settings.seed, state.run, state.step)
        if not self._group.is_first:
            key = (*key, self._group.rank)
        torch.manual_seed(hash(key) & 0x7FFF_FFFF)
        return self._learner.step(self._batches(state.step), done, state.step)

    def _batches(self, step: int) -> Iterator[Batch]:
        number = self.settings.recipe.accumulate
        for place in range(step * number, (step + 1) * number):
            yield self._source.batch(self._images, place)

    def _agreed(self, spent_s: float) -> float:
        # Only where time ends a run do all processes have to know the same.
        if self.settings.steps is not None:
            return spent_s
        return self._group.agreed(spent_s, self._learner.device)

    def _share_done(self, state: State) -> float:
        if self.settings.steps is not None:
            return state.step / self.settings.steps
        return state.elapsed_s / state.budget_s

    def _measure_when_due(
        self, state: State, before: float, tell: Callable[[TrainProgress], None]
    ) -> None:
        # An image takes about as long as a crop of a step.
        crops = state.step * self.settings.batch * self.settings.recipe.accumulate
        measuring_s = self._held_out.count * state.elapsed_s / crops
        if measuring_s > LONGEST_MEASURING * state.budget_s:
            return
        after = self._share_done(state)
        if self._held_out.count and any(before < share <= after < 1.0 for share in MEASURE_AT):
            started = time.monotonic()
            self._measure(state, tell)
            state.elapsed_s += self._agreed(time.monotonic() - started)

    def _measure(self, state: State, tell: Callable[[TrainProgress], None]) -> None:
        confusion = self._held_out.confusion(self.predictor())
        miou = metrics.scores(confusion).miou
        miou = 0.0 if math.isnan(miou) else miou
        if miou > state.best_miou:
            state.best_miou, state.best_step = miou, state.step
            own = self._learner.own(self.averaged)
            self._best = {k: v.detach().clone() for k, v in own.items()}
            self._best_confusion = confusion
        tell(self._progress("measure", state, None))

    def _progress(self, stage: str, state: State, loss: float | None) -> TrainProgress:
        miou = state.best_miou if state.best_miou >= 0 else None
        done = min(1.0, self._share_done(state))
        return TrainProgress(stage, done, step=state.step, loss=loss, miou=miou)

    def _save(self, state: State) -> None:
        if not self._group.is_first:
            return
        state.tensors = self._learner.packed() | {f"best/{k}": v for k, v in self._best.items()}
        resume.write(self.settings, state)

    def _restore(self, state: State) -> None:
        self._learner.restore(state.tensors)
        device = self._learner.device
        self._best = {
            name.removeprefix("best/"): values.to(device, copy=True)
            for name, values in state.tensors.items()
            if name.startswith("best/")
        }

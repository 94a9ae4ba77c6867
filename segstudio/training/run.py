"""One run of a training: steps of the optimizer, averaged weights, the best of them kept."""

import copy
import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.core import metrics
from segstudio.core.errors import ModelError
from segstudio.inference.predictor import Predictor
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.training import losses, resume
from segstudio.training.crops import Source
from segstudio.training.measure import HeldOut
from segstudio.training.resume import State
from segstudio.training.settings import TrainProgress, TrainSettings

AVERAGE_DECAY = 0.98
WARM_UP_SHARE = 0.05
LONGEST_GRADIENT = 5.0
SAVE_EVERY_S = 60.0
REPORT_EVERY_S = 1.0
MEASURE_AT = (0.4, 0.6, 0.8)
"""Shares of a run after which the held-out images are measured, besides its end."""

LONGEST_MEASURING = 0.1
"""Of a run's time: where it would take longer, there is no measuring before the end."""


class Run:
    """Trains one network.

    Attributes
    ----------
    network : SegmentationNetwork
        As the optimizer leaves it.
    averaged : SegmentationNetwork
        The running mean of its weights, which generalises better and is what is kept.
    """

    def __init__(
        self,
        settings: TrainSettings,
        spec: ModelSpec,
        network: SegmentationNetwork,
        source: Source,
        images: Sequence[int],
        *,
        weights: NDArray[np.float32],
        held_out: HeldOut,
    ) -> None:
        self.settings = settings
        self.spec = spec
        self.network = network
        self.averaged = copy.deepcopy(network).eval()
        self._source = source
        self._images = images
        self._held_out = held_out
        self._device = next(network.parameters()).device
        self._weights = torch.from_numpy(weights).to(self._device)
        self._best: dict[str, Tensor] = {}
        self._best_confusion: NDArray[np.int64] | None = None
        self._prepare()

    def predictor(self) -> Predictor:
        """Return a predictor with the averaged weights."""
        return Predictor(self.spec, self.averaged, self._device)

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
                state.elapsed_s += time.monotonic() - started
                if measure_between:
                    measuring = time.monotonic()
                    self._measure_when_due(state, done, tell)
                    state.elapsed_s += time.monotonic() - measuring
                if time.monotonic() - saved > SAVE_EVERY_S:
                    self._save(state)
                    saved = time.monotonic()
                if time.monotonic() - told > REPORT_EVERY_S or self.settings.steps is not None:
                    tell(self._progress("train", state, float(np.mean(recent))))
                    told = time.monotonic()
        except BaseException:
            self._save(state)
            raise
        if measure_between and len(self._held_out):
            self._measure(state, tell)
            self.averaged.load_state_dict(self._best, strict=False)

    def _prepare(self) -> None:
        """Choose what is trained; a frozen encoder keeps its statistics too."""
        self._kept = "" if self.spec.encoder_inside else "encoder."
        self.network.train()
        if self._kept:
            self.network.encoder.eval().requires_grad_(requires_grad=False)
        self._parameters = [p for p in self.network.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._parameters,
            lr=self.settings.learning_rate,
            weight_decay=self.settings.weight_decay,
        )

    def _step(self, state: State, done: float) -> float:
        # Seeded by its number, a step is the same after a resume.
        torch.manual_seed(hash((self.settings.seed, state.run, state.step)) & 0x7FFF_FFFF)
        for group in self._optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * schedule(done)
        batch = self._source.batch(self._images, state.step)
        logits = self.network.score(self.network.decode(batch.features))  # (N, K, h, w)
        labels = losses.sampled(batch.labels, *logits.shape[-2:]).long()
        loss = losses.cross_entropy(
            logits.float(), labels, self._weights, smoothing=self.settings.label_smoothing
        )
        value = float(loss.detach())
        if not math.isfinite(value):
            raise ModelError(
                f"The loss became {value} in step {state.step + 1}. Train again with a lower "
                "learning rate."
            )
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters, LONGEST_GRADIENT)
        self._optimizer.step()
        self._average(state.step)
        return value

    @torch.no_grad()
    def _average(self, step: int) -> None:
        decay = min(AVERAGE_DECAY, (1 + step) / (10 + step))
        means = self.averaged.state_dict()
        for name, values in self._own(self.network).items():
            if values.is_floating_point():
                means[name].lerp_(values, 1.0 - decay)
            else:
                means[name].copy_(values)

    def _own(self, network: SegmentationNetwork) -> dict[str, Tensor]:
        """Return the part of a state that training changes."""
        return {
            name: values
            for name, values in network.state_dict().items()
            if not self._kept or not name.startswith(self._kept)
        }

    def _share_done(self, state: State) -> float:
        if self.settings.steps is not None:
            return state.step / self.settings.steps
        return state.elapsed_s / state.budget_s

    def _measure_when_due(
        self, state: State, before: float, tell: Callable[[TrainProgress], None]
    ) -> None:
        # An image takes about as long as a crop of a step.
        measuring_s = len(self._held_out) * state.elapsed_s / (state.step * self.settings.batch)
        if measuring_s > LONGEST_MEASURING * state.budget_s:
            return
        after = self._share_done(state)
        if len(self._held_out) and any(before < share <= after < 1.0 for share in MEASURE_AT):
            self._measure(state, tell)

    def _measure(self, state: State, tell: Callable[[TrainProgress], None]) -> None:
        confusion = self._held_out.confusion(self.predictor())
        miou = metrics.scores(confusion).miou
        miou = 0.0 if math.isnan(miou) else miou
        if miou > state.best_miou:
            state.best_miou, state.best_step = miou, state.step
            self._best = {k: v.detach().clone() for k, v in self._own(self.averaged).items()}
            self._best_confusion = confusion
        tell(self._progress("measure", state, None))

    def _progress(self, stage: str, state: State, loss: float | None) -> TrainProgress:
        miou = state.best_miou if state.best_miou >= 0 else None
        done = min(1.0, self._share_done(state))
        return TrainProgress(stage, done, step=state.step, loss=loss, miou=miou)

    def _save(self, state: State) -> None:
        tensors = {f"network/{k}": v for k, v in self._own(self.network).items()}
        tensors |= {f"averaged/{k}": v for k, v in self._own(self.averaged).items()}
        tensors |= {f"best/{k}": v for k, v in self._best.items()}
        for number, moments in self._optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{number}/{k}": torch.as_tensor(v) for k, v in moments.items()}
        state.tensors = tensors
        resume.write(self.settings, state)

    def _restore(self, state: State) -> None:
        parts: dict[str, dict[str, Tensor]] = {"network": {}, "averaged": {}, "best": {}}
        moments: dict[int, dict[str, Tensor]] = {}
        for name, values in state.tensors.items():
            kind, _, rest = name.partition("/")
            if kind in parts:
                parts[kind][rest] = values.clone()
            else:
                number, _, key = rest.partition("/")
                moments.setdefault(int(number), {})[key] = values.clone()
        self.network.load_state_dict(parts["network"], strict=False)
        self.averaged.load_state_dict(parts["averaged"], strict=False)
        self._best = {k: v.to(self._device) for k, v in parts["best"].items()}
        stored = self._optimizer.state_dict()
        self._optimizer.load_state_dict({**stored, "state": moments})


def schedule(done: float) -> float:
    """Return the learning rate's share of its highest: a short rise, then half a cosine to 0.

    Parameters
    ----------
    done : float
        Share of the run, 0 to 1.
    """
    if done < WARM_UP_SHARE:
        return 0.05 + 0.95 * done / WARM_UP_SHARE
    return 0.5 + 0.5 * math.cos(math.pi * (done - WARM_UP_SHARE) / (1.0 - WARM_UP_SHARE))

"""A network that learns step by step, and the running mean of its weights."""

import copy
import math
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.core.errors import ModelError
from segstudio.models.network import Features, SegmentationNetwork
from segstudio.training import blocks, depthwise, losses
from segstudio.training.crops import Batch
from segstudio.training.group import Group
from segstudio.training.labelled import FULL_WEIGHT
from segstudio.training.losses import Loss
from segstudio.training.recipe import SMALL_BATCH, Recipe, terms
from segstudio.training.settings import TrainSettings

LONGEST_GRADIENT = 5.0
_POLY_POWER = 0.9
_MOMENTUM = 0.9
_ENCODER = "encoder."


class Learner:
    """Holds a network with all that changes while it learns.

    Attributes
    ----------
    network : SegmentationNetwork
        As the optimizer leaves it.
    averaged : SegmentationNetwork
        The running mean of its weights, which generalises better and is what is kept.
    device : torch.device
    """

    def __init__(
        self,
        settings: TrainSettings,
        network: SegmentationNetwork,
        weights: NDArray[np.float32],
        group: Group,
        *,
        taken: nn.Module | None,
    ) -> None:
        """Prepare a network for learning.

        Parameters
        ----------
        weights : (K,) float32
            Of the classes in the loss.
        taken : Module, optional
            The part of the network that does not begin at random.
        """
        self.network = network
        self.averaged = copy.deepcopy(network).eval()
        self.device = next(network.parameters()).device
        self._settings = settings
        self._group = group
        if self.device.type == "cpu":
            depthwise.quicken(network)
        self._freeze(taken)
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        self._optimizer = optimizer(settings, network)
        self._half = half_type(self.device) if settings.recipe.half else None
        self._scaler = torch.amp.GradScaler(self.device.type, enabled=self._half is torch.float16)
        self._scoring = group.joint(_Scoring(network), self.device, reads_all=_reads_all(network))
        self._loss = Loss(
            terms(settings.recipe.loss),
            torch.from_numpy(weights).to(self.device),
            smoothing=settings.label_smoothing,
            summed=group.summed,
            processes=group.size,
        )

    def _freeze(self, taken: nn.Module | None) -> None:
        recipe, settings = self._settings.recipe, self._settings
        self.network.train()
        if settings.frozen:
            self.network.encoder.eval().requires_grad_(requires_grad=False)
        elif recipe.last_blocks is not None:
            blocks.freeze(self.network.encoder, recipe.last_blocks)
        small = settings.batch // self._group.size < SMALL_BATCH
        if taken is not None and (recipe.norms == "frozen" or (recipe.norms == "auto" and small)):
            blocks.hold_statistics(taken)

    def step(self, batches: Iterable[Batch], done: float, number: int) -> float:
        """Learn from the batches of one step and return its loss.

        Parameters
        ----------
        batches : iterable of Batch
            As many as the recipe adds up.
        done : float
            Share of the run that is done, 0 to 1.
        number : int
            Of the step, from 0.

        Raises
        ------
        ModelError
            When the loss or its gradient is no number; the weights are then as before.
        """
        recipe = self._settings.recipe
        rate = self._settings.learning_rate * schedule(done, recipe)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]
        self._optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for place, batch in enumerate(batches, start=1):
            with self._quiet(is_last=place == recipe.accumulate):
                total += self._gradient(batch, number) / recipe.accumulate
        self._scaler.unscale_(self._optimizer)
        length = nn.utils.clip_grad_norm_(self._parameters, LONGEST_GRADIENT)
        if not self._scaler.is_enabled() and not bool(length.isfinite()):
            raise _diverged("gradient", float(length), number)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._average(number)
        return total

    def _gradient(self, batch: Batch, number: int) -> float:
        half = self._half
        running: AbstractContextManager[object] = (
            torch.autocast(self.device.type, half) if half else nullcontext()
        )
        with running:
            logits = self._scoring(batch.images, batch.features)  # (N, K, h, w)
        labels = losses.sampled(batch.labels, *logits.shape[-2:]).long()
        loss = self._loss(logits.float(), labels, _pixels(batch, logits))
        value = float(self._group.summed(loss.detach())) / self._group.size
        if not math.isfinite(value):
            raise _diverged("loss", value, number)
        part = self._scaler.scale(loss / self._settings.recipe.accumulate)
        part.backward()  # type: ignore[no-untyped-call]
        return value

    def _quiet(self, *, is_last: bool) -> AbstractContextManager[object]:
        """Keep the processes from adding up gradients that are not whole yet."""
        scoring = self._scoring
        if is_last or not isinstance(scoring, nn.parallel.DistributedDataParallel):
            return nullcontext()
        return scoring.no_sync()

    @torch.no_grad()
    def _average(self, step: int) -> None:
        decay = min(self._settings.recipe.average, (1 + step) / (10 + step))
        means = self.averaged.state_dict()
        for name, values in self.own(self.network).items():
            if values.is_floating_point():
                means[name].lerp_(values, 1.0 - decay)
            else:
                means[name].copy_(values)

    def own(self, network: SegmentationNetwork) -> dict[str, Tensor]:
        """Return the part of a state that training changes."""
        return {
            name: values
            for name, values in network.state_dict().items()
            if not (self._settings.frozen and name.startswith(_ENCODER))
        }

    def packed(self) -> dict[str, Tensor]:
        """Return all that it takes to go on from here."""
        tensors = {f"network/{k}": v for k, v in self.own(self.network).items()}
        tensors |= {f"averaged/{k}": v for k, v in self.own(self.averaged).items()}
        for number, moments in self._optimizer.state_dict()["state"].items():
            tensors |= {
                f"optimizer/{number}/{k}": torch.as_tensor(v)
                for k, v in moments.items()
                if v is not None
            }
        for name, value in self._scaler.state_dict().items():
            tensors[f"scaler/{name}"] = torch.tensor(value)
        return tensors

    def restore(self, packed: dict[str, Tensor]) -> None:
        """Go back to where `packed` was called."""
        parts: dict[str, dict[str, Tensor]] = {"network": {}, "averaged": {}, "scaler": {}}
        moments: dict[int, dict[str, Tensor]] = {}
        for name, values in packed.items():
            kind, _, rest = name.partition("/")
            if kind in parts:
                parts[kind][rest] = values.clone()
            elif kind == "optimizer":
                number, _, key = rest.partition("/")
                moments.setdefault(int(number), {})[key] = values.clone()
        self.network.load_state_dict(parts["network"], strict=False)
        self.averaged.load_state_dict(parts["averaged"], strict=False)
        if parts["scaler"]:
            self._scaler.load_state_dict({k: v.item() for k, v in parts["scaler"].items()})
        stored = self._optimizer.state_dict()
        self._optimizer.load_state_dict({**stored, "state": moments})


class _Scoring(nn.Module):
    """The way from crops, or from features of them, to logits at the decoder's own size."""

    def __init__(self, network: SegmentationNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor | None, features: Features | None) -> Tensor:
        if features is None:
            assert images is not None
            features = self.network.encode(images)
        return self.network.score(self.network.decode(features))


def _pixels(batch: Batch, logits: Tensor) -> Tensor | None:
    """Return the weights of the pixels, 0 to 1, at the points that logits stand for."""
    if batch.weights is None:
        return None
    return losses.sampled(batch.weights, *logits.shape[-2:]).float() / FULL_WEIGHT


def _reads_all(network: SegmentationNetwork) -> bool:
    """Tell whether the decoder reads all maps of the encoder, and so has use for all of it."""
    if network.taps is None:
        return False  # a network from elsewhere
    levels = len(getattr(network.encoder, "out_channels", ()))
    return set(range(1, levels)) <= set(network.taps)


def optimizer(settings: TrainSettings, network: SegmentationNetwork) -> torch.optim.Optimizer:
    """Return the optimizer of what is to be trained; its groups have a share of the rate."""
    recipe = settings.recipe
    trained = [p for p in network.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [{"params": trained, "share": 1.0}]
    if recipe.encoder_rate != 1.0:
        inside = {id(p) for p in network.encoder.parameters()}
        groups = [
            {"params": [p for p in trained if id(p) in inside], "share": recipe.encoder_rate},
            {"params": [p for p in trained if id(p) not in inside], "share": 1.0},
        ]
    rate, decay = settings.learning_rate, settings.weight_decay
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, rate, momentum=_MOMENTUM, weight_decay=decay, nesterov=True)
    return torch.optim.AdamW(groups, rate, weight_decay=decay)


def schedule(done: float, recipe: Recipe) -> float:
    """Return the learning rate's share of its highest: a short rise, then a fall to 0.

    Parameters
    ----------
    done : float
        Share of the run, 0 to 1.
    """
    if done < recipe.warm_up:
        return 0.05 + 0.95 * done / recipe.warm_up
    fallen = (done - recipe.warm_up) / (1.0 - recipe.warm_up)
    if recipe.schedule == "poly":
        return float(max(0.0, 1.0 - fallen) ** _POLY_POWER)
    return 0.5 + 0.5 * math.cos(math.pi * fallen)


def half_type(device: torch.device) -> torch.dtype | None:
    """Return the type for mixed precision on a device; None where there is none to learn in."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.bfloat16
    return None


def _diverged(what: str, value: float, number: int) -> ModelError:
    return ModelError(
        f"The {what} became {value} in step {number + 1}. Train again with a lower learning rate."
    )

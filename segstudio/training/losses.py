"""Losses over label maps that may be partly or wholly unlabelled."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from segstudio.core.classes import IGNORE_INDEX
from segstudio.training.recipe import Terms

Sum = Callable[[Tensor], Tensor]
"""From a value of one process to the sum over all."""


def alone(value: Tensor) -> Tensor:
    """Return the sum over all processes where there is one."""
    return value


class Loss:
    """A sum of losses.

    Cross entropy is weighted by class and the same however a batch is divided among processes; of
    the others, which are those of segmentation-models-pytorch, a training over several processes
    takes the mean.
    """

    def __init__(
        self,
        terms: Terms,
        weights: Tensor,
        *,
        smoothing: float = 0.0,
        summed: Sum = alone,
        processes: int = 1,
    ) -> None:
        self._terms = terms
        self._weights = weights
        self._smoothing = smoothing
        self._summed = summed
        self._processes = processes
        self._library = {name: _LIBRARY[name]() for _, name in terms if name in _LIBRARY}

    def __call__(self, logits: Tensor, labels: Tensor, pixels: Tensor | None = None) -> Tensor:
        """Return the loss.

        Parameters
        ----------
        logits : (N, K, h, w) float
        labels : (N, h, w) int64
        pixels : (N, h, w) float, optional
            Weights of the pixels, which cross entropy follows; the others only leave out those of
            0.
        """
        if pixels is not None:
            labels = labels.masked_fill(pixels == 0, IGNORE_INDEX)
        parts = [factor * self._term(name, logits, labels, pixels) for factor, name in self._terms]
        return torch.stack(parts).sum() if len(parts) > 1 else parts[0]

    def _term(self, name: str, logits: Tensor, labels: Tensor, pixels: Tensor | None) -> Tensor:
        if name == "ce":
            own = cross_entropy(
                logits,
                labels,
                self._weights,
                pixels=pixels,
                smoothing=self._smoothing,
                summed=self._summed,
            )
            return own * self._processes  # whose mean over the processes is taken later
        if not bool((labels != IGNORE_INDEX).any()):
            return logits.sum() * 0.0  # the library's would be NaN or of another shape
        target = one_hot(labels, logits.shape[1]) if name in _WANT_ONE_HOT else labels
        value: Tensor = self._library[name](logits, target)
        return value


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    weights: Tensor,
    *,
    pixels: Tensor | None = None,
    smoothing: float = 0.0,
    summed: Sum = alone,
) -> Tensor:
    """Return the class-weighted cross entropy over labelled pixels.

    Torch's own mean is NaN when nothing is labelled, and one such batch would spoil every weight
    for good; here it is 0, with zero gradients.

    Parameters
    ----------
    logits : (N, K, h, w) float
    labels : (N, h, w) int64
        255 counts for nothing.
    weights : (K,) float
        Of the classes.
    pixels : (N, h, w) float, optional
        Weights of the pixels.
    smoothing : float
        Share of the target that is spread over all classes, 0 to 1.
    summed : callable
        Sums the weight of all labelled pixels over the processes that share a batch.

    Returns
    -------
    () float tensor
        This process's part of it; with one process all.
    """
    each = functional.cross_entropy(
        logits,
        labels,
        weight=weights,
        ignore_index=IGNORE_INDEX,
        label_smoothing=smoothing,
        reduction="sum" if pixels is None else "none",
    )
    counted = labels != IGNORE_INDEX
    shares = torch.where(counted, weights[labels.clamp(max=len(weights) - 1)], 0.0)
    if pixels is not None:
        each, shares = each * pixels, shares * pixels
    return each.sum() / summed(shares.sum()).clamp(min=1e-6)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Return labels (N, h, w) as (N, K, h, w) float of 0 and 1; what counts for nothing is 255."""
    counted = labels != IGNORE_INDEX
    spread = functional.one_hot(torch.where(counted, labels, 0), classes)
    planes = spread.permute(0, 3, 1, 2).float()
    return planes.masked_fill(~counted[:, None], float(IGNORE_INDEX))


def _dice() -> nn.Module:
    from segmentation_models_pytorch.losses import DiceLoss  # seconds to import

    return DiceLoss("multiclass", ignore_index=IGNORE_INDEX)  # type: ignore[no-any-return]


def _focal() -> nn.Module:
    from segmentation_models_pytorch.losses import FocalLoss

    return FocalLoss("multiclass", ignore_index=IGNORE_INDEX)  # type: ignore[no-any-return]


def _lovasz() -> nn.Module:
    from segmentation_models_pytorch.losses import LovaszLoss

    return LovaszLoss("multiclass", ignore_index=IGNORE_INDEX)  # type: ignore[no-any-return]


def _bce() -> nn.Module:
    from segmentation_models_pytorch.losses import SoftBCEWithLogitsLoss

    return SoftBCEWithLogitsLoss(ignore_index=IGNORE_INDEX)  # type: ignore[no-any-return]


_LIBRARY: dict[str, Callable[[], nn.Module]] = {
    "dice": _dice,
    "focal": _focal,
    "lovasz": _lovasz,
    "bce": _bce,
}
_WANT_ONE_HOT = ("bce",)


def sampled(labels: Tensor, height: int, width: int) -> Tensor:
    """Return the labels at the points that coarse logits stand for.

    Heads enlarge their logits with the corners aligned, so that row i of h stands for pixel
    i (H - 1) / (h - 1). Comparing there costs a sixteenth of comparing at full size.

    Parameters
    ----------
    labels : (N, H, W) integer

    Returns
    -------
    (N, height, width) integer
    """
    rows = _points(labels.shape[1], height, labels.device)
    columns = _points(labels.shape[2], width, labels.device)
    return labels[:, rows][:, :, columns]


def _points(full: int, coarse: int, device: torch.device) -> Tensor:
    return torch.linspace(0, full - 1, coarse, device=device).round().long()

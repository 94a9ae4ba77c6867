"""Losses over label maps that may be partly or wholly unlabelled."""

import torch
from torch import Tensor
from torch.nn import functional

from segstudio.core.classes import IGNORE_INDEX


def cross_entropy(
    logits: Tensor, labels: Tensor, weights: Tensor, *, smoothing: float = 0.0
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
    smoothing : float
        Share of the target that is spread over all classes, 0 to 1.

    Returns
    -------
    () float tensor
    """
    total = functional.cross_entropy(
        logits,
        labels,
        weight=weights,
        ignore_index=IGNORE_INDEX,
        label_smoothing=smoothing,
        reduction="sum",
    )
    counted = labels != IGNORE_INDEX
    share = torch.where(counted, weights[labels.clamp(max=len(weights) - 1)], 0.0).sum()
    return total / share.clamp(min=1e-6)


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

"""Labelling images in the order of their use beside a random order.

After each batch a small head on features of the frozen encoder is trained anew, which says where
the next labels are needed; both orders begin with the same images, and are measured on others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from segstudio.cli.benchmarks import labelled_images
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.cli.benchmarks.useful_order import useful_order
from segstudio.core.arrays import Image
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.metrics import confusion_matrix, scores
from segstudio.core.temperature import Samples, fit
from segstudio.inference import predictor as predictors
from segstudio.inference import preprocess
from segstudio.inference.predictor import Predictor
from segstudio.models import catalogue

SIDE = 224
"""Short side at which images are seen."""
CELL = 8
"""Pixels of a cell; labels are compared by cells."""
POOL, TEST = 120, 60
COUNTS = (2, 4, 8, 16, 32)
SEEDS = (0, 1, 2)
_STEPS, _BATCH, _WIDTH = 200, 4096, 64


@dataclass(frozen=True, eq=False)
class _Seen:
    """Images as their cells: (C, h, w) float16 features and (h, w) uint8 channels each."""

    features: list[Tensor]
    truth: list[NDArray[np.uint8]]
    portraits: NDArray[np.float32]
    classes: int


def run(plan: Plan) -> Iterator[Figure]:
    """Label images one batch after the other in both orders, and measure after each batch."""
    torch.manual_seed(0)
    counts = plan.pick(COUNTS, (1, 2))
    seen = _seen(plan)
    total = len(seen.truth)
    held = min(plan.pick(TEST, 1), total - 1)
    test, pool = list(range(total - held, total)), list(range(total - held))
    found: dict[str, list[list[float]]] = {"useful": [], "random": []}
    for seed in plan.pick(SEEDS, (0,)):
        start = [int(i) for i in np.random.default_rng(seed).permutation(pool)]
        for name, curves in found.items():
            curves.append(_curve(seen, start, test, counts, seed, is_useful=name == "useful"))
    for place, count in enumerate(counts):
        ours, plain = (
            [100.0 * curve[place] for curve in found[name]] for name in ("useful", "random")
        )
        detail = {"useful": [rounded(v) for v in ours], "random": [rounded(v) for v in plain]}
        mean = float(np.mean(plain))
        yield Figure(
            f"active-{count}", float(np.mean(ours)), "mIoU %", mean, mean, detail,
            more_is_better=True,
        )  # fmt: skip


def _curve(
    seen: _Seen,
    start: Sequence[int],
    test: Sequence[int],
    counts: Sequence[int],
    seed: int,
    *,
    is_useful: bool,
) -> list[float]:
    """Return the mIoU on the test images after each number of labelled ones."""
    labelled = list(start[: counts[0]])
    curve = []
    for place, count in enumerate(counts):
        head = _trained(seen, labelled, seed)
        curve.append(_miou(seen, head, test))
        if place + 1 == len(counts):
            break
        more = counts[place + 1] - count
        rest = [i for i in start if i not in labelled]
        labelled += _useful(seen, head, labelled, rest, seed)[:more] if is_useful else rest[:more]
    return curve


def _useful(
    seen: _Seen, head: nn.Module, labelled: Sequence[int], rest: Sequence[int], seed: int
) -> list[int]:
    everything = [*labelled, *rest]
    temperature = _temperature(seen, labelled, seed)
    effort = np.array([_effort(seen, head, i, temperature) for i in everything])
    order = useful_order(effort, seen.portraits[everything], range(len(labelled)))
    return [everything[i] for i in order]


def _effort(seen: _Seen, head: nn.Module, index: int, temperature: float) -> float:
    with torch.inference_mode():
        said = (_logits(seen, head, index) / temperature).softmax(dim=1)
    return float(1.0 - said.max(dim=1).values.mean())


def _temperature(seen: _Seen, labelled: Sequence[int], seed: int) -> float:
    """Fit a temperature on labelled images that a head of the other half has not seen."""
    if len(labelled) < 2:
        return 1.0
    samples = []
    for half in (0, 1):
        head = _trained(seen, labelled[half::2], seed)
        samples += [_samples(seen, head, index) for index in labelled[1 - half :: 2]]
    return fit(samples)


def _samples(seen: _Seen, head: nn.Module, index: int) -> Samples:
    truth = seen.truth[index].ravel()
    with torch.inference_mode():
        said = _logits(seen, head, index).softmax(dim=1).half().numpy()
    counted = truth != IGNORE_INDEX
    return Samples(said[counted], truth[counted, None] == np.arange(seen.classes)[None])


def _trained(seen: _Seen, labelled: Sequence[int], seed: int) -> nn.Module:
    """Return a small head for cells, trained on some images."""
    torch.manual_seed(seed)
    cells = torch.cat([seen.features[i].flatten(1).T for i in labelled]).float()  # (N, C)
    truth = torch.from_numpy(np.concatenate([seen.truth[i].ravel() for i in labelled])).long()
    cells, truth = cells[truth != IGNORE_INDEX], truth[truth != IGNORE_INDEX]
    head = nn.Sequential(
        nn.LayerNorm(cells.shape[1]),
        nn.Linear(cells.shape[1], _WIDTH),
        nn.ReLU(),
        nn.Linear(_WIDTH, seen.classes),
    )
    optimiser = torch.optim.AdamW(head.parameters(), lr=3e-3, weight_decay=1e-2)
    for _ in range(_STEPS):
        picked = torch.randint(len(cells), (min(_BATCH, len(cells)),))
        loss = functional.cross_entropy(head(cells[picked]), truth[picked])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return head.eval()


def _logits(seen: _Seen, head: nn.Module, index: int) -> Tensor:
    logits: Tensor = head(seen.features[index].flatten(1).T.float())  # (N, K)
    return logits


def _miou(seen: _Seen, head: nn.Module, test: Sequence[int]) -> float:
    total = np.zeros((seen.classes, seen.classes + 1), np.int64)
    for index in test:
        with torch.inference_mode():
            said = _logits(seen, head, index).argmax(dim=1).numpy().astype(np.uint8)
        truth = seen.truth[index]
        total += confusion_matrix(truth, said.reshape(truth.shape), classes=seen.classes)
    return scores(total).miou


def _seen(plan: Plan) -> _Seen:
    """Encode images by the frozen encoder of the default model, as many as are looked at."""
    pairs = labelled_images.some(plan, "active", plan.pick(POOL + TEST, 4))
    encoder = predictors.load(catalogue.find(catalogue.DEFAULT), "cpu")
    values = np.unique(np.concatenate([np.unique(truth) for _, truth in pairs]))
    classes = [int(v) for v in values if v != IGNORE_INDEX]
    table = np.full(256, IGNORE_INDEX, np.uint8)
    table[classes] = range(len(classes))
    features, truths = [], []
    for image, truth in pairs:
        cells = _cells(encoder, image)
        size = int(cells.shape[2]), int(cells.shape[1])
        small = cv2.resize(table[truth], size, interpolation=cv2.INTER_NEAREST_EXACT)
        features.append(cells)
        truths.append(np.asarray(small, np.uint8))
    portraits = np.stack([cells.float().mean(dim=(1, 2)).numpy() for cells in features])
    return _Seen(features, truths, portraits - portraits.mean(axis=0), len(classes))


@torch.inference_mode()
def _cells(encoder: Predictor, image: Image) -> Tensor:
    """Return (C, h, w) features of an image, all of the encoder's from a stride of 8 on."""
    scale = SIDE / min(image.shape[:2])
    size = max(CELL, round(image.shape[0] * scale)), max(CELL, round(image.shape[1] * scale))
    seen = encoder.encode(preprocess.scaled(image, size))
    stride = [f for f in seen.features if f.shape[2] * CELL <= seen.features[0].shape[2]]
    grid = stride[0].shape[2:]
    wide = [functional.interpolate(f, size=grid, mode="bilinear") for f in stride]
    rows, columns = -(-seen.height // CELL), -(-seen.width // CELL)
    return torch.cat(wide, dim=1)[0, :, :rows, :columns].half()

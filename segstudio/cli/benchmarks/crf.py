"""The CRF beside one plain call of pydensecrf2."""

import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from segstudio.cli.benchmarks import peak, plain_crf
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.arrays import Image, LabelMap, Probabilities
from segstudio.core.errors import SegstudioError
from segstudio.core.metrics import confusion_matrix, scores
from segstudio.inference import crf
from segstudio.inference.crf import CrfSettings

SIZE = (1500, 2000)
CLASS_COUNT = 21
GOAL_SPEED_UP = 5.0
GOAL_SAME = 99.0


def run(plan: Plan) -> Iterator[Figure]:
    """Refine a scene of discs both ways, with the same widths."""
    if not crf.is_installed():
        raise SegstudioError("pydensecrf2 is not installed: pip install segstudio[crf].")
    size, count = plan.pick((SIZE, CLASS_COUNT), ((150, 200), 4))
    truth, image, probabilities = scene(*size, count)
    settings = CrfSettings()
    crf.refine(*scene(30, 40, 3)[1:], settings)  # what only the first time costs
    ours, seconds, cpu_s = _timed(crf.refine, image, probabilities, settings)
    plain, plain_seconds, plain_cpu_s = _timed(plain_crf.refine, image, probabilities, settings)
    same = 100.0 * float((ours == plain).mean())
    detail = {
        "image": f"{size[1]} x {size[0]}",
        "classes": count,
        "iterations": settings.iterations,
        "seconds": rounded(seconds),
        "plain_seconds": rounded(plain_seconds),
        "cpu_seconds": rounded(cpu_s),
        "plain_cpu_seconds": rounded(plain_cpu_s),
        "changed_by_crf_percent": rounded(
            100.0 * float((probabilities.argmax(axis=0) != plain).mean())
        ),
        "reference": "one call of pydensecrf2 on everything",
    }
    for name, labels in (("miou", ours), ("plain_miou", plain)):
        detail[name] = rounded(_miou(truth, labels, count))
    speed = plain_seconds / seconds
    yield Figure("crf", speed, "x", GOAL_SPEED_UP, 1.0, detail, more_is_better=True)
    yield Figure("crf-same-labels", same, "%", GOAL_SAME, 100.0, more_is_better=True)
    if plan.small:
        return  # processes of their own take longer than everything else
    inputs = image, probabilities, settings
    plain_mb = peak.growth_mb(plain_crf.refine, *inputs)
    yield Figure("crf-memory", peak.growth_mb(crf.refine, *inputs), "MB", plain_mb, plain_mb)


def scene(height: int, width: int, count: int) -> tuple[LabelMap, Image, Probabilities]:
    """Draw discs on a ground, one colour a class, and give a network's blurred idea of them."""
    rng = np.random.default_rng(count)
    labels = np.zeros((height, width), np.uint8)
    for _ in range(3 * count):
        centre = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(labels, centre, int(height * 0.15), int(rng.integers(1, count)), -1)
    colours = rng.integers(30, 225, (count, 3))
    image = colours[labels] + rng.normal(0, 6, (height, width, 3))
    coarse = (max(1, width // 12), max(1, height // 12))
    planes = [
        cv2.resize(
            cv2.resize((labels == k).astype(np.float32), coarse, interpolation=cv2.INTER_AREA),
            (width, height),
        )
        for k in range(count)
    ]
    unsure = np.stack(planes) * np.float32(0.85) + np.float32(0.15 / count)  # (K, H, W)
    return labels, image.clip(0, 255).astype(np.uint8), unsure / unsure.sum(axis=0)


def _timed(
    refine: Callable[[Image, Probabilities, CrfSettings], Probabilities],
    image: Image,
    probabilities: Probabilities,
    settings: CrfSettings,
) -> tuple[LabelMap, float, float]:
    """Return the labels, and the seconds that passed and that the processor worked."""
    started, cpu_started = time.perf_counter(), time.process_time()
    refined = refine(image, probabilities, settings)
    passed, worked = time.perf_counter() - started, time.process_time() - cpu_started
    return refined.argmax(axis=0).astype(np.uint8), passed, worked


def _miou(truth: LabelMap, labels: LabelMap, count: int) -> float:
    return scores(confusion_matrix(truth, labels, classes=count)).miou

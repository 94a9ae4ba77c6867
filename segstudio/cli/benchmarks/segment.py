"""From a file to its label map, with the model's own settings."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from segstudio.cli.benchmarks import pictures
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded, summary
from segstudio.core.arrays import LabelMap
from segstudio.formats.images import read_image
from segstudio.inference import predictor as predictors
from segstudio.inference import preprocess, segmenter
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import Segmentation, SegmentSettings
from segstudio.models import catalogue
from segstudio.models.spec import RefineMode

Result = TypeVar("Result")

SIZE = (3000, 4000)
GOAL_MS = 1500.0
GOAL_RATIO = 1.25
REPEATS = 5


def run(plan: Plan) -> Iterator[Figure]:
    """Segment a photo of 12 megapixels and run the bare network on it, in turn."""
    predictor = predictors.load(catalogue.find(catalogue.DEFAULT))
    refine = predictor.spec.refine
    whole: list[float] = []
    plain: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
        path = Path(folder) / "photo.jpg"
        picture = cv2.cvtColor(pictures.photo(*plan.pick(SIZE, (300, 400))), cv2.COLOR_RGB2BGR)
        path.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes())
        for number in range(plan.pick(REPEATS, 1) + 1):
            result, ms = _timed(partial(_segment, path, predictor, refine))
            rest = [_timed(partial(_segment, path, predictor, "none"))[1]]
            rest.append(_timed(partial(_bare, path, predictor))[1])
            if number:  # the first run of a network is slower
                for times, value in zip((whole, plain, bare), (ms, *rest), strict=True):
                    times.append(value)
    detail = {
        "ours": summary(whole),
        "bare": summary(bare),
        "stages": {stage: rounded(ms) for stage, ms in result.stages.items()},
        "refined_by": result.refined_by,
        "device": str(predictor.device),
        "reference": "decode the file, scale, run the network, take the best class, enlarge",
    }
    reference = statistics.median(bare)
    yield Figure("segment", statistics.median(whole), "ms", GOAL_MS, reference, detail)
    yield Figure(
        "segment-ratio",
        statistics.median(plain) / reference,
        "x",
        GOAL_RATIO,
        reference=1.0,
        detail={
            "without_refinement": summary(plain),
            "ratio_with_refinement": rounded(statistics.median(whole) / reference),
        },
    )


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - started) * 1000


def _segment(path: Path, predictor: Predictor, refine: RefineMode) -> Segmentation:
    settings = SegmentSettings(refine=refine)
    return drained(segmenter.segment(read_image(path), predictor, settings))


def _bare(path: Path, predictor: Predictor) -> LabelMap:
    """Do what cannot be left out, without steps, refinement or confidence."""
    image = read_image(path)
    height, width = image.shape[:2]
    size = preprocess.working_size(height, width, predictor.spec)
    half = predictor.runs_half("auto")
    planes = predictor.predict(preprocess.scaled(image, size), half=half)
    best = planes.argmax(axis=0).astype(np.uint8)
    labels = cv2.resize(best, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(labels, np.uint8)

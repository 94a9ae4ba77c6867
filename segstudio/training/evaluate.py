"""Measuring a model file on labelled images, by the way that Segment goes."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.core import metrics
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.refine import Mode
from segstudio.inference.segmenter import SegmentSettings
from segstudio.training import dataset


def evaluate(
    model: Path,
    images: Path,
    masks: Path,
    refine: Mode | None = None,
    device: str = "auto",
    *,
    report: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measure a model file on a folder of images and one of masks.

    Parameters
    ----------
    model : Path
    images, masks : Path
        The masks hold class indices of the model; 255 counts for nothing.
    refine : {"none", "guided", "crf", "pydensecrf2"}, optional
        Without it, what the model itself recommends.
    device : str
        As in `segstudio.inference.device`.
    report : callable, optional
        Told the number of images done and of all.

    Returns
    -------
    dict
        ``miou``, ``pixel_accuracy``, ``per_class`` (name: IoU or None), ``classes_averaged``,
        ``images``, ``ms_per_image``, ``refined_by``.

    Raises
    ------
    SegstudioError
        When the model, an image or a mask cannot be used.
    """
    return evaluate_predictor(
        predictors.load(model, device), images, masks, refine=refine, report=report
    )


def evaluate_predictor(
    predictor: Predictor,
    images: Path,
    masks: Path,
    *,
    refine: Mode | None = None,
    report: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measure a loaded model; see `evaluate`."""
    spec = predictor.spec
    settings = SegmentSettings(refine=refine or spec.refine, precision="full")
    pairs = dataset.find_pairs(images, masks)
    count = len(spec.classes)
    confusion = np.zeros((count, count + 1), np.int64)
    spent_s, refined_by = 0.0, settings.refine
    for number, pair in enumerate(pairs, start=1):
        image, truth = dataset.read_pair(pair, spec.classes)
        started = time.perf_counter()
        result = drained(segmenter.segment(image, predictor, settings))
        spent_s += time.perf_counter() - started
        channels = dataset.to_channels(result.label_map, spec.classes, pair.image.name)
        confusion += metrics.confusion_matrix(truth, channels, classes=count)
        refined_by = result.refined_by  # type: ignore[assignment]
        if report:
            report(number, len(pairs))
    measured = metrics.scores(confusion)
    names = [entry.name for entry in spec.classes]
    return {
        "miou": _rounded(measured.miou),
        "pixel_accuracy": _rounded(measured.pixel_accuracy),
        "per_class": {
            name: _rounded(float(iou)) for name, iou in zip(names, measured.iou, strict=True)
        },
        "classes_averaged": measured.classes_averaged,
        "images": len(pairs),
        "ms_per_image": round(1000.0 * spent_s / len(pairs), 1),
        "refined_by": refined_by,
    }


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)

"""Refinement of a model's labels: none, guided filter, CRF, and one plain call of pydensecrf2."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.cli.benchmarks import peak, plain_crf
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.arrays import Image, LabelMap, Probabilities
from segstudio.core.errors import SegstudioError
from segstudio.core.metrics import confusion_matrix, scores
from segstudio.inference import crf, labelling, preprocess, refine
from segstudio.inference import predictor as predictors
from segstudio.inference.mean_field import CrfSettings
from segstudio.inference.planes import cleaned, resized_planes
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.models import catalogue
from segstudio.training.dataset import find_pairs, read_pair

PLAIN, LIBRARY = "plain", "pydensecrf2"
"""The latter works in a process of its own, whose memory and processor time are not ours."""
MOST_LOST = 0.2
"""So many points of mean IoU the CRF may stay behind one plain call."""
FEW = 2


@dataclass(frozen=True, eq=False)
class Photo:
    """An image, what is true of it, and what the network made of it."""

    image: Image
    truth: LabelMap
    probabilities: NDArray[np.float16]


Way = Callable[[str, Photo], Probabilities]


def run(plan: Plan) -> Iterator[Figure]:
    """Refine the labels of every photo in every way and tell how right they are then."""
    if plan.images is None or plan.masks is None:
        raise SegstudioError("The benchmark refine needs labelled images: --images and --masks.")
    predictor = predictors.load(Path(catalogue.find(plan.model or catalogue.DEFAULT)))
    pairs = find_pairs(plan.images, plan.masks)
    seen = [
        _seen(*read_pair(pair, predictor.spec.classes), predictor)
        for pair in pairs[: plan.pick(len(pairs), FEW)]
    ]
    known: list[NDArray[np.uint8]] = []
    reference: float | None = None
    for name in _ways():
        work = _plain if name == PLAIN else _ours
        if not plan.small:
            work(name, seen[0])  # what only the first time costs, such as starting a process
        seconds, cpu_s, labels = _timed(work, name, seen)
        confusion = sum(
            confusion_matrix(photo.truth, found, classes=len(predictor.spec.classes))
            for photo, found in zip(seen, labels, strict=True)
        )
        measured = scores(np.asarray(confusion))
        miou = 100.0 * measured.miou
        if name == PLAIN:
            known, reference = labels, miou
        detail = {
            "photos": len(seen),
            "pixel_accuracy": rounded(100.0 * measured.pixel_accuracy),
            "seconds_a_photo": rounded(seconds / len(seen)),
            "cpu_seconds_a_photo": None if name == LIBRARY else rounded(cpu_s / len(seen)),
            "peak_mb": None if plan.small else _peak_mb(work, name, seen),
            "same_labels_percent": _same(labels, known),
            "reference": "one call of pydensecrf2 at the size of the photo",
        }
        goal = reference - MOST_LOST if reference is not None and name == "crf" else 0.0
        figure = Figure(f"refine-{name}", miou, "% mIoU", goal, reference, detail)
        yield replace(figure, more_is_better=True)


def _ways() -> list[str]:
    if crf.is_installed():
        return [PLAIN, *refine.MODES]
    return [mode for mode in refine.MODES if mode != LIBRARY]


def _peak_mb(work: Way, name: str, seen: Sequence[Photo]) -> float | None:
    if name == LIBRARY:
        return None
    largest = max(seen, key=lambda photo: photo.truth.size)
    return rounded(peak.growth_mb(work, name, largest))


def _seen(image: Image, truth: LabelMap, predictor: Predictor) -> Photo:
    size = preprocess.working_size(image.shape[0], image.shape[1], predictor.spec, "1")
    probabilities = predictor.predict(preprocess.scaled(image, size))
    return Photo(image, truth, probabilities.astype(np.float16))


def _timed(work: Way, name: str, seen: Sequence[Photo]) -> tuple[float, float, list[LabelMap]]:
    """Return the seconds by the clock and by the processor, and the labels of each photo."""
    seconds, cpu_s, labels = 0.0, 0.0, []
    for photo in seen:
        started, cpu_started = time.perf_counter(), time.process_time()
        refined = work(name, photo)
        seconds += time.perf_counter() - started
        cpu_s += time.process_time() - cpu_started
        writer = labelling.LabelWriter(refined, *photo.truth.shape)
        for _ in writer.strips():
            pass
        labels.append(writer.channels)
    return seconds, cpu_s, labels


def _ours(name: str, photo: Photo) -> Probabilities:
    steps = refine.refined(photo.image, photo.probabilities, name)  # type: ignore[arg-type]
    return drained(steps).probabilities


def _plain(_name: str, photo: Photo) -> Probabilities:
    """Refine at the size of the photo, with widths that mean the same there as ours."""
    full = photo.image.shape[:2]
    ours = refine.target_shape(full, photo.probabilities.shape[1:])
    settings = refine.crf_settings(ours, 0.5)
    factor = (full[0] * full[1] / (ours[0] * ours[1])) ** 0.5
    planes = cleaned(resized_planes(photo.probabilities.astype(np.float32), full))
    return plain_crf.refine(photo.image, planes / planes.sum(axis=0), _wider(settings, factor))


def _wider(settings: CrfSettings, factor: float) -> CrfSettings:
    return replace(
        settings,
        gaussian_sxy=max(1.0, settings.gaussian_sxy * factor),
        bilateral_sxy=max(1.0, settings.bilateral_sxy * factor),
    )


def _same(labels: Sequence[LabelMap], others: Sequence[LabelMap]) -> float | None:
    if not others:
        return None
    pairs = zip(labels, others, strict=True)
    same = sum(int((one == other).sum()) for one, other in pairs)
    return rounded(100.0 * same / sum(one.size for one in labels))

"""Measuring a model on labelled images, by the way that Segment goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.core import atomic, evaluation
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.evaluation import Evaluation, ImageScore
from segstudio.core.merge import ClassMatch
from segstudio.formats import error_picture
from segstudio.formats import images as pictures
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.passes import Augment
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.refine import Mode
from segstudio.inference.segmenter import Segmentation, SegmentSettings
from segstudio.training import calibrate, dataset
from segstudio.training.dataset import Pair
from segstudio.training.division import held_out_split


@dataclass(frozen=True, eq=False)
class Measured:
    """What came of measuring a model.

    Attributes
    ----------
    evaluation : Evaluation
    ms_per_image : float
    refined_by : str
        What really refined.
    """

    evaluation: Evaluation
    ms_per_image: float
    refined_by: str


def evaluate(
    model: Path,
    images: Path,
    masks: Path,
    refine: Mode | None = None,
    device: str = "auto",
    *,
    augment: Augment = "none",
    held_out: float = 0.0,
    seed: int = 0,
    errors: Path | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Measured:
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
    augment : {"none", "flip", "scales"}
        How often the network looks, as in `segstudio.inference.segmenter`.
    held_out, seed : float, int
        Measure only the images that a training with these values held out; 0 for all.
    errors : Path, optional
        A folder that gets a picture of what is wrong for each image.
    report : callable, optional
        Told the number of images done and of all.

    Raises
    ------
    SegstudioError
        When the model, an image or a mask cannot be used, or a picture cannot be written.
    """
    predictor = predictors.load(model, device)
    return evaluate_predictor(
        predictor,
        images,
        masks,
        refine=refine,
        augment=augment,
        held_out=held_out,
        seed=seed,
        errors=errors,
        report=report,
    )


def evaluate_predictor(
    predictor: Predictor,
    images: Path,
    masks: Path,
    *,
    refine: Mode | None = None,
    augment: Augment = "none",
    held_out: float = 0.0,
    seed: int = 0,
    errors: Path | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Measured:
    """Measure a loaded model; see `evaluate`."""
    settings = SegmentSettings(
        refine=refine or predictor.spec.refine, augment=augment, precision="full"
    )
    pairs = dataset.find_pairs(images, masks)
    if held_out:
        pairs = [pairs[number] for number in held_out_split(len(pairs), held_out, seed)[1]]
    scores: list[ImageScore] = []
    spent_s, refined_by = 0.0, str(settings.refine)
    for number, pair in enumerate(pairs, start=1):
        found, seconds, refined_by = _measured(pair, predictor, settings, errors)
        scores.append(found)
        spent_s += seconds
        if report:
            report(number, len(pairs))
    names = [entry.name for entry in predictor.spec.classes]
    whole = evaluation.evaluation(names, scores)
    return Measured(whole, 1000.0 * spent_s / len(pairs), refined_by)


def compared(
    name: str,
    result: Segmentation,
    channels: tuple[int, ...],
    truth: LabelMap,
    indices: tuple[int, ...],
    targets: tuple[int, ...],
) -> tuple[ImageScore, LabelMap]:
    """Compare a result with labels whose classes are others than the model's.

    Parameters
    ----------
    channels : tuple of int
        The model's class indices, in the order of its output.
    truth : (H, W) uint8 of own class indices
    indices : tuple of int
        The own classes to measure, in the order of the score.
    targets : tuple of int
        As in `segstudio.core.merge.ClassMatch`.

    Returns
    -------
    ImageScore, (H, W) uint8
        The latter is what the model says, in own class indices; 255 for none, and where there is
        nothing to compare it with.
    """
    places = np.full(256, IGNORE_INDEX, np.uint8)
    places[list(indices)] = range(len(indices))
    own, _ = ClassMatch(targets).tables()
    said = own[result.label_map]
    groups = tuple(int(place) for place in places[own[list(channels)]])
    true = places[truth]
    samples = calibrate.sampled(result.probabilities, true, groups)
    said[true == IGNORE_INDEX] = IGNORE_INDEX
    score = evaluation.score(name, true, places[said], classes=len(indices), samples=samples)
    return score, said


def _measured(
    pair: Pair, predictor: Predictor, settings: SegmentSettings, errors: Path | None
) -> tuple[ImageScore, float, str]:
    """Return the score of one image, the seconds that Segment took, and what refined."""
    classes = predictor.spec.classes
    image, truth = dataset.read_pair(pair, classes)
    started = time.perf_counter()
    result = drained(segmenter.segment(image, predictor, settings))
    spent_s = time.perf_counter() - started
    channels = dataset.to_channels(result.label_map, classes, pair.image.name)
    samples = calibrate.sampled(result.probabilities, truth, tuple(range(len(classes))))
    found = evaluation.score(
        pair.image.name, truth, channels, classes=len(classes), samples=samples
    )
    if errors is not None:
        colours = np.zeros((256, 3), np.uint8)
        colours[: len(classes)] = [entry.colour for entry in classes]
        picture = error_picture.draw(image, truth, channels, colours)
        atomic.write_bytes(errors / f"{pair.image.stem}.png", pictures.encode_png(picture))
    return found, spent_s, result.refined_by

"""One training with several heads on the same encoder, measured on images that none has seen."""

import argparse
import shlex
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.cli import train
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.errors import SegstudioError
from segstudio.core.metrics import confusion_matrix, scores
from segstudio.inference import predictor as predictors
from segstudio.inference import refine, segmenter
from segstudio.inference.passes import Augment
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import networks
from segstudio.training import dataset, division, examples, trainer
from segstudio.training.examples import Example

HEADS = ("fcn8s", "unet", "deeplabv3plus", "pspnet")
LOOKS: tuple[Augment, ...] = ("none", "flip")
MODES = tuple(mode for mode in refine.MODES if mode != "pydensecrf2")
SMALL = "--steps 1 --batch 2 --crop 64 --short-side 64 --crops-per-image 1 --frozen --held-out 0.5"


def run(plan: Plan) -> Iterator[Figure]:
    """Train each head in the same way, on the same images, and measure it on the others."""
    with tempfile.TemporaryDirectory(prefix="segstudio-heads-") as folder:
        arguments = _arguments(plan, Path(folder) / "head.safetensors")
        found = examples.of_folders(arguments.images, arguments.masks, arguments.classes)
        heads = plan.pick(HEADS, HEADS[::2])
        for head in [arguments.architecture] if arguments.architecture else heads:
            arguments.architecture = head
            settings = train.settings_of(arguments, found)
            parts = division.divide([item.part for item in found.items], settings)[0]
            # Without held-out images the weights of the end are kept, not those that did best.
            result = trainer.train(
                replace(settings, held_out=0.0, folds=0),
                lambda _progress: None,
                [found.items[number] for number in parts.train],
            )
            detail = {"steps": result.steps, "training_seconds": rounded(result.seconds)}
            unseen = [found.items[number] for number in parts.held_out]
            yield from _figures(predictors.load(result.path), unseen, detail)


def _arguments(plan: Plan, out: Path) -> argparse.Namespace:
    """Return the arguments of the training; a class list lies beside the masks' folder."""
    if plan.images is None or plan.masks is None:
        raise SegstudioError("The benchmark heads needs labelled images: --images and --masks.")
    parser = argparse.ArgumentParser(prog="--train", add_help=False)
    train.add_arguments(parser)
    where = ["--images", str(plan.images), "--masks", str(plan.masks), "--out", str(out)]
    where += ["--classes", str(plan.masks.parent / "classes.json")]
    return parser.parse_args([*where, *shlex.split(plan.pick(plan.train, SMALL))])


def _figures(
    predictor: Predictor, unseen: Sequence[Example], detail: dict[str, Any]
) -> Iterator[Figure]:
    """Measure a head with every refinement, looking once and flipped too."""
    spec = predictor.spec
    count = len(spec.classes)
    ways = [(look, mode) for look in LOOKS for mode in MODES]
    confusion = {way: np.zeros((count, count + 1), np.int64) for way in ways}
    seconds = dict.fromkeys(ways, 0.0)
    for example in unseen:
        labelled = example.read(spec.classes)
        image, truth = labelled.image, labelled.labels
        for look in LOOKS:
            started = time.perf_counter()
            settings = SegmentSettings("none", augment=look, precision="full")
            plain = drained(segmenter.segment(image, predictor, settings))
            network_s = time.perf_counter() - started
            for mode in MODES:
                started, result = time.perf_counter(), plain
                if mode != "none":
                    chosen = replace(settings, refine=mode)
                    steps = segmenter.refine_again(image, plain.probabilities, spec, chosen)
                    result = drained(steps)
                seconds[look, mode] += network_s + time.perf_counter() - started
                said = dataset.to_channels(result.label_map, spec.classes, example.name)
                confusion[look, mode] += confusion_matrix(truth, said, classes=count)
    parameters = sum(values.numel() for values in predictor.network.parameters())
    for look, mode in ways:
        measured = scores(confusion[look, mode])
        yield Figure(
            f"{spec.architecture}-{mode}" + ("" if look == "none" else f"-{look}"),
            100.0 * measured.miou,
            "% mIoU",
            None,
            detail={
                "title": networks.find(spec.architecture).title,
                "pixel_accuracy": rounded(100.0 * measured.pixel_accuracy),
                "iou": [rounded(100.0 * float(value)) for value in measured.iou],
                "ms_per_image": rounded(1000.0 * seconds[look, mode] / len(unseen)),
                "parameters": parameters,
                "photos": len(unseen),
                **detail,
            },
        )

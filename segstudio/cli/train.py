"""``segstudio train``: a model from labelled images."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from segstudio.cli import options
from segstudio.cli.command import DONE, INTERRUPTED, Command
from segstudio.core.errors import Cancelled, SegstudioError

if TYPE_CHECKING:
    from segstudio.training.settings import TrainProgress, TrainResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    options.add_pairs(parser)
    parser.add_argument(
        "--classes", type=Path, required=True, metavar="FILE", help="classes.json of the masks"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the model file to write"
    )
    parser.add_argument(
        "--architecture",
        default="deeplabv3plus",
        metavar="NAME",
        help="the network (default: deeplabv3plus); see segstudio architectures",
    )
    parser.add_argument(
        "--preset",
        default="standard",
        metavar="NAME",
        help="small, standard or large: how big a network of this architecture (default: standard)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="arguments",
        metavar="NAME=VALUE",
        help="a parameter of the architecture, such as encoder_depth=4; can be repeated",
    )
    parser.add_argument(
        "--encoder",
        default="lite0",
        metavar="NAME",
        help="lite0, which comes with the program, or the name of a timm model",
    )
    parser.add_argument(
        "--pretrained",
        action="store_true",
        help="start from the encoder's published weights, which must have been fetched",
    )
    parser.add_argument(
        "--frozen",
        action="store_true",
        help="keep the encoder as it is: faster, and enough for small sets",
    )
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N", help="time to train")
    parser.add_argument(
        "--resume", action="store_true", help="go on where an interrupted training stopped"
    )
    parser.add_argument(
        "--held-out",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="share of images that is kept for measuring (default: 0.2)",
    )
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N", help="measure by N-fold cross-validation"
    )
    parser.add_argument("--short-side", type=int, default=448, metavar="PX")
    parser.add_argument(
        "--crop", type=int, default=352, metavar="PX", help="side of the parts that are trained on"
    )
    parser.add_argument(
        "--crops-per-image", type=int, default=24, metavar="N", help="varied parts of each image"
    )
    parser.add_argument(
        "--steps", type=int, metavar="N", help="train N steps instead of a time: repeatable"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--name", default="", help="name of the model (default: the file's)")
    parser.add_argument("--title", default="", help="the name that the window shows")
    parser.add_argument("--licence", default="", help="licence of the weights")
    parser.add_argument("--note", default="", help="a sentence about the model")
    options.add_refine(parser)
    options.add_device(parser)
    options.add_json(parser, "the result as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Train the model and print its figures."""
    from segstudio.core.classes import read_classes
    from segstudio.training.settings import TrainSettings
    from segstudio.training.trainer import train

    settings = TrainSettings(
        images=arguments.images,
        masks=arguments.masks,
        classes=read_classes(arguments.classes),
        out=arguments.out,
        architecture=arguments.architecture,
        encoder=arguments.encoder,
        arguments=_chosen(arguments),
        pretrained=arguments.pretrained,
        frozen=arguments.frozen,
        minutes=arguments.minutes,
        resume=arguments.resume,
        seed=arguments.seed,
        held_out=arguments.held_out,
        folds=arguments.folds,
        short_side=arguments.short_side,
        crop=arguments.crop,
        crops_per_image=arguments.crops_per_image,
        steps=arguments.steps,
        device=arguments.device,
        name=arguments.name,
        title=arguments.title,
        licence=arguments.licence,
        note=arguments.note,
        refine=arguments.refine or "none",
    )
    try:
        with _interruptible() as report:
            result = train(settings, report)
    except Cancelled:
        print("segstudio: Stopped. The same command with --resume goes on.", file=sys.stderr)
        return INTERRUPTED
    _print_result(result, as_json=arguments.json)
    return DONE


def _chosen(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the architecture's arguments: those of the preset, then those that were set."""
    from segstudio.models import networks

    row = networks.find(arguments.architecture)
    typed: dict[str, str] = {}
    for text in arguments.arguments:
        name, sign, value = text.partition("=")
        if not sign:
            raise SegstudioError(f"--set takes NAME=VALUE, not “{text}”.")
        typed[name.strip()] = value.strip()
    try:
        return row.chosen(arguments.preset, typed)
    except ValueError as error:
        raise SegstudioError(str(error)) from error


class _Report:
    """Shows progress, and ends the training after Ctrl+C at a point where it can be resumed."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def __call__(self, progress: "TrainProgress") -> None:
        parts = [f"{progress.done:4.0%}", progress.stage]
        if progress.runs > 1:
            parts.append(f"run {progress.run} of {progress.runs}")
        if progress.step:
            parts.append(f"step {progress.step}")
        if progress.loss is not None:
            parts.append(f"loss {progress.loss:.3f}")
        if progress.miou is not None:
            parts.append(f"mIoU {progress.miou:.3f}")
        live = sys.stderr.isatty()
        print("  ".join(parts).ljust(60), end="\r" if live else "\n", file=sys.stderr, flush=True)
        if self.stop.is_set():
            raise Cancelled


@contextmanager
def _interruptible() -> Iterator[_Report]:
    report = _Report()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if report.stop.is_set():
            raise KeyboardInterrupt
        report.stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield report
        return
    # Both end the training at its next step, so that the checkpoint is whole and the cached
    # features (gigabytes in the folder for temporary files) are removed.
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, on_interrupt) for number in numbers]
    try:
        yield report
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _print_result(result: "TrainResult", *, as_json: bool) -> None:
    if as_json:
        options.print_json(
            {
                "path": str(result.path),
                "metrics": result.metrics,
                "per_class": result.per_class,
                "steps": result.steps,
                "seconds": round(result.seconds, 1),
            }
        )
        return
    rows = [
        (name, "not present" if iou is None else f"{iou:.3f}")
        for name, iou in result.per_class.items()
    ]
    if rows:
        options.print_table(("class", "IoU"), rows)
    figures = ", ".join(f"{name} {value}" for name, value in result.metrics.items())
    print(f"{result.path} written after {result.steps} steps. {figures}")


COMMAND = Command("train", "Train a model on labelled images", add_arguments, run)

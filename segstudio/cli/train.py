"""``segstudio train``: a model from labelled images."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from segstudio.cli import options, train_options
from segstudio.cli.command import DONE, INTERRUPTED, Command
from segstudio.core.errors import Cancelled

if TYPE_CHECKING:
    from segstudio.training.examples import Examples
    from segstudio.training.settings import TrainProgress, TrainResult, TrainSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    train_options.add_data(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the model file to write"
    )
    train_options.add_network(parser)
    train_options.add_recipe(parser)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N", help="time to train")
    parser.add_argument(
        "--steps", type=int, metavar="N", help="train N steps instead of a time: repeatable"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--resume", action="store_true", help="go on where an interrupted training stopped"
    )
    parser.add_argument("--name", default="", help="name of the model (default: the file's)")
    parser.add_argument("--title", default="", help="the name that the window shows")
    parser.add_argument("--licence", default="", help="licence of the weights")
    parser.add_argument("--note", default="", help="a sentence about the model")
    parser.add_argument(
        "--refine",
        choices=options.REFINE_CHOICES,
        default="none",
        help="what the model is to recommend (default: none)",
    )
    parser.add_argument(
        "--compact", action="store_true", help="write the weights in half precision: half the file"
    )
    parser.add_argument(
        "--log", type=Path, metavar="DIR", help="write the curves for TensorBoard into a folder"
    )
    options.add_device(parser)
    options.add_json(parser, "the result as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Train the model and print its figures."""
    from segstudio.training.curves import following
    from segstudio.training.trainer import train

    examples = train_options.examples(arguments)
    settings = settings_of(arguments, examples)
    is_first = _is_first()
    try:
        with (
            _interruptible(silent=not is_first) as report,
            following(report, arguments.log if is_first else None) as told,
        ):
            result = train(settings, told, examples.items)
    except Cancelled:
        if is_first:
            print("segstudio: Stopped. The same command with --resume goes on.", file=sys.stderr)
        return INTERRUPTED
    if is_first:
        _print_result(result, as_json=arguments.json)
    return DONE


def settings_of(arguments: argparse.Namespace, examples: "Examples") -> "TrainSettings":
    """Return the training that the arguments ask for.

    Raises
    ------
    SegstudioError
        When there is no such network, or a value is out of range.
    """
    from segstudio.training.settings import TrainSettings

    return TrainSettings(
        images=examples.images,
        masks=examples.labels,
        classes=examples.classes,
        out=arguments.out,
        **train_options.network(arguments),
        recipe=train_options.recipe(arguments),
        **{name: getattr(arguments, name) for name in _PLAIN},
    )


_PLAIN = (
    *("pretrained", "frozen", "minutes", "steps", "resume", "seed", "held_out", "folds"),
    *("short_side", "crop", "crops_per_image", "batch", "learning_rate", "weight_decay"),
    *("label_smoothing", "device", "name", "title", "licence", "note", "refine", "compact"),
)
"""Arguments that are settings as they are."""


def _is_first() -> bool:
    """Tell whether this is the only process, or the first of those that torchrun started."""
    return os.environ.get("RANK", "0") == "0"


class _Report:
    """Shows progress, and ends the training after Ctrl+C at a point where it can be resumed."""

    def __init__(self, *, silent: bool) -> None:
        self.stop = threading.Event()
        self._silent = silent

    def __call__(self, progress: "TrainProgress") -> None:
        if not self._silent:
            self._show(progress)
        if self.stop.is_set():
            raise Cancelled

    def _show(self, progress: "TrainProgress") -> None:
        if progress.note:
            print(progress.note, file=sys.stderr, flush=True)
            return
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


@contextmanager
def _interruptible(*, silent: bool = False) -> Iterator[_Report]:
    report = _Report(silent=silent)

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

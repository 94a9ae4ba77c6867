"""``segstudio demo``: the program on its own sample photos, with or without a screen."""

import argparse
import shutil
import sys
from functools import partial
from pathlib import Path

from segstudio.cli import batch, options, window
from segstudio.cli.command import DONE, PARTLY, Command
from segstudio.cli.outcome import HEADINGS, Outcome, as_row
from segstudio.cli.sources import LABELS, OVERLAY, find_sources
from segstudio.core.errors import StorageError

DEFAULT_OUT = Path("segstudio-demo")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--headless", action="store_true", help="segment the samples without opening a window"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"where to put samples and results (without a window: {DEFAULT_OUT})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the window on the samples, or segment them and print a table."""
    if arguments.headless or not window.has_display():
        return _run_headless(arguments.out or DEFAULT_OUT)
    from segstudio.core import places

    # Labels are kept beside images, and an installed program's own folder may be read-only.
    folder = copy_samples(arguments.out or places.user_folder() / "samples")
    return window.open_paths([folder])


def copy_samples(folder: Path) -> Path:
    """Copy the samples that are not there yet into a folder and return it.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    from segstudio import assets

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sample in sorted(assets.path("samples").iterdir()):
            if not (folder / sample.name).exists():
                shutil.copyfile(sample, folder / sample.name)
    except OSError as error:
        raise StorageError(
            f"The samples could not be copied to {folder}: {error.strerror or error}. "
            "Choose another folder with --out."
        ) from error
    return folder


def _run_headless(out: Path) -> int:
    from segstudio.inference import predictor as predictors
    from segstudio.inference.segmenter import SegmentSettings
    from segstudio.models import catalogue

    predictor = predictors.load(catalogue.find(catalogue.DEFAULT))
    samples = copy_samples(out / "samples")
    labels = out / "label_maps"
    sources = find_sources([samples], labels)
    settings = SegmentSettings(refine=predictor.spec.refine)
    outcomes = []
    failures = 0
    for result in batch.segment_all(sources, predictor, settings, labels, more=(OVERLAY,)):
        if isinstance(result, batch.Failure):
            failures += 1
            print(f"segstudio: {result.source.path}: {result.sentence}", file=sys.stderr)
        else:
            outcomes.append(result)
    options.print_table(HEADINGS, map(as_row, outcomes))
    sentence = _export(outcomes, labels, out / "dataset")
    print(f"Label maps and overlays: {labels.resolve()}")
    print(f"Dataset: {(out / 'dataset').resolve()} ({sentence})")
    return PARTLY if failures else DONE


def _export(outcomes: list[Outcome], labels: Path, folder: Path) -> str:
    import numpy as np

    from segstudio.core import png
    from segstudio.core.classes import read_classes
    from segstudio.core.labels import Ink
    from segstudio.core.patch import Planes
    from segstudio.formats import export, format_table
    from segstudio.formats.export_values import ExportItem, ExportPlan

    def planes(outcome: Outcome) -> Planes:
        found = png.read(outcome.source.target(labels, LABELS))
        return Planes(found, np.full_like(found, Ink.MODEL))

    items = [
        ExportItem(
            name=outcome.source.name,
            image=outcome.source.path,
            read=partial(planes, outcome),
            seen_by_person=False,
        )
        for outcome in outcomes
    ]
    plan = ExportPlan(format_table.find("native"))
    report = export.export(items, read_classes(labels / "classes.json"), folder, plan)
    return report.sentence.rstrip(".")


COMMAND = Command("demo", "Try the program on its own sample photos", add_arguments, run)

"""``segstudio segment``: label maps for images and folders."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import batch, model_choice, options
from segstudio.cli.command import DONE, NOTHING, PARTLY, Command
from segstudio.cli.outcome import HEADINGS, Outcome, as_json, as_note, as_row
from segstudio.cli.sources import CONFIDENCE, ENTROPY, MARGIN, OVERLAY, Source, find_sources

if TYPE_CHECKING:
    from segstudio.models.spec import ModelSpec

DEFAULT_OUT = Path("segmented")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="images and folders")
    model_choice.add_model(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        metavar="DIR",
        help=f"where label maps and classes.json go (default: {DEFAULT_OUT})",
    )
    options.add_refine(parser)
    parser.add_argument(
        "--overlay", action="store_true", help="also write the image with its labels laid over"
    )
    parser.add_argument(
        "--confidence", action="store_true", help="also write how sure the model is, 0 to 255"
    )
    parser.add_argument(
        "--margin",
        action="store_true",
        help="also write how far the best class is ahead of the second, 0 to 255",
    )
    parser.add_argument(
        "--entropy",
        action="store_true",
        help="also write 255 less the entropy over all classes: 255 is certain, 0 says nothing",
    )
    options.add_device(parser)
    parser.add_argument(
        "--detail",
        choices=options.DETAIL_CHOICES,
        default="1",
        help="look 2 or 4 times closer, or at full size, in tiles (aerial photos, microscopy)",
    )
    options.add_looks(parser)
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="spread the images over the Dask cluster at this address, such as tcp://host:8786",
    )
    options.add_json(parser, "one JSON object per image")


def run(arguments: argparse.Namespace) -> int:
    """Segment the images and return the exit code."""
    sources = find_sources(arguments.paths, arguments.out)

    from segstudio.models import checkpoint

    model = model_choice.model_file(arguments.model)
    spec = checkpoint.read_spec(model)
    outcomes: list[Outcome] = []
    failures = 0
    for result in _results(arguments, sources, model, spec):
        if isinstance(result, batch.Failure):
            failures += 1
            print(f"segstudio: {result.source.path}: {result.sentence}", file=sys.stderr)
            continue
        outcomes.append(result)
        if arguments.json:
            options.print_json(as_json(result, spec.name))
    if not arguments.json and outcomes:
        options.print_table(HEADINGS, map(as_row, outcomes))
        for outcome in outcomes:
            if note := as_note(outcome):
                print(f"{outcome.source.path.name}: {note}")
        print(f"{len(outcomes)} label maps written to {arguments.out}.")
    if not failures:
        return DONE
    return PARTLY if outcomes else NOTHING


def _results(
    arguments: argparse.Namespace, sources: Sequence[Source], model: Path, spec: "ModelSpec"
) -> Iterator[Outcome | batch.Failure]:
    """Return what comes of each image, computed here or on a cluster."""
    from segstudio.inference.segmenter import SegmentSettings

    settings = SegmentSettings(
        refine=arguments.refine or spec.refine,
        detail=arguments.detail,
        augment=arguments.tta,
        precision=arguments.precision,
        tile=arguments.tile,
    )
    wanted = {
        OVERLAY: arguments.overlay,
        CONFIDENCE: arguments.confidence,
        MARGIN: arguments.margin,
        ENTROPY: arguments.entropy,
    }
    more = [suffix for suffix, is_wanted in wanted.items() if is_wanted]
    if arguments.scheduler is not None:
        from segstudio.cli import cluster

        return cluster.segment_all(
            *(sources, model, settings, arguments.out, arguments.scheduler),
            device=arguments.device,
            more=more,
        )
    from segstudio.inference import predictor as predictors

    predictor = predictors.load(model, arguments.device)
    return batch.segment_all(sources, predictor, settings, arguments.out, more=more)


COMMAND = Command("segment", "Segment images and folders into label maps", add_arguments, run)

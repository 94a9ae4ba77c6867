"""``segstudio evaluate``: how well a model does on labelled images."""

import argparse
from typing import Any

from segstudio.cli import model_choice, options
from segstudio.cli.command import DONE, Command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    model_choice.add_model(parser)
    options.add_pairs(parser)
    options.add_refine(parser)
    options.add_device(parser)
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Measure the model and print what came of it."""
    from segstudio.training.evaluate import evaluate

    result = evaluate(
        model_choice.model_file(arguments.model),
        arguments.images,
        arguments.masks,
        arguments.refine,
        arguments.device,
    )
    if arguments.json:
        options.print_json(result)
    else:
        _print_scores(result)
    return DONE


def _print_scores(result: dict[str, Any]) -> None:
    rows = [(name, _shown(iou)) for name, iou in result["per_class"].items()]
    options.print_table(("class", "IoU"), rows)
    print(
        f"mIoU {_shown(result['miou'])} over {result['classes_averaged']} classes, "
        f"pixel accuracy {_shown(result['pixel_accuracy'])}, {result['images']} images, "
        f"{result['ms_per_image']:.0f} ms an image"
    )


def _shown(value: float | None) -> str:
    return "not present" if value is None else f"{value:.3f}"


COMMAND = Command("evaluate", "Measure a model on labelled images", add_arguments, run)

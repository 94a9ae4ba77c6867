"""``segstudio evaluate``: how well a model does on labelled images."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.cli import model_choice, options
from segstudio.cli.command import DONE, Command

if TYPE_CHECKING:
    from segstudio.core.evaluation import Evaluation
    from segstudio.core.temperature import Calibration
    from segstudio.training.evaluate import Measured

WORST = 5
"""Images that are listed without being asked for more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    model_choice.add_model(parser)
    options.add_pairs(parser)
    parser.add_argument(
        "--held-out",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="measure only the images that segstudio train kept for measuring with this share "
        "and --seed",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")
    options.add_refine(parser)
    options.add_tta(parser)
    options.add_device(parser)
    parser.add_argument(
        "--worst",
        type=int,
        default=WORST,
        metavar="N",
        help=f"how many of the worst images to list (default: {WORST})",
    )
    parser.add_argument(
        "--errors", type=Path, metavar="DIR", help="write a picture of what is wrong for each image"
    )
    parser.add_argument(
        "--csv", type=Path, metavar="DIR", help="write classes.csv, images.csv and confusion.csv"
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="make the model as sure as it is right on these images, and keep that in its file; "
        "its labels stay the same",
    )
    options.add_json(parser, "one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Measure the model and print what came of it."""
    from segstudio.core import temperature
    from segstudio.formats import evaluation_csv
    from segstudio.training import calibrate
    from segstudio.training.evaluate import evaluate

    model = model_choice.model_file(arguments.model)
    if arguments.calibrate:
        calibrate.check_own(model)
    measured = evaluate(
        model,
        arguments.images,
        arguments.masks,
        arguments.refine,
        arguments.device,
        augment=arguments.tta,
        held_out=arguments.held_out,
        seed=arguments.seed,
        errors=arguments.errors,
    )
    found = measured.evaluation
    if arguments.csv:
        evaluation_csv.write(arguments.csv, found)
    fitted = temperature.calibrate([i.samples for i in found.images if i.samples is not None])
    result = _result(measured, fitted)
    if arguments.calibrate:
        result["calibration"]["written"] = _written(model, fitted)
    if arguments.json:
        options.print_json(result)
    else:
        _print_scores(measured, arguments.worst)
        _print_calibration(fitted, result["calibration"])
    return DONE


def _share(text: str) -> float:
    """Read a share of images."""
    share = float(text)
    if not 0.0 <= share < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is no share: at least 0 and below 1")
    return share


def _written(model: Path, fitted: "Calibration | None") -> bool:
    """Keep a temperature that helps; one that does not would only be noise."""
    from segstudio.training import calibrate

    if fitted is None or not fitted.helps:
        return False
    calibrate.write(model, fitted)
    return True


def _result(measured: "Measured", fitted: "Calibration | None") -> dict[str, Any]:
    found = measured.evaluation
    columns = _columns(found)
    by_class = {
        key: {
            name: _rounded(float(value))
            for name, value in zip(found.classes, columns[column], strict=True)
        }
        for key, column in _BY_CLASS.items()
    }
    return {
        "miou": _rounded(found.scores.miou),
        "pixel_accuracy": _rounded(found.scores.pixel_accuracy),
        "boundary_f_mean": _rounded(found.boundary_f_mean),
        **by_class,
        "classes_averaged": found.scores.classes_averaged,
        "confusion": {"classes": list(found.classes), "pixels": found.confusion.tolist()},
        "images": len(found.images),
        "worst_first": [
            {
                "image": image.name,
                "miou": _rounded(image.miou),
                "pixel_accuracy": _rounded(image.pixel_accuracy),
            }
            for image in found.images
        ],
        "ms_per_image": round(measured.ms_per_image, 1),
        "refined_by": measured.refined_by,
        "calibration": _calibration(fitted),
    }


_BY_CLASS = {
    "per_class": "IoU",
    "precision": "precision",
    "recall": "recall",
    "boundary_f": "boundary F",
}


def _columns(found: "Evaluation") -> dict[str, Any]:
    scores = found.scores
    return {
        "IoU": scores.iou,
        "precision": scores.precision,
        "recall": scores.recall,
        "boundary F": found.boundary_f,
    }


def _calibration(fitted: "Calibration | None") -> dict[str, Any]:
    if fitted is None:
        return {}
    return {
        "temperature": round(fitted.temperature, 4),
        "error_before": _rounded(fitted.before.error),
        "error_after": _rounded(fitted.after.error),
        "images": fitted.images,
        "held_out": fitted.is_held_out,
        "reliability_before": _bins(fitted, "before"),
        "reliability_after": _bins(fitted, "after"),
    }


def _bins(fitted: "Calibration", which: str) -> list[dict[str, Any]]:
    table = getattr(fitted, which)
    return [
        {"pixels": int(pixels), "confidence": _rounded(sure), "accuracy": _rounded(right)}
        for pixels, sure, right in zip(
            table.pixels, table.confidence.tolist(), table.accuracy.tolist(), strict=True
        )
    ]


def _print_scores(measured: "Measured", worst: int) -> None:
    found = measured.evaluation
    columns = _columns(found)
    rows = [
        (name, *(_shown(float(values[row])) for values in columns.values()))
        for row, name in enumerate(found.classes)
    ]
    options.print_table(("class", *columns), rows)
    scores = found.scores
    print(
        f"mIoU {_shown(scores.miou)} over {scores.classes_averaged} classes, "
        f"pixel accuracy {_shown(scores.pixel_accuracy)}, "
        f"boundary F {_shown(found.boundary_f_mean)}, {len(found.images)} images, "
        f"{measured.ms_per_image:.0f} ms an image"
    )
    listed = found.images[: max(0, worst)]
    if listed:
        print()
        options.print_table(
            ("worst images", "mIoU", "pixel accuracy"),
            [(image.name, _shown(image.miou), _shown(image.pixel_accuracy)) for image in listed],
        )


def _print_calibration(fitted: "Calibration | None", told: dict[str, Any]) -> None:
    if fitted is None:
        return
    print(f"\nExpected calibration error {fitted.before.error:.3f}", end="")
    if "written" not in told:
        print(f"; a temperature of {fitted.temperature:.2f} makes it {fitted.after.error:.3f}")
        return
    print(f", {fitted.after.error:.3f} with a temperature of {fitted.temperature:.2f}")
    rows = [
        (f"{sure:.2f}", f"{right:.2f}", f"{pixels}")
        for pixels, sure, right in zip(
            fitted.after.pixels, fitted.after.confidence, fitted.after.accuracy, strict=True
        )
        if pixels
    ]
    options.print_table(("said to be sure", "was right", "pixels"), rows)
    if not fitted.is_held_out:
        print("It was measured on the image that it was fitted on; more images would tell more.")
    kept = "It is kept in the model." if told["written"] else "It does not help and was not kept."
    print(kept)


def _shown(value: float) -> str:
    return "not present" if math.isnan(value) else f"{value:.3f}"


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


COMMAND = Command("evaluate", "Measure a model on labelled images", add_arguments, run)

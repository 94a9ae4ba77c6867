"""Making a model as sure as it is right: what is needed for it, and writing it into the model."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from segstudio.core.arrays import LabelMap, Probabilities
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ModelError
from segstudio.core.temperature import COLDEST, HOTTEST, Calibration, Samples
from segstudio.models import bundled, checkpoint

MOST_PIXELS = 2_000
"""Of one image: neighbours say the same, and a few thousand give the temperature to a percent."""

MOST_VALUES = 40_000
"""Pixels times classes of one image."""


def sampled(probabilities: Probabilities, truth: LabelMap, groups: tuple[int, ...]) -> Samples:
    """Pick labelled pixels of an image, the same ones each time.

    Parameters
    ----------
    probabilities : (K, h, w) floating point
        At working size.
    truth : (H, W) uint8
        Of the image itself; 255 counts for nothing.
    groups : tuple of int
        By channel, the value in `truth` that means the same; 255 for none. Pixels of a class
        that no channel means are left out: no temperature makes a model right there.
    """
    count, height, width = probabilities.shape
    small = cv2.resize(truth, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    meant = np.asarray(groups)
    usable = np.isin(small, meant[meant != IGNORE_INDEX]) & (small != IGNORE_INDEX)
    places = np.flatnonzero(usable)
    most = max(1, min(MOST_PIXELS, MOST_VALUES // count))
    if len(places) > most:
        places = np.random.default_rng(0).choice(places, most, replace=False)
    said = probabilities.reshape(count, -1)[:, places].T.astype(np.float16)
    return Samples(said, small.reshape(-1)[places, None] == meant[None, :])


def check_own(model: Path) -> None:
    """Refuse to change a model that comes with the program.

    Raises
    ------
    ModelError
    """
    if model.resolve() in {path.resolve() for path in bundled.files().values()}:
        raise ModelError(
            f"“{model.stem}” comes with the program and stays as it is. Import its file as a model "
            "of your own, and calibrate that."
        )


def write(model: Path, calibration: Calibration) -> float:
    """Write a temperature into a model file, on top of the one that it has.

    Returns
    -------
    float
        The model's temperature now.

    Raises
    ------
    ModelError
        When the file is not a whole model file, or comes with the program.
    StorageError
        When it cannot be written.
    """
    check_own(model)
    spec = checkpoint.read_spec(model)
    whole = float(np.clip(spec.temperature * calibration.temperature, COLDEST, HOTTEST))
    metrics = {
        **spec.metrics,
        "calibration_error_before": round(calibration.before.error, 4),
        "calibration_error": round(calibration.after.error, 4),
        "calibration_images": calibration.images,
    }
    checkpoint.rewrite_spec(model, replace(spec, temperature=whole, metrics=metrics))
    return whole

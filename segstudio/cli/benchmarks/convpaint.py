"""napari-convpaint through its Python interface, where it is installed: a rival in scribbling."""

import contextlib
import importlib
import importlib.util
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.cli.benchmarks.annotator import Gesture
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX

WITHOUT_DOWNLOAD = ("gauss", "gaussian_features")
WITH_WEIGHTS = ("vgg16", "vgg16")
_WEIGHTS = "vgg16-*.pth"


def variants() -> tuple[tuple[str, str], ...]:
    """Return name and feature extractor of what can run here, without any download."""
    if importlib.util.find_spec("napari_convpaint") is None:
        return ()
    import torch

    stored = Path(torch.hub.get_dir()) / "checkpoints"
    return (WITHOUT_DOWNLOAD, WITH_WEIGHTS) if any(stored.glob(_WEIGHTS)) else (WITHOUT_DOWNLOAD,)


class Rival:
    """One image in napari-convpaint; its classifier is trained anew after each scribble."""

    def __init__(self, image: Image, features: str, computed: list[float]) -> None:
        self._model = _model(features)
        self._image = _channels_first(image)
        self._annotations = np.zeros(image.shape[:2], np.uint8)
        self._computed = computed

    def scribble(self, labels: LabelMap, gesture: Gesture) -> LabelMap:
        """Train on all scribbles so far and return its labels; 0 stands for no scribble there."""
        part = self._annotations[gesture.selection.region.slices]
        part[gesture.selection.mask] = gesture.label + 1
        if len(np.unique(self._annotations)) < 3:
            # Its classifier needs two classes: until then the scribbled one is everywhere.
            return np.full_like(labels, gesture.label)
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):  # a line of its classifier a round
            self._model.train(self._image, self._annotations)
            found = self._model.segment(self._image)
        self._computed.append(time.perf_counter() - started)
        return np.asarray(found, np.uint8) - np.uint8(1)


def taught(
    images: Sequence[Image], labels: Sequence[LabelMap], features: str
) -> Callable[[Image], LabelMap]:
    """Train its classifier on labelled images; returns what labels others.

    Parameters
    ----------
    labels : sequence of (H, W) uint8
        Numbers from 0; 255 counts for nothing.
    """
    model = _model(features)
    annotations = [
        np.where(plane == IGNORE_INDEX, 0, plane + 1).astype(np.uint8) for plane in labels
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        model.train([_channels_first(image) for image in images], annotations)

    def segment(image: Image) -> LabelMap:
        with contextlib.redirect_stdout(io.StringIO()):
            found = model.segment(_channels_first(image))
        return np.asarray(found, np.uint8) - np.uint8(1)

    return segment


def _model(features: str) -> Any:
    module = importlib.import_module("napari_convpaint.convpaint_model")
    model = module.ConvpaintModel(fe_name=features)
    model.set_params(channel_mode="rgb")
    return model


def _channels_first(image: Image) -> NDArray[np.uint8]:
    return np.moveaxis(image, -1, 0)

"""Filling a large region."""

import time
from collections.abc import Iterator

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from segstudio.cli.benchmarks import napari_layer
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, opened
from segstudio.editing.tool import Modifiers

SIDE = 10_000
GOAL_MS = 1000.0
REPEATS = 3


def run(plan: Plan) -> Iterator[Figure]:
    """Fill the ground of an image, which is most of it, and take it back."""
    side = plan.pick(SIDE, 400)
    with opened(side, side) as stage:
        stage.label_everything()
        _open_ground(stage)
        stage.session.editor.change(tool="fill", class_index=1)
        ours, bare = [], []
        for _ in range(plan.pick(REPEATS, 1)):
            bare.append(_bare_ms(stage))
            started = time.perf_counter()
            stage.session.editor.press((0.5, 0.5), Modifiers())
            stage.session.editor.release()
            QApplication.processEvents()
            ours.append((time.perf_counter() - started) * 1000)
            pixels = stage.document.history.steps[-1].pixels
            stage.settle(2.0)
            stage.session.undo()
            stage.settle(2.0)
        labels = stage.document.label_map.copy()
    napari = napari_layer.fill_ms(labels, plan.pick(REPEATS, 1))
    yield Figure(
        "fill",
        quantile(ours, 0.5),
        "ms",
        GOAL_MS,
        reference=quantile(bare, 0.5),
        detail={
            "image": f"{side} x {side}",
            "filled_pixels": pixels,
            "ours": summary(ours),
            "bare": summary(bare),
            "reference": "cv2.floodFill and numpy writing one plane, without undo",
        },
        napari=quantile(napari, 0.5) if napari else None,
    )


def _open_ground(stage: Stage) -> None:
    """Leave islands of the labels on a ground of class 0 that is one region."""
    labels = stage.document.label_map
    labels[labels < 3] = 0
    labels[:8], labels[:, :8] = 0, 0


def _bare_ms(stage: Stage) -> float:
    labels = stage.document.label_map.copy()
    started = time.perf_counter()
    mask = np.zeros((labels.shape[0] + 2, labels.shape[1] + 2), np.uint8)
    cv2.floodFill(labels, mask, (0, 0), 0, flags=4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY)
    labels[mask[1:-1, 1:-1] > 0] = 1
    return (time.perf_counter() - started) * 1000

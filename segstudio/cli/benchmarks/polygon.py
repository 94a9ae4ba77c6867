"""Closing a large polygon, and following the cursor while it is drawn."""

import math
import time
from collections.abc import Iterator

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.cli.benchmarks import napari_layer
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, opened, send_mouse, timed_ms
from segstudio.editing.sight import Point
from segstudio.editing.tool import Modifiers
from segstudio.editing.tool_state import Shape

SIDE = 10_000
CORNERS = 100
GOAL_MS = 1000.0
MOVE_GOAL_MS = 2.0
REPEATS = 3
MOVES = 150
STEP_PX = 12.0


def run(plan: Plan) -> Iterator[Figure]:
    """Paint a star that fills most of an image, and take it back."""
    side = plan.pick(SIDE, 400)
    corners = _star(side)
    with opened(side, side) as stage:
        stage.label_everything()
        stage.session.editor.change(tool="polygon", shape=Shape.POINTS, class_index=1)
        ours, bare = [], []
        for _ in range(plan.pick(REPEATS, 1)):
            bare.append(_bare_ms(stage, corners))
            ours.append(_close_ms(stage, corners))
            pixels = stage.document.history.steps[-1].pixels
            stage.settle(2.0)
            stage.session.undo()
            stage.settle(2.0)
        hovers = _hover_ms(stage, corners, plan.pick(MOVES, 10))
        drags = _freehand_ms(stage, plan.pick(MOVES, 10))
        labels = stage.document.label_map.copy()
    napari = napari_layer.polygon_ms(labels, corners, plan.pick(REPEATS, 1))
    yield Figure(
        "polygon",
        quantile(ours, 0.5),
        "ms",
        GOAL_MS,
        reference=quantile(bare, 0.5),
        detail={
            "image": f"{side} x {side}",
            "corners": len(corners),
            "painted_pixels": pixels,
            "ours": summary(ours),
            "bare": summary(bare),
            "reference": "cv2.fillPoly into one plane, its border included, without undo",
        },
        napari=quantile(napari, 0.5) if napari else None,
    )
    yield Figure(
        "polygon-move",
        max(quantile(hovers, 0.95), quantile(drags, 0.95)),
        "ms",
        MOVE_GOAL_MS,
        detail={"to the cursor": summary(hovers), "freehand": summary(drags)},
    )


def _star(side: int) -> list[Point]:
    """Return the corners of a star with curved edges."""
    corners = []
    for number in range(CORNERS):
        angle = math.tau * number / CORNERS
        reach = side * 0.48 * (0.8 + 0.2 * math.sin(9 * angle))
        corners.append((side / 2 + reach * math.cos(angle), side / 2 + reach * math.sin(angle)))
    return corners


def _set(stage: Stage, corners: list[Point]) -> None:
    for corner in corners:
        stage.session.editor.press(corner, Modifiers())
        stage.session.editor.release()
    QApplication.processEvents()


def _close_ms(stage: Stage, corners: list[Point]) -> float:
    _set(stage, corners)
    started = time.perf_counter()
    stage.session.editor.apply()
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1000


def _bare_ms(stage: Stage, corners: list[Point]) -> float:
    labels = stage.document.label_map.copy()
    started = time.perf_counter()
    cv2.fillPoly(labels, [np.array(corners, np.int32)], 1)
    return (time.perf_counter() - started) * 1000


def _hover_ms(stage: Stage, corners: list[Point], moves: int) -> list[float]:
    """Return milliseconds of moves of the mouse with all corners set."""
    _set(stage, corners)
    canvas = stage.window.canvas
    times = [timed_ms(canvas, QEvent.Type.MouseMove, place) for place in _way(canvas, moves)]
    stage.session.editor.cancel()
    return times


def _freehand_ms(stage: Stage, moves: int) -> list[float]:
    """Return milliseconds of moves that draw a freehand line."""
    stage.session.editor.change(shape=Shape.FREEHAND)
    canvas = stage.window.canvas
    first, *places = _way(canvas, moves)
    send_mouse(canvas, QEvent.Type.MouseMove, first)
    send_mouse(canvas, QEvent.Type.MouseButtonPress, first)
    times = [timed_ms(canvas, QEvent.Type.MouseMove, place) for place in places]
    stage.session.editor.cancel()
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, places[-1])
    return times


def _way(widget: QWidget, count: int) -> list[QPointF]:
    """Return places on a spiral around the middle, in steps of a quick hand."""
    places, angle = [], 0.0
    for _ in range(count):
        reach = 20 + 4 * angle
        places.append(
            QPointF(
                round(widget.width() / 2 + reach * math.cos(angle)),
                round(widget.height() / 2 + reach * math.sin(angle)),
            )
        )
        angle += STEP_PX / reach
    return places

"""From the end of a stroke to the picture in which it follows the edges of the image."""

import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from segstudio.cli.benchmarks import brush
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, opened, wait_until
from segstudio.editing import snapping
from segstudio.inference.snap import snapped

SIZE = (3000, 4000)
TIP_PX = 50
STROKES = 20
MOVES = 40
GOAL_MS = 150.0


def run(plan: Plan) -> Iterator[Figure]:
    """Paint strokes of a hand with Snap on, in the real window, by the real engine."""
    with opened(*plan.pick(SIZE, (400, 600))) as stage:
        stage.label_everything()
        editor = stage.session.editor
        editor.change(tool="brush", class_index=1, snap=True)
        editor.set_size(TIP_PX)
        stage.window.canvas.set_zoom(1.0)
        stage.settle()
        # The first one loads what the engine needs for it.
        times = [_stroke(stage, number) for number in range(plan.pick(STROKES, 1) + 1)][1:]
        bare = [_bare_ms(stage) for _ in range(plan.pick(STROKES, 1))]
    yield Figure(
        "snap",
        quantile(times, 0.5),
        "ms",
        GOAL_MS,
        reference=quantile(bare, 0.5),
        detail={
            "tip_px": TIP_PX,
            "image": f"{SIZE[1]} x {SIZE[0]}",
            "ours": summary(times),
            "reference": "the filter on the surroundings of such a stroke, and no more",
        },
    )


def _stroke(stage: Stage, number: int) -> float:
    """Return milliseconds from the release of the button until what has snapped is painted."""
    canvas, history = stage.window.canvas, stage.document.history
    brush.stroke(canvas, number, MOVES)
    started = time.perf_counter()
    position = history.position
    wait_until(stage.app, lambda: history.position > position)
    QApplication.sendPostedEvents(canvas, QEvent.Type.UpdateRequest)
    QApplication.processEvents()
    ended = time.perf_counter()
    stage.settle(0.1)
    stage.session.undo()
    stage.session.undo()
    stage.settle(0.1)
    return (ended - started) * 1000


def _bare_ms(stage: Stage) -> float:
    side = min(500, *stage.document.image.shape[:2])
    image = np.ascontiguousarray(stage.document.image[:side, :side])
    stroke = np.zeros((side, side), np.bool_)
    stroke[side // 4 : side // 2, side // 4 : side // 2] = True
    marks = (snapping.STROKE + snapping.INSIDE) * stroke + snapping.FREE
    started = time.perf_counter()
    snapped(image, marks.astype(np.uint8), snapping.reach_of(TIP_PX))
    return (time.perf_counter() - started) * 1000

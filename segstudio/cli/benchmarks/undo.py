"""Undo and redo of a stroke and of a whole image."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QApplication

from segstudio.cli.benchmarks import napari_layer, pictures
from segstudio.cli.benchmarks.brush import stroke
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, opened

SIZE = (4000, 6000)
TIP_PX = 50
MOVES = 100
REPEATS = 15
ROWS = (("stroke", 4.0), ("whole", 16.0))


def run(plan: Plan) -> Iterator[Figure]:
    """Go back and forth over one step, through the session, and repaint each time."""
    size, moves = plan.pick(SIZE, (400, 600)), plan.pick(MOVES, 10)
    with opened(*size) as stage:
        stage.label_everything()
        whole = _travel(stage, plan.pick(REPEATS, 2))
        stage.session.editor.change(tool="brush", class_index=1)
        stage.session.editor.set_size(TIP_PX)
        stage.window.canvas.fit()
        stage.settle()
        stroke(stage.window.canvas, 1, moves)
        stage.settle(1.5)
        measured = {"stroke": _travel(stage, plan.pick(REPEATS, 2)), "whole": whole}
    labels = pictures.label_map(*size)
    napari = napari_layer.undo_ms(labels, TIP_PX, moves, plan.pick(REPEATS, 2))
    for name, goal in ROWS:
        calls, painted, bare = measured[name]
        yield Figure(
            f"undo-{name}",
            quantile(calls, 0.5),
            "ms",
            goal,
            reference=quantile(bare, 0.5),
            detail={
                "calls": summary(calls),
                "with_repaint": summary(painted),
                "reference": "writing the same pixels into both planes with numpy, and no more",
            },
            napari=quantile(napari[name], 0.5) if napari[name] else None,
        )


def _travel(stage: Stage, repeats: int) -> tuple[list[float], list[float], list[float]]:
    """Return milliseconds of undo and redo: of the call, until painted, and of bare writing."""
    calls, painted, bare = [], [], []
    session = stage.session
    for _ in range(repeats):
        for travel in (session.undo, session.redo):
            started = time.perf_counter()
            travel()
            calls.append((time.perf_counter() - started) * 1000)
            QApplication.processEvents()
            painted.append((time.perf_counter() - started) * 1000)
            stage.settle(0.05)
        patch = stage.document.history.steps[-1].ready()
        for write in (patch.revert, patch.apply):
            bare.append(_timed_ms(stage, write))
    return calls, painted, bare


def _timed_ms(stage: Stage, write: Callable[..., None]) -> float:
    started = time.perf_counter()
    write(stage.document.planes)
    return (time.perf_counter() - started) * 1000

"""Moves of a brush through the real canvas, each with its repaint."""

import math
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.cli.benchmarks import napari_layer, pictures
from segstudio.cli.benchmarks.bare_brush import BareBrush
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, check_painted, opened, send_mouse, timed_ms

SIZE = (4000, 6000)
TIP_PX = 50
ZOOMS = ("fit", 1.0)
STROKES = 4
MOVES = 150
STEP_PX = 12.0
"""Of the screen: 125 events a second at a hand's quick 1500 pixels a second."""


def run(plan: Plan) -> Iterator[Figure]:
    """Paint strokes at two zooms, ours and bare ones in turn."""
    size = plan.pick(SIZE, (400, 600))
    ours, bare, detail = measure(plan, size, TIP_PX)
    napari = napari_layer.moves_ms(
        pictures.label_map(*size), TIP_PX, plan.pick(STROKES * MOVES, 10)
    )
    rows = (("median", 0.5, 1.0), ("p95", 0.95, 2.0), ("max", 1.0, 16.0))
    for name, share, goal in rows:
        yield Figure(
            f"brush-{name}",
            quantile(ours, share),
            "ms",
            goal,
            reference=quantile(bare, share),
            detail=detail if name == "median" else {},  # once is enough
            napari=quantile(napari, share) if napari else None,
        )


def measure(
    plan: Plan, size: tuple[int, int], tip: int
) -> tuple[list[float], list[float], dict[str, object]]:
    """Return milliseconds of our moves and of bare ones, and what else there is to tell."""
    ours: list[float] = []
    bare: list[float] = []
    releases: list[float] = []
    patches: list[int] = []
    by_zoom: dict[str, object] = {}
    with opened(*size) as stage:
        stage.label_everything()
        stage.session.editor.change(tool="brush", class_index=1)
        stage.session.editor.set_size(tip)
        canvas = stage.window.canvas
        other = BareBrush(stage.document, canvas.size(), tip)
        for zoom in ZOOMS:
            _show_at(stage, other, zoom)
            for widget in (canvas, other):
                check_painted(widget, partial(stroke, widget, 0, 5))
            here: list[float] = []
            for number in range(plan.pick(STROKES, 1)):
                times, release = stroke(canvas, number, plan.pick(MOVES, 10))
                here += times
                releases.append(release)
                patches.append(stage.document.history.steps[-1].form.nbytes)
                bare += stroke(other, number, plan.pick(MOVES, 10))[0]
            ours += here
            by_zoom[f"zoom {zoom}"] = summary(here)
        other.hide()
        detail: dict[str, object] = {
            "image": f"{size[1]} x {size[0]}",
            "canvas": f"{canvas.width()} x {canvas.height()}",
            "moves": len(ours),
            "all": summary(ours),
            **by_zoom,
            "release_ms": summary(releases),
            "step_bytes": max(patches),
            "reference": "numpy stamp and QPainter on a bare widget: " + str(summary(bare)),
        }
    return ours, bare, detail


def _show_at(stage: Stage, other: BareBrush, zoom: float | str) -> None:
    canvas = stage.window.canvas
    if isinstance(zoom, str):
        canvas.fit()
    else:
        canvas.set_zoom(zoom)
    other.look_like(canvas.camera)
    stage.settle()


def stroke(widget: QWidget, number: int, moves: int) -> tuple[list[float], float]:
    """Paint one curved stroke; return milliseconds of each move and of the release."""
    places = _curve(widget, number, moves + 1)
    send_mouse(widget, QEvent.Type.MouseMove, places[0])
    send_mouse(widget, QEvent.Type.MouseButtonPress, places[0])
    QApplication.processEvents()
    times = []
    for place in places[1:]:
        times.append(timed_ms(widget, QEvent.Type.MouseMove, place))
    return times, timed_ms(widget, QEvent.Type.MouseButtonRelease, places[-1])


def _curve(widget: QWidget, number: int, count: int) -> list[QPointF]:
    """Return places on an ellipse around the middle, a quick hand's steps apart.

    Whole pixels, as a mouse reports them.
    """
    across = widget.width() * (0.15 + 0.06 * (number % 4))
    down = widget.height() * (0.4 - 0.08 * (number % 4))
    angle, places = 0.7 * number, []
    for _ in range(count):
        places.append(
            QPointF(
                round(widget.width() / 2 + across * math.cos(angle)),
                round(widget.height() / 2 + down * math.sin(angle)),
            )
        )
        angle += STEP_PX / math.hypot(across * math.sin(angle), down * math.cos(angle))
    return places

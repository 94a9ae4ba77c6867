"""Moves of the wand through the real canvas, each with its repaint."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF

from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, opened, send_mouse, timed_ms

SIZES = ((1000, 1600), (4000, 6000))
PLACES = ((0.5, 0.5), (0.25, 0.3), (0.7, 0.75), (0.85, 0.2))
"""Where the wand is pressed, as shares of the canvas."""
MOVES = 60
STEP_PX = 4
GOAL_MS = 30.0
PRESS_GOAL_MS = 100.0


def run(plan: Plan) -> Iterator[Figure]:
    """Drag the tolerance from little to much at several places, the whole image in sight."""
    sizes = plan.pick(SIZES, ((300, 400),))
    height, width = sizes[0]
    presses: list[float] = []
    with opened(height, width) as stage:
        for number, (height, width) in enumerate(sizes):
            if number:
                stage.open(height, width)
            stage.session.editor.change(tool="wand", class_index=0)
            stage.window.canvas.fit()
            stage.settle()
            moves: list[float] = []
            pixels: list[int] = []
            for place in PLACES:
                pressed, moved = _drag_ms(stage, place, plan.pick(MOVES, 5), pixels)
                presses.append(pressed)
                moves += moved
            yield Figure(
                "wand" if not number else "wand-24",
                quantile(moves, 0.95),
                "ms",
                GOAL_MS,
                detail={
                    "image": f"{width} x {height}",
                    "zoom": round(stage.window.canvas.zoom, 3),
                    "moves": summary(moves),
                    "chosen_pixels": pixels,
                },
            )
    yield Figure("wand-press", max(presses), "ms", PRESS_GOAL_MS, detail=dict(summary(presses)))


def _drag_ms(
    stage: Stage, place: tuple[float, float], count: int, pixels: list[int]
) -> tuple[float, list[float]]:
    """Return milliseconds of the press and of each move; what is chosen at the end is noted."""
    canvas, editor = stage.window.canvas, stage.session.editor
    editor.change(tolerance=4)
    x, y = round(place[0] * canvas.width()), round(place[1] * canvas.height())
    send_mouse(canvas, QEvent.Type.MouseMove, QPointF(x, y))
    pressed = timed_ms(canvas, QEvent.Type.MouseButtonPress, QPointF(x, y))
    moved = [
        timed_ms(canvas, QEvent.Type.MouseMove, QPointF(x + STEP_PX * step, y))
        for step in range(1, count + 1)
    ]
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, QPointF(x, y))
    assert editor.pending is not None
    pixels.append(editor.pending.pixels or 0)
    editor.cancel()
    stage.settle()
    return pressed, moved

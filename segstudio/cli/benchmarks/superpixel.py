"""The superpixel brush: cutting what is in sight, and following the cursor."""

import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.cli.benchmarks import pictures
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, check_painted, opened, wait_until
from segstudio.core.arrays import Image
from segstudio.editing.superpixels import superpixels

CUT_SIDE, WIDTH_PX = 1000, 24
CUT_REPEATS = 7
CUT_GOAL_MS = 150.0
HOVER_SIZE = (4000, 6000)
HOVER_MOVES = 300
HOVER_GOAL_MS = 8.0


def run(plan: Plan) -> Iterator[Figure]:
    """Cut a megapixel, and move over a photo whose superpixels light up."""
    yield _cutting(plan)
    with opened(*plan.pick(HOVER_SIZE, (300, 400))) as stage:
        yield _hovering(stage, plan.pick(HOVER_MOVES, 10))


def _cutting(plan: Plan) -> Figure:
    side = plan.pick(CUT_SIDE, 100)
    image = pictures.photo(side, side)
    ours, bare = [], []
    for _ in range(plan.pick(CUT_REPEATS, 1)):
        ours.append(_ms_per_mpx(lambda: superpixels(image, WIDTH_PX), side))
        bare.append(_ms_per_mpx(lambda: _bare(image), side))
    return Figure(
        "superpixel-cut",
        quantile(ours, 0.5),
        "ms/Mpx",
        CUT_GOAL_MS,
        reference=quantile(bare, 0.5),
        detail={
            "image": f"{side} x {side}",
            "width_px": WIDTH_PX,
            "ours": summary(ours),
            "bare": summary(bare),
            "reference": "cv2.watershed alone, from a grid of seeds: neither compact nor whole",
        },
    )


def _ms_per_mpx(act: Callable[[], object], side: int) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000 / (side * side / 1e6)


def _bare(image: Image) -> None:
    markers = np.zeros(image.shape[:2], np.int32)
    seeds = markers[WIDTH_PX // 2 :: WIDTH_PX, WIDTH_PX // 2 :: WIDTH_PX]
    seeds[:] = np.arange(1, seeds.size + 1).reshape(seeds.shape)
    cv2.watershed(image, markers)


def _hovering(stage: Stage, moves: int) -> Figure:
    canvas, editor = stage.window.canvas, stage.session.editor
    stage.label_everything()
    stage.session.editor.change(tool="superpixel", class_index=1)
    middle = QPointF(canvas.rect().center())
    _hover(canvas, middle)
    wait_until(stage.app, lambda: _lights_up(stage, middle))
    check_painted(canvas, lambda: _hover(canvas, middle + QPointF(60, 60)))
    times, lit = [], 0
    for i in range(moves):
        place = middle + QPointF(300 * np.sin(i / 11), 200 * np.cos(i / 7))
        before = editor.marks
        started = time.perf_counter()
        _hover(canvas, place)
        times.append((time.perf_counter() - started) * 1000)
        lit += editor.marks is not before
    return Figure(
        "superpixel-hover",
        quantile(times, 0.95),
        "ms",
        HOVER_GOAL_MS,
        detail={
            "image": f"{stage.document.width} x {stage.document.height}",
            "moves": summary(times),
            "other_superpixel": lit,
            "what": "one move of the mouse with its repaint, 95th percentile",
        },
    )


def _lights_up(stage: Stage, place: QPointF) -> bool:
    canvas = stage.window.canvas
    _hover(canvas, place + QPointF(1, 0))
    _hover(canvas, place)
    return bool(stage.session.editor.marks)


def _hover(canvas: QWidget, place: QPointF) -> None:
    """Move the mouse with no button down and have it painted."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        canvas.mapToGlobal(place),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)
    QApplication.processEvents()

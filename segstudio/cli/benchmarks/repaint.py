"""Repaints of a whole viewport: image and labels, with lines, and with each other way of seeing."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segstudio.cli.benchmarks import pictures
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, summary
from segstudio.cli.benchmarks.stage import Stage, check_painted, opened, whole_patch
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.palette import SAFE_COLOURS
from segstudio.ui.camera import Camera
from segstudio.ui.canvas import Canvas
from segstudio.ui.confidence_layer import ConfidenceLayer
from segstudio.ui.difference_layer import DifferenceLayer
from segstudio.ui.image_adjustment import Adjustment, made_for
from segstudio.ui.ink_layer import InkLayer
from segstudio.ui.layers import Layer
from segstudio.ui.overlay_layer import OverlayState, OverlayStyle

SIZE = (4000, 6000)
VIEWPORT = (1600, 1000)
ZOOMS = ("fit", 0.25, 1.0, 3.0)
REPEATS = 30
MANY_CLASSES = 20
"""With so many, the safe colours have hatches."""

GOAL_MS = 8.0
LINES_GOAL_MS = 12.0


class BareView(QWidget):
    """Draws image and labels with one QPainter call each, at full size."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        height, width = document.label_map.shape
        self._document = document
        self._image = QImage(
            document.image.data, width, height, 3 * width, QImage.Format.Format_RGB888
        )
        self._labels = QImage(
            document.label_map.data, width, height, width, QImage.Format.Format_Indexed8
        )
        self._labels.setColorTable([QColor(40 * (i % 6), 200, 90, 140).rgba() for i in range(256)])
        self.camera = Camera()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw both."""
        painter = QPainter(self)
        exposed: QRect = event.rect()
        painter.fillRect(exposed, Qt.GlobalColor.black)
        part = self.camera.region(exposed, *self._document.label_map.shape)
        source = QRectF(part.left, part.top, part.width, part.height)
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(smooth, self.camera.scale < 2)
        painter.drawImage(self.camera.rect(part), self._image, source)
        painter.setRenderHint(smooth, False)
        painter.drawImage(self.camera.rect(part), self._labels, source)


def run(plan: Plan) -> Iterator[Figure]:
    """Repaint the canvas, with fill and with lines, and a bare widget, in turn."""
    size = plan.pick(SIZE, (400, 600))
    repeats = plan.pick(REPEATS, 2)
    with opened(*size) as stage:
        stage.label_everything()
        filled, lined = _canvas(stage, OverlayStyle.FILL), _canvas(stage, OverlayStyle.BOTH)
        bare = BareView(stage.document)
        bare.resize(*VIEWPORT)
        bare.show()
        times: dict[str, dict[str, list[float]]] = {"fill": {}, "lines": {}, "bare": {}}
        for zoom in ZOOMS:
            _look(filled, zoom)
            bare.camera = Camera(filled.camera.scale, QPointF(filled.camera.origin))
            for name, widget in (("fill", filled), ("bare", bare)):
                check_painted(widget, widget.repaint)
                times[name][f"{zoom}"] = _times_ms(widget, repeats)
        _ignore_the_middle(stage.document)
        for zoom in ZOOMS:
            _look(lined, zoom)
            check_painted(lined, lined.repaint)
            times["lines"][f"{zoom}"] = _times_ms(lined, repeats)
        for widget in (filled, lined):
            widget.hide()
        views = _views(stage)
        for name, canvas in views.items():
            times[name] = {}
            for zoom in ZOOMS:
                _look(canvas, zoom)
                check_painted(canvas, canvas.repaint)
                times[name][f"{zoom}"] = _times_ms(canvas, repeats)
            canvas.hide()
        bare.hide()
    yield _figure("repaint", times["fill"], times["bare"], GOAL_MS)
    yield _figure("repaint-lines", times["lines"], times["bare"], LINES_GOAL_MS)
    for name in views:
        yield _figure(f"repaint-{name}", times[name], times["bare"], LINES_GOAL_MS)


def _figure(
    name: str, ours: dict[str, list[float]], bare: dict[str, list[float]], goal: float
) -> Figure:
    """Make a figure of the slowest zoom."""
    slowest = max(ours, key=lambda zoom: quantile(ours[zoom], 0.5))
    return Figure(
        name,
        quantile(ours[slowest], 0.5),
        "ms",
        goal,
        reference=quantile(bare[slowest], 0.5),
        detail={
            "viewport": f"{VIEWPORT[0]} x {VIEWPORT[1]}",
            "slowest": slowest,
            "ours": {zoom: summary(values) for zoom, values in ours.items()},
            "bare": {zoom: summary(values) for zoom, values in bare.items()},
            "reference": "QPainter drawing the whole image and its labels, without lines",
        },
    )


def _canvas(stage: Stage, style: OverlayStyle) -> Canvas:
    canvas = Canvas()
    canvas.resize(*VIEWPORT)
    canvas.set_overlay(OverlayState(pictures.classes(), style=style))
    canvas.set_document(stage.document)
    canvas.show()
    return canvas


def _views(stage: Stage) -> dict[str, Canvas]:
    """Return a canvas for each way of seeing; all of them are there and shown in turn."""
    document = stage.document
    height, width = document.height, document.width
    levels = np.linspace(0, 255, width).astype(np.uint8)
    document.confidence = np.ascontiguousarray(np.broadcast_to(levels, (height, width)))
    difference = DifferenceLayer()
    difference.set_colours(pictures.classes().colour_table())
    said = document.label_map.astype(np.int16)
    said[:, : width // 3] = 0  # a third of the view in stripes
    difference.set_said(said)
    layers: dict[str, Layer] = {
        "confidence": ConfidenceLayer(),
        "ink": InkLayer(),
        "difference": difference,
    }
    views: dict[str, Canvas] = {}
    for name, layer in layers.items():
        views[name] = _canvas(stage, OverlayStyle.FILL)
        views[name].set_layer(layer)
    views["adjusted"] = _canvas(stage, OverlayStyle.FILL)
    views["adjusted"].set_adjust(made_for(Adjustment(contrast=30, auto=True), document))
    views["safe"] = _canvas(stage, OverlayStyle.FILL)
    table = pictures.classes(MANY_CLASSES)
    eight = len(SAFE_COLOURS)
    last_first = replace(table, classes=table.classes[eight:] + table.classes[:eight])
    views["safe"].set_overlay(OverlayState(last_first, safe=True))
    return views


def _ignore_the_middle(document: Document) -> None:
    """Paint Ignore where a part of every view is hatched."""
    height, width = document.height, document.width
    labels = document.label_map.copy()
    labels[height // 3 : height // 2, width // 3 : 2 * width // 3] = IGNORE_INDEX
    document.do(whole_patch(document.planes, labels, Ink.PERSON))


def _look(canvas: Canvas, zoom: float | str) -> None:
    canvas.fit()
    if not isinstance(zoom, str):
        canvas.set_zoom(zoom)


def _times_ms(widget: QWidget, repeats: int) -> list[float]:
    widget.repaint()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        widget.repaint()
        times.append((time.perf_counter() - started) * 1000)
    return times

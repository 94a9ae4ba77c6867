"""napari's layer of labels through its Python interface, where it is installed: a rival.

Nothing of it is drawn: its canvas needs OpenGL, which a machine without a screen lacks or imitates
slowly. What is measured is the least that napari takes.
"""

import importlib
import importlib.util
import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from segstudio.core.arrays import LabelMap

Place = tuple[float, float]
"""(x, y) in image pixels."""

LABEL = 1


def moves_ms(labels: LabelMap, tip: int, count: int) -> list[float]:
    """Return milliseconds of each place of a stroke; nothing where napari is not installed."""
    if not _is_installed():
        return []
    layer = _layer(labels, tip)
    with layer.block_history():  # as while a button is down: one step in the end
        return [_timed_ms(partial(layer.paint, place, LABEL)) for place in _circle(labels, count)]


def undo_ms(labels: LabelMap, tip: int, count: int, repeats: int) -> dict[str, list[float]]:
    """Return milliseconds of undo and redo of a stroke, and of filling a whole image."""
    found: dict[str, list[float]] = {"stroke": [], "whole": []}
    if not _is_installed():
        return found
    layer = _layer(labels, tip)
    with layer.block_history():
        for place in _circle(labels, count):
            layer.paint(place, LABEL)
    for _ in range(repeats):
        found["stroke"] += [_timed_ms(layer.undo), _timed_ms(layer.redo)]
    layer = _layer(np.zeros_like(labels), tip)
    layer.fill((0, 0), LABEL)
    for _ in range(repeats):
        found["whole"] += [_timed_ms(layer.undo), _timed_ms(layer.redo)]
    return found


def fill_ms(labels: LabelMap, repeats: int) -> list[float]:
    """Return milliseconds of filling the region of the first pixel."""
    if not _is_installed():
        return []
    return [_timed_ms(partial(_layer(labels).fill, (0, 0), LABEL)) for _ in range(repeats)]


def polygon_ms(labels: LabelMap, corners: Sequence[Place], repeats: int) -> list[float]:
    """Return milliseconds of painting a polygon."""
    if not _is_installed():
        return []
    places = [(y, x) for x, y in corners]
    return [_timed_ms(partial(_layer(labels).paint_polygon, places, LABEL)) for _ in range(repeats)]


def _is_installed() -> bool:
    return importlib.util.find_spec("napari") is not None


def _layer(labels: LabelMap, tip: int = 1) -> Any:
    """Return a layer of a copy of the labels."""
    layer = importlib.import_module("napari.layers").Labels(labels.copy())
    layer.brush_size = tip
    return layer


def _circle(labels: LabelMap, count: int) -> list[Place]:
    """Return (row, column) on a circle in the middle, a quarter of a 50 px tip apart."""
    height, width = labels.shape
    reach = min(height, width) / 4
    angles = [12 * number / reach for number in range(count)]
    return [(height / 2 + reach * math.sin(a), width / 2 + reach * math.cos(a)) for a in angles]


def _timed_ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000

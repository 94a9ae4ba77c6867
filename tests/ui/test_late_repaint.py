"""Large changes of an image are painted in a turn of the event loop of their own."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from segstudio.cli.benchmarks.stage import PaintCounter
from segstudio.core.region import Region
from segstudio.ui.image_view import MANY_REGIONS


@pytest.fixture
def watched(canvas_at_work):
    QCoreApplication.processEvents()
    paints = PaintCounter(canvas_at_work.canvas)
    yield canvas_at_work, paints
    canvas_at_work.canvas.removeEventFilter(paints)


def rows_of(height: int, width: int) -> tuple[Region, ...]:
    bounds = np.linspace(0, height, MANY_REGIONS + 1).astype(int)
    return tuple(Region(a, 0, b, width) for a, b in pairwise(bounds))


def test_what_many_regions_changed_is_painted_after_what_waits_already(watched, qtbot):
    at, paints = watched
    at.canvas.show_regions(rows_of(*at.labels.shape))
    QCoreApplication.sendPostedEvents()  # Qt paints here what was called for at once
    assert not paints.count
    qtbot.waitUntil(lambda: paints.count > 0)


def test_a_few_regions_are_painted_at_once(watched):
    at, paints = watched
    at.canvas.show_regions(rows_of(*at.labels.shape)[:3])
    QCoreApplication.sendPostedEvents()
    assert paints.count == 1


def test_confidence_that_is_not_shown_costs_no_repaint(watched):
    at, paints = watched
    at.session.confidence_changed.emit()
    QCoreApplication.sendPostedEvents()
    assert not paints.count

"""From a photo to training data: the window, the engine and the embedded model together."""

import os
import shutil
import signal

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from window_driver import CTRL, LEFT, SHIFT

from segstudio import assets
from segstudio.core.labels import Ink
from segstudio.ui.export_dialog import ExportDialog

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(os.name == "nt", reason="ends a process the POSIX way"),
]


@pytest.fixture
def at(start_real, tmp_path):
    """The program with the engine itself and one real photo."""
    (tmp_path / "photos").mkdir()
    photo = tmp_path / "photos" / "astronaut.jpg"
    shutil.copyfile(assets.path("samples/astronaut.jpg"), photo)
    at = start_real(photo)
    at.settle()
    return at


def segment(at):
    at.key(Qt.Key.Key_Return, CTRL)
    at.until(lambda: at.session.segmenting.is_running or at.document.segment_info)
    at.until(lambda: not at.session.segmenting.is_running, timeout=60_000)


def test_open_segment_correct_export(at, tmp_path):
    height, width = at.labels.shape
    segment(at)
    assert at.banner == ""
    assert [entry.name for entry in at.session.classes][:2] == ["person", "animal"]
    person = at.session.classes.find("person").index
    middle = at.labels[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    assert (middle == person).mean() > 0.5
    assert set(np.unique(at.ink)) <= {Ink.NOBODY, Ink.MODEL, Ink.REFINEMENT}
    segmented = at.labels.copy()

    at.key(Qt.Key.Key_B)
    at.session.editor.set_size(20)
    at.key(Qt.Key.Key_3)
    vehicle = at.session.classes.indices[2]
    at.drag((width * 0.2, height * 0.5), (width * 0.8, height * 0.5))
    painted = at.labels.copy()
    assert painted[height // 2, width // 2] == vehicle
    assert (painted != segmented).any()
    at.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(at.labels, segmented)
    at.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert np.array_equal(at.labels, painted)

    segment(at)
    assert at.labels[height // 2, width // 2] == vehicle
    at.key(Qt.Key.Key_T)
    at.key(Qt.Key.Key_E, CTRL)
    dialog = at.window.findChild(ExportDialog)
    QTest.mouseClick(dialog.findChild(QPushButton, "export_start"), LEFT)
    at.until(lambda: not at.session.runner.running("export"), timeout=20_000)
    title = dialog.findChild(QLabel, "report_title").text()
    assert title == "1 of 1 masks read back and identical."
    folder = tmp_path / "photos-dataset"
    mask = np.array(Image.open(folder / "masks" / "astronaut.png"))
    assert np.array_equal(mask, at.document.label_map)
    assert (folder / "images" / "astronaut.jpg").read_bytes() == at.document.path.read_bytes()
    dialog.close()


def test_a_killed_engine_is_a_sentence_and_the_next_segment_works(at):
    segment(at)
    at.session.editor.change(tool="brush")
    at.click((20, 20))
    before, steps = at.labels.copy(), at.steps
    first = at.session.segmenting.client.pid
    at.session.settings.set("model.detail", "native")
    progress = at.session.segmenting.progressed
    with at.qtbot.waitSignal(progress, timeout=30_000):
        at.key(Qt.Key.Key_Return, CTRL)
    os.kill(first, signal.SIGKILL)
    at.until(lambda: not at.session.segmenting.is_running, timeout=20_000)
    assert "The model stopped" in at.banner
    assert "Your labels are untouched." in at.banner
    assert np.array_equal(at.labels, before)
    assert at.steps == steps
    at.session.settings.set("model.detail", "1")
    at.key(Qt.Key.Key_Escape)
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=60_000):
        at.key(Qt.Key.Key_Return, CTRL)
    assert at.session.segmenting.client.pid not in (None, first)
    assert at.labels[20, 20] == before[20, 20]

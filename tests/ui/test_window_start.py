"""The first moments of the window: it is seen and used before the rest of the program is there."""

import json
import subprocess
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget
from window_driver import ALT, CTRL, LEFT, NONE, Driver

from segstudio.application import Program
from segstudio.session import segmenting
from segstudio.session.session import Session


@pytest.fixture
def begin(qapp, qtbot, monkeypatch, engine):
    """A function that starts the program and returns at its first paint."""
    monkeypatch.setattr(segmenting, "EngineClient", lambda: engine)
    programs = []

    def begin(*paths):
        program = Program(["segstudio", *map(str, paths)])
        programs.append(program)
        with qtbot.waitSignal(program.window.first_painted, timeout=5000):
            program.start()
        assert is_bare(program.window)
        return program

    yield begin
    for program in programs:
        session = session_of(program)
        if session is not None:
            session.close(discard=True)
        program.window.hide()
        program.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def complete(qtbot):
    """A function that lets a program become whole and returns who drives it."""

    def complete(program):
        if program.window.findChild(QWidget, "canvas") is None:
            with qtbot.waitSignal(program.window.completed, timeout=10_000):
                pass
        return Driver(program.window, qtbot)

    return complete


def session_of(program) -> Session:
    return program.window.findChild(Session)


def is_bare(window) -> bool:
    return window.findChild(QWidget, "canvas") is None and window.findChild(Session) is None


def test_the_first_paint_needs_neither_arrays_nor_the_working_page():
    late = ("numpy", "cv2", "PIL", "segstudio.session.session", "segstudio.ui.canvas")
    code = f"import sys, segstudio.application\nprint([n for n in {late} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_click_right_after_the_first_paint_is_not_lost(begin, complete, monkeypatch, photos):
    folder = photos("a.png", "b.png")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    program = begin()
    QTest.mouseClick(program.window.findChild(QWidget, "start_open_folder"), LEFT)
    assert is_bare(program.window)
    at = complete(program)
    at.until(lambda: at.document)
    assert len(at.session.images) == 2


def test_a_key_right_after_the_first_paint_is_not_lost(begin, complete, monkeypatch, photo):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(photo)], ""))
    program = begin()
    QTest.keyClick(program.window.windowHandle(), Qt.Key.Key_O, CTRL)
    assert is_bare(program.window)
    at = complete(program)
    at.until(lambda: at.document)
    assert at.document.path == photo


def test_files_dropped_right_after_the_first_paint_are_opened(begin, complete, photo):
    program = begin()
    page = program.window.start_page
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    values = (Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(page, QDragEnterEvent(QPoint(5, 5), *values))
    QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), *values))
    at = complete(program)
    at.until(lambda: at.document)
    assert at.document.path == photo


def test_a_sample_clicked_right_after_the_first_paint_is_opened(begin, complete):
    program = begin()
    card = program.window.start_page.cards()[0]
    QTest.mouseClick(card, LEFT)
    assert is_bare(program.window)
    at = complete(program)
    at.until(lambda: at.document)
    assert at.document.path == card.path


def test_nothing_moves_and_the_focus_stays_when_the_rest_is_there(begin, complete):
    program = begin()
    button = program.window.findChild(QWidget, "start_open_images")
    place = button.mapTo(program.window, QPoint())
    complete(program).until(lambda: not session_of(program).runner.running("places"))
    QApplication.processEvents()
    assert button.mapTo(program.window, QPoint()) == place
    assert program.window.focusWidget() is button


def test_projects_to_go_on_with_have_their_room_from_the_start(start, begin, complete, photo):
    first = start(photo)
    first.settle()
    first.saved()
    first.window.close()
    program = begin()
    button = program.window.findChild(QWidget, "start_open_images")
    place = button.mapTo(program.window, QPoint())
    at = complete(program)
    at.until(lambda: at.window.findChild(QWidget, "place_0"))
    QApplication.processEvents()
    assert button.mapTo(program.window, QPoint()) == place


def test_a_wish_is_done_once_and_later_ones_at_once(begin, complete, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: asked.append(1) or "")
    program = begin()
    QTest.mouseClick(program.window.findChild(QWidget, "start_open_folder"), LEFT)
    assert not asked
    at = complete(program)
    at.until(lambda: asked)
    at.click_button("start_open_folder")
    assert len(asked) == 2


@pytest.mark.parametrize("early", [True, False])
def test_keys_for_panels_do_the_same_early_and_late(begin, complete, early):
    program = begin()
    if not early:
        complete(program)
    keys = [(Qt.Key.Key_F9, NONE), (Qt.Key.Key_F6, NONE)]
    keys += [(Qt.Key(Qt.Key.Key_1 + i), ALT) for i in range(5)]
    for key, held in keys:
        QTest.keyClick(program.window.windowHandle(), key, held)
    window = complete(program).window
    shown = {n for n, a in window.actions_by_name.items() if "panel_" in n and a.isChecked()}
    assert window.class_panel.isHidden()
    assert "panel_images" in shown
    assert "panel_classes" not in shown
    assert "panel_statistics" in shown


def test_a_setting_that_is_on_is_switched_off_by_an_early_wish(begin, complete, own_user_folders):
    settings = own_user_folders / "settings.json"
    settings.write_text(json.dumps({"view.keep_zoom": True, "theme": "light"}))
    program = begin()
    by_name = program.window.actions_by_name
    assert by_name["keep_zoom"].isChecked()
    assert by_name["theme_light"].isChecked()
    by_name["keep_zoom"].trigger()
    by_name["theme_dark"].trigger()
    at = complete(program)
    at.until(lambda: not at.session.settings.get("view.keep_zoom"))
    assert at.session.settings.get("theme") == "dark"
    assert by_name["theme_dark"].isChecked()


def test_paths_are_opened_when_the_working_page_is_there(begin, complete, photos):
    folder = photos("a.png", "b.png")
    at = complete(begin(folder / "b.png"))
    at.until(lambda: at.document)
    assert at.canvas.isVisible()
    assert at.window.findChild(QPushButton, "segment_button").isVisible()


def test_closing_before_the_working_page_is_there_keeps_the_layout(
    start, begin, qapp, photo, own_user_folders
):
    first = start(photo)
    first.settle()
    first.window.columns.set_widths(150, 400)
    first.window.close()
    file = own_user_folders / "settings.json"
    before = json.loads(file.read_text())["window"]
    program = begin()
    program.window.move(30, 40)
    assert program.window.close()
    for _ in range(50):
        qapp.processEvents()
    assert is_bare(program.window)
    after = json.loads(file.read_text())["window"]
    assert after["columns"] == before["columns"]
    assert after["side"] == before["side"]


def test_the_window_can_be_closed_at_any_moment(begin, qtbot):
    pieces = 0
    while True:
        program = begin()
        completed = []
        program.window.completed.connect(lambda done=completed: done.append(1))
        for _ in range(pieces):
            program._turns._do_piece()
        assert program.window.close()
        program._turns.finish()
        if completed:
            break
        pieces += 1
    assert pieces > 3


def test_the_layout_comes_back_with_the_working_page(start, begin, complete, photos):
    folder = photos("a.png", "b.png")
    first = start(folder)
    first.settle()
    first.window.columns.set_widths(150, 400)
    first.window.set_panel_shown("classes", False)
    first.window.close()
    at = complete(begin(folder))
    at.until(lambda: at.document)
    assert at.window.columns.widths() == (150, 400)
    assert at.window.class_panel.isHidden()


def test_a_part_that_cannot_be_imported_ends_the_program_with_the_cure():
    code = (
        "from segstudio import application\n"
        "from segstudio.cli import window\n"
        "application.PIECES = ('no_such_module',)\n"
        "window.open_paths([])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Run segstudio doctor for the cure." in done.stderr

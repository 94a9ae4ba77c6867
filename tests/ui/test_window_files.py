"""Opening, saving and closing as a person sees it."""

import pytest
from disk import Disk
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from window_driver import CTRL, SHIFT

from segstudio.application import Opener
from segstudio.core.image_record import ImageState
from segstudio.project.project import Project
from segstudio.session.settings import Settings


@pytest.fixture
def at(program, photos):
    """The program with three photos, one class and a brush."""
    program.open(photos("a.png", "b.png", "c.png"))
    program.use_classes("cat")
    program.brush(6)
    return program


@pytest.fixture
def full_disk(monkeypatch):
    """Let every write of labels fail, until the patch is undone."""
    with monkeypatch.context() as patch:
        disk = Disk(patch)
        disk.fill()
        yield disk


def stored_labels(folder, name):
    """Return the label map that is really in the project file."""
    project = Project(folder, folder / "nowhere")
    stored = project.load(name)
    project.end()
    return stored.planes.labels


# Opening


def test_the_program_starts_with_the_start_page_and_opens_what_it_was_given(start, photo):
    at = start(photo)
    at.settle()
    assert not at.window.shows_start
    assert at.window.windowTitle() == "photo.png – segstudio"
    assert at.window.images_panel.isHidden()
    assert start().window.shows_start


def test_what_cannot_be_opened_is_told_on_the_start_page(start, tmp_path):
    at = start(tmp_path / "gone.png")
    warning = at.window.start_page
    at.until(lambda: "gone.png" in "".join(b.text() for b in buttons(warning)))
    assert at.window.shows_start


def buttons(widget):
    from PySide6.QtWidgets import QAbstractButton

    return widget.findChildren(QAbstractButton)


def test_a_folder_shows_the_images_and_their_states(at):
    assert not at.window.images_panel.isHidden()
    assert at.widget("place").text() == "1 / 3"
    at.key(Qt.Key.Key_D)
    at.settle()
    assert at.widget("place").text() == "2 / 3"
    at.click((30, 30))
    at.key(Qt.Key.Key_T)
    assert at.document.state is ImageState.DONE
    assert at.window.actions_by_name["done"].isChecked()
    at.key(Qt.Key.Key_A)
    at.settle()
    assert not at.window.actions_by_name["done"].isChecked()
    at.key(Qt.Key.Key_Return, SHIFT)
    at.settle()
    assert at.session.images.current == 2
    at.key(Qt.Key.Key_Home)
    at.settle()
    assert at.session.images.current == 0


def test_a_bad_file_is_named_and_the_button_goes_on(program, photos):
    folder = photos("b.png")
    (folder / "a.png").write_bytes(b"\x89PNG not really")
    program.session.open([folder])
    program.until(lambda: program.banner)
    assert "a.png" in program.banner
    program.click_button("banner_action_1")
    program.settle()
    assert program.document.path.name == "b.png"
    program.canvas.grab()


def test_the_canvas_of_an_unreadable_image_takes_no_harm(program, tmp_path):
    path = tmp_path / "bad.png"
    path.write_bytes(b"")
    program.session.open([path])
    program.until(lambda: program.banner)
    for name in ("segment", "undo", "save", "fit", "tool_brush", "done", "done_and_next", "export"):
        program.action(name)
    program.click((10, 10))
    program.wheel((10, 10))
    program.canvas.grab()
    assert "bad.png" in program.banner


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "I;16", "1"])
def test_every_kind_of_picture_is_painted_and_saved(program, tmp_path, mode):
    base = Image.new("I;16", (40, 30), 30_000) if mode == "I;16" else Image.new(mode, (40, 30))
    path = tmp_path / ("ünï Ж.tif" if mode == "CMYK" else "ünï Ж.png")
    base.save(path)
    program.open(path)
    program.brush(6)
    program.click((20, 15))
    program.saved()
    assert stored_labels(tmp_path, path.name)[15, 20] == 0


def test_dropped_files_and_those_of_the_system_are_opened(program, photos):
    folder = photos("a.png", "b.png")
    program.window.paths_dropped.emit([folder / "b.png"])
    program.until(lambda: program.document)
    app = QApplication.instance()
    opener = Opener(app, program.window)
    QApplication.sendEvent(app, QFileOpenEvent(str(folder / "a.png")))
    program.until(lambda: program.document and program.document.path.name == "a.png")
    app.removeEventFilter(opener)


def test_recent_places_are_in_the_menu(at, start):
    assert [a.text() for a in at.window.menus["File/Recent"].actions()] == ["photos"]


# Saving


def test_ctrl_s_always_answers(at):
    toast = at.window.frame.toast
    at.saved()
    at.key(Qt.Key.Key_S, CTRL)
    assert (toast.isHidden(), toast.text()) == (False, "Saved")
    toast.hide()
    at.click((30, 30))
    at.key(Qt.Key.Key_S, CTRL)
    at.until(lambda: not toast.isHidden())
    # What is known of the file may be stored after the stroke.
    at.until(lambda: at.widget("save_state").text() == "Saved")
    at.until(lambda: not at.session.saver.has_unsaved)


def test_a_disk_that_refuses_shows_not_saved_and_then_saved(at, full_disk):
    at.click((30, 30))
    at.key(Qt.Key.Key_S, CTRL)
    at.until(lambda: at.widget("save_state").text() == "Not saved: The disk is full.")
    assert at.banner == "The disk is full."
    at.key(Qt.Key.Key_Escape)
    at.until(lambda: at.session.saver.state.problem)
    at.click_button("save_state")
    assert at.banner == "The disk is full."
    assert at.labels[30, 30] == 0
    full_disk.free()
    at.until(lambda: at.widget("save_state").text() == "Saved")


# Closing


def test_closing_saves_and_remembers_the_window(at, own_user_folders):
    at.click((30, 30))
    assert at.window.close()
    assert stored_labels(at.session.root, "a.png")[30, 30] == 0
    assert Settings(path=own_user_folders / "settings.json").get("window")["geometry"]


def test_closing_by_the_window_system_in_mid_stroke_keeps_the_stroke(at):
    at.press((30, 30))
    assert at.window.close()
    assert stored_labels(at.session.root, "a.png")[30, 30] == 0


@pytest.mark.parametrize("answer", ["Cancel", "Discard"])
def test_closing_asks_when_something_cannot_be_saved(at, full_disk, engine, monkeypatch, answer):
    asked = []

    def ask(_parent, _title, text, *_buttons):
        asked.append(text)
        return QMessageBox.StandardButton[answer]

    monkeypatch.setattr(QMessageBox, "warning", ask)
    at.click((30, 30))
    at.window.close()
    assert asked == ["The disk is full."]
    assert at.window.isVisible() == (answer == "Cancel")
    assert engine.stopped == (answer == "Discard")
    if answer == "Cancel":
        at.click((60, 60))
        full_disk.free()
        at.saved()
        assert at.window.close()
        assert len(asked) == 1


def test_closing_during_segment_ends_it(at, engine):
    engine.gate.close()
    at.click_button("segment_button")
    assert at.banner
    at.use_classes("person")
    at.click_button("segment_button")
    at.until(engine.gate.waiting.is_set)
    assert at.window.close()
    assert engine.stopped

"""Going on where one was, as a person sees it."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.application import Ending
from segstudio.session.crash_marker import CrashMarker


def leave(at) -> None:
    assert at.window.close()


@pytest.fixture
def left(start, photos):
    """A folder that was left at its second image, zoomed in, with the fill tool."""
    folder = photos("a.png", "b.png", "c.png", size=(400, 300))
    at = start()
    at.open(folder)
    at.use_classes("cat", "dog")
    at.show(1)
    at.canvas.set_zoom(4.0)
    at.canvas.centre_on(250, 120)
    at.action("tool_fill")
    at.session.editor.change(class_index=1)
    at.saved()
    leave(at)
    return folder


def test_enter_on_the_start_page_goes_on_where_one_was(left, start):
    at = start()
    at.until(lambda: at.window.findChild(QWidget, "place_0"))
    card = at.widget("place_0")
    at.until(lambda: QApplication.focusWidget() is card)
    assert "photos" in card.accessibleName()
    assert card.accessibleDescription() == "0 of 3 done, today"
    at.key(Qt.Key.Key_Return)
    at.until(lambda: at.document)
    assert at.document.path.name == "b.png"
    at.until(lambda: at.canvas.zoom == pytest.approx(4.0))
    x, y = at.canvas.camera.to_image(QPointF(at.canvas.rect().center()))
    assert (x, y) == (pytest.approx(250, abs=1), pytest.approx(120, abs=1))
    assert at.session.editor.state.tool == "fill"
    assert at.session.editor.state.class_index == 1


def test_a_fitted_image_stays_fitted(start, photo):
    at = start()
    at.open(photo)
    leave(at)
    again = start(photo)
    again.settle()
    again.window.resize(1100, 700)
    assert again.canvas.camera.follows_size


def test_projects_that_are_gone_are_not_offered(left, start):
    left.rename(left.with_name("elsewhere"))
    at = start()
    at.until(lambda: not at.session.runner.running("places"))
    assert at.window.findChild(QWidget, "place_0") is None


def test_after_a_crash_the_person_is_told_where_they_are(start, photo, tmp_path):
    at = start()
    marker = CrashMarker(tmp_path / "running")
    marker.begin()
    ending = Ending(at.window, at.session, marker)
    ending.tell_once()
    at.open(photo)
    assert "ended unexpectedly" in at.banner
    assert photo.name in next((tmp_path / "running").glob("*.json")).read_text()
    marker.end()

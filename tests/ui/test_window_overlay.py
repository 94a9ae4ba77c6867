"""What the canvas shows: labels, ring, and the words about the pixel under the cursor."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from window_driver import ALT

GREY = QColor(128, 128, 128)


def blended(colour, opacity=0.55):
    return [round(128 + (part - 128) * opacity) for part in colour]


def is_near(colour, expected):
    return all(
        abs(a - b) <= 2 for a, b in zip(colour.getRgb()[:3], list(expected)[:3], strict=True)
    )


def shot(at):
    image = at.canvas.grab().toImage()
    shape = image.height(), image.bytesPerLine() // 4, 4
    return np.array(image.constBits(), np.uint8).reshape(shape)[..., :3].astype(int)


def leave_canvas(at):
    """Bring the cursor to the menu bar, so that no ring is in the picture."""
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QCursor
    from PySide6.QtTest import QTest

    place = QPoint(600, 5)
    QCursor.setPos(at.window.mapToGlobal(place))  # other tests leave the cursor where they end
    QTest.mouseMove(at.window.windowHandle(), place)


def test_labels_show_at_once_and_without_a_copy(canvas_at_work):
    at = canvas_at_work
    cat, dog = (at.session.classes.get(i).colour for i in (0, 1))
    assert at.colour((60, 45)) == GREY
    at.drag((40, 45), (80, 45))
    leave_canvas(at)
    assert is_near(at.colour((60, 45)), blended(cat))
    # The picture is the label map's own memory: written to, it is on the screen.
    at.document.label_map[40:50, 55:65] = 1
    assert is_near(at.colour((60, 45)), blended(dog))
    at.session.edit_classes(lambda table: table.changed(1, colour=(0, 0, 0)))
    at.document.label_map[40:50, 70:80] = 1
    assert is_near(at.colour((60, 45)), blended((0, 0, 0)))
    assert is_near(at.colour((75, 45)), blended((0, 0, 0)))


def test_pixels_are_on_the_screen_while_the_button_is_down(canvas_at_work, qtbot):
    at = canvas_at_work
    at.press((30, 45))
    at.move((80, 45))
    assert at.colour((50, 45)) != GREY
    at.key(Qt.Key.Key_Escape)
    at.release((80, 45))
    assert at.colour((50, 45)) == GREY


def test_opacity_and_its_keys(canvas_at_work):
    at = canvas_at_work
    cat = at.session.classes.get(0).colour
    at.drag((40, 45), (80, 45))
    leave_canvas(at)
    at.window.options_bar.opacity_requested.emit(100)
    assert is_near(at.colour((60, 45)), cat)
    at.key(Qt.Key.Key_Comma)
    assert is_near(at.colour((60, 45)), blended(cat, 0.9))


def test_outline_leaves_the_inside_clear(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(40)
    at.click((60, 45))
    leave_canvas(at)
    filled = at.colour((60, 45))
    at.key(Qt.Key.Key_C)
    assert at.colour((60, 45)) == GREY
    cat = np.array(at.session.classes.get(0).colour)[::-1]
    outline = (np.abs(shot(at) - cat).max(axis=2) <= 2).sum()
    assert outline > 200
    at.key(Qt.Key.Key_C)
    assert at.colour((60, 45)) == filled
    assert (np.abs(shot(at) - cat).max(axis=2) <= 2).sum() >= outline


def test_ignore_is_hatched_and_unlabelled_is_clear(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(30)
    at.key(Qt.Key.Key_0)
    at.click((60, 45))
    leave_canvas(at)
    corner = at.canvas.camera.to_widget(52, 40).toPoint()
    part = shot(at)[corner.y() : corner.y() + 60, corner.x() : corner.x() + 60, 0]
    dark, bright = part < 100, part > 160
    assert (dark | bright).all()
    assert 0.1 < bright.mean() < 0.3
    assert at.colour((10, 10)) == GREY


def test_a_hidden_class_is_not_drawn_and_says_so(canvas_at_work):
    at = canvas_at_work
    at.drag((40, 45), (80, 45))
    leave_canvas(at)
    at.action("hide_class")
    assert at.colour((60, 45)) == GREY
    assert "hidden" in at.chips
    at.window.frame.chips.chip_clicked.emit("hidden")
    assert at.colour((60, 45)) != GREY
    assert "hidden" not in at.chips


@pytest.mark.parametrize("tool", ["brush", "eraser"])
def test_the_ring_shows_before_the_first_click(canvas_at_work, tool):
    at = canvas_at_work
    leave_canvas(at)
    at.action("tool_hand")
    without = shot(at)
    at.action(f"tool_{tool}")
    at.session.editor.set_size(30)
    assert (shot(at) != without).any()  # in the middle, while the size changes
    at.until(lambda: (shot(at) == without).all())
    at.move((50, 40))
    differs = np.abs(shot(at) - without).max(axis=2) > 20
    rows, columns = np.nonzero(differs)
    size = 30 * at.canvas.camera.scale
    assert columns.max() - columns.min() == pytest.approx(size, abs=24)
    assert rows.max() - rows.min() == pytest.approx(size, abs=24)
    centre = at.canvas.camera.to_widget(50, 40).toPoint()
    assert not differs[centre.y(), centre.x()]
    leave_canvas(at)
    assert (shot(at) == without).all()


def test_the_ring_is_struck_through_where_painting_is_forbidden(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(30)
    at.click((60, 45))
    at.move((61, 45))
    free = shot(at)
    at.action("lock_class")
    at.move((60, 45))
    centre = at.canvas.camera.to_widget(60, 45).toPoint()
    near = np.s_[centre.y() - 3 : centre.y() + 4, centre.x() - 3 : centre.x() + 4]
    assert (np.abs(shot(at)[near] - free[near]).max(axis=2) > 60).any()


def test_the_status_bar_names_the_pixel_and_how_sure_the_model_is(canvas_at_work):
    at = canvas_at_work
    words = at.window.findChild(QLabel, "pixel")
    at.move((60.5, 45.5))
    assert words.text() == "60, 45 · unlabelled"
    at.use_classes("person", "animal")
    at.segment()
    at.move((20.5, 45.5))
    assert words.text() == "20, 45 · person · 78 %"
    at.session.editor.change(class_index=1)
    at.click((20.5, 45.5))
    at.move((20.5, 46.5))
    assert words.text() == "20, 46 · animal"
    leave_canvas(at)
    assert words.text() == ""


def test_the_pixel_is_told_anew_when_its_label_or_the_image_changes(canvas_at_work, photos):
    at = canvas_at_work
    words = at.window.findChild(QLabel, "pixel")
    at.use_classes("person", "animal")
    at.move((60.5, 45.5))
    at.brush(6)
    at.click((60.5, 45.5))
    assert words.text() == "60, 45 · person"
    at.session.undo()
    assert words.text() == "60, 45 · unlabelled"
    at.open(photos("a.png", "b.png"))
    at.move((60.5, 45.5))
    assert words.text()
    at.show(1)
    assert words.text() == ""


def test_the_tag_of_the_pixel_comes_and_goes_with_alt_and_with_the_hand(canvas_at_work):
    at = canvas_at_work
    at.use_classes("person")
    at.action("tool_wand")
    at.move((60.5, 45.5))
    assert at.tag == ""
    at.hold(Qt.Key.Key_Alt)
    assert at.tag == "unlabelled"
    at.let_go(Qt.Key.Key_Alt, ALT)
    assert at.tag == ""
    at.action("tool_hand")
    assert at.tag == "unlabelled"
    at.action("tool_polygon")
    assert at.tag == ""

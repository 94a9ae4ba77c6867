"""The panel of Teach: plain values in, wishes out."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from segstudio.core.image_record import ImageState
from segstudio.core.lesson import LessonNews
from segstudio.ui.teach_end import EndShown, HeldOutImage
from segstudio.ui.teach_images import ImageRow
from segstudio.ui.teach_panel import TeachPanel
from segstudio.ui.teach_rows import ClassChange, TaughtClass, change_of, change_text
from segstudio.ui.teach_setup import SetupShown

LEFT = Qt.MouseButton.LeftButton
NARROW = 268
"""Width of the side column in a small window."""

ROWS = (
    ImageRow("a.png", ImageState.DONE, "Test: never learned from", can_use=False),
    ImageRow("b.png", ImageState.DONE, "Done", is_used=True),
    ImageRow("c.png", ImageState.IN_WORK, "1,204 px painted"),
)
CLASSES = (TaughtClass("cat", (255, 0, 0), 5000, 2), TaughtClass("dog", (0, 0, 255), 120, 1))
BEFORE = SetupShown("Images", ROWS, CLASSES, "1 image is kept.", "Scenes", "", 0.75, "head")
AFTER = EndShown(
    "Better: 0.61 → 0.74",
    "success",
    "On three images.",
    (ClassChange("cat", (255, 0, 0), 0.5, 0.75), ClassChange("dog", (0, 0, 255), None, None)),
    is_offered=True,
)


@pytest.fixture
def panel(qtbot, show):
    panel = TeachPanel()
    qtbot.addWidget(panel)
    panel.setup.set_shown(BEFORE)
    panel.resize(NARROW, 480)
    return show(panel)


def part(panel, name) -> QWidget:
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def words(panel, name):
    found = panel.findChild(QLabel, name)
    assert found is not None, name
    return "" if found.isHidden() else found.text()


def asked(signal):
    """A list that what is asked by a signal goes to."""
    seen = []
    signal.connect(lambda *values: seen.append(values))
    return seen


def click_row(panel, name, x):
    images = part(panel, "teach_images")
    place = images.place_of(name)
    QTest.mouseClick(images.viewport(), LEFT, pos=QPoint(x, place.center().y()))


# Before --------------------------------------------------------------------------------------


def test_a_click_on_a_tick_asks_to_use_an_image_and_one_beside_it_for_the_image(panel):
    used, images = asked(panel.setup.used_requested), asked(panel.setup.image_requested)
    click_row(panel, "b.png", 10)
    click_row(panel, "c.png", 10)
    assert used == [("b.png", False), ("c.png", True)]
    click_row(panel, "c.png", 90)
    assert images == [("c.png",)]
    QTest.keyClick(part(panel, "teach_images"), Qt.Key.Key_Space)
    assert used[-1] == ("c.png", True)


def test_an_image_of_the_test_part_comes_last_and_cannot_be_used(panel):
    used = asked(panel.setup.used_requested)
    images = part(panel, "teach_images")
    assert images.place_of("a.png").top() > images.place_of("c.png").top()
    click_row(panel, "a.png", 10)
    assert used == []


def test_what_is_missing_is_said_and_keeps_teach_shut(panel):
    button = part(panel, "teach_start")
    assert button.isEnabled()
    lacking = SetupShown("", (), (), "", "Scenes", "Paint a second class.", 3.0, "last")
    panel.setup.set_shown(lacking)
    assert words(panel, "teach_problem") == "Paint a second class."
    assert not button.isEnabled()
    assert "Paint a second class." in button.toolTip()


def test_time_and_reach_are_wishes(panel):
    minutes, reaches = asked(panel.setup.minutes_requested), asked(panel.setup.reach_requested)
    assert part(panel, "teach_minutes_0.75").isChecked()
    QTest.mouseClick(part(panel, "teach_minutes_3"), LEFT)
    QTest.mouseClick(part(panel, "teach_reach_all"), LEFT)
    assert (minutes, reaches) == ([(3.0,)], [("all",)])


def test_a_class_with_few_pixels_is_told(panel):
    classes = part(panel, "taught_classes")
    cat, dog = classes.accessibleDescription().split("; ")
    assert cat == "cat: 5,000 px in 2 images"
    assert "below 200 px" in dog
    assert classes.tip_at(QPoint(5, 18 + 24 + 5)) == dog


# Meanwhile -----------------------------------------------------------------------------------


def test_how_it_goes_is_shown_and_it_can_be_ended_once_something_is_learned(panel):
    run = panel.run
    run.begin()
    panel.show_page(run)
    run.set_news(LessonNews("features", 0.1, seconds_left=52.0))
    assert words(panel, "teach_line") == "Looking at the images · 52 s left"
    assert not part(panel, "teach_stop").isEnabled()
    run.set_news(LessonNews("train", 0.5, step=10, loss=1.2, miou=0.4, seconds_left=20.0))
    said = part(panel, "lesson_chart").accessibleDescription()
    assert "Held-out IoU 0.40" in said
    assert "Loss 1.20" in said
    stops, cancels = asked(run.stop_requested), asked(run.cancel_requested)
    QTest.mouseClick(part(panel, "teach_stop"), LEFT)
    QTest.mouseClick(part(panel, "teach_stop"), LEFT)  # once is enough
    QTest.mouseClick(part(panel, "teach_cancel_run"), LEFT)
    assert (len(stops), len(cancels)) == (1, 1)


# Afterwards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("offered", "first"), [(True, "teach_use"), (False, "teach_keep")])
def test_what_is_offered_first_has_the_focus_and_the_left_place(panel, offered, first):
    shown = EndShown("Worse", "danger", "", (), is_offered=offered)
    panel.end.set_shown(shown)
    panel.show_page(panel.end)
    panel.take_focus()
    buttons = [part(panel, name) for name in ("teach_use", "teach_keep")]
    left = min(buttons, key=lambda button: button.x())
    assert left is part(panel, first)
    assert panel.focusWidget() is left


def test_the_table_says_every_class(panel):
    panel.end.set_shown(AFTER)
    said = part(panel, "class_changes").accessibleDescription()
    assert said == "cat: IoU 0.50 before, 0.75 after; dog: not seen in the held-out images"
    assert change_text(change_of(0.614, 0.744)) == "+0.13"
    assert change_text(change_of(0.7, 0.66)) == "−0.04"
    assert change_text(change_of(None, 0.5)) == "–"


def test_without_a_before_the_table_has_one_number_a_class(panel):
    rows = [ClassChange("cat", (255, 0, 0), None, 0.75)]
    panel.end.set_shown(EndShown("Mean IoU 0.75", "", "", rows, is_offered=True))
    assert part(panel, "class_changes").accessibleDescription() == "cat: IoU 0.75"


def test_held_out_pictures_show_both_models_and_lead_to_their_image(panel, classes):
    image = np.full((60, 90, 3), 128, np.uint8)
    label_map = np.zeros((60, 90), np.uint8)
    panel.end.set_shown(AFTER)
    panel.show_page(panel.end)
    assert not part(panel, "held_out_view_0").isVisible()
    picture = HeldOutImage("sub/a.png", "0.55 → 0.71", image, label_map, label_map)
    panel.end.set_pictures([picture], classes)
    assert part(panel, "held_out_view_0").isVisible()
    assert not part(panel, "held_out_view_1").isVisible()
    images = asked(panel.end.image_requested)
    QTest.mouseClick(part(panel, "held_out_name_0"), LEFT)
    assert images == [("sub/a.png",)]


def test_images_that_were_left_out_stand_behind_a_link(panel):
    shown = EndShown("Better", "", "", (), True, "1 image was left out…", "x.png: it is gone")
    panel.end.set_shown(shown)
    panel.show_page(panel.end)
    assert words(panel, "teach_skipped_text") == ""
    part(panel, "teach_skipped").click()
    assert words(panel, "teach_skipped_text") == "x.png: it is gone"


def test_after_use_the_rest_is_offered(panel):
    panel.end.set_shown(AFTER)
    panel.show_page(panel.end)
    panel.take_focus()
    panel.end.set_used("Cats v1 is in use.", "Segment the 80 remaining images")
    rest = asked(panel.end.segment_rest_requested)
    assert panel.focusWidget() is part(panel, "teach_segment_rest")
    part(panel, "teach_segment_rest").click()
    assert len(rest) == 1
    assert not part(panel, "teach_use").isVisible()
    panel.end.set_used("Cats v1 is in use.", "")
    closed = asked(panel.close_requested)
    part(panel, "teach_end_close").click()
    assert len(closed) == 1


# The panel -----------------------------------------------------------------------------------


def test_escape_closes_it_from_every_page(panel):
    closed = asked(panel.close_requested)
    panel.end.set_shown(AFTER)
    for page in (panel.setup, panel.run, panel.end):
        panel.show_page(page)
        panel.take_focus()
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Escape)
    assert len(closed) == 3


def test_no_page_is_wider_than_the_side_column(panel):
    panel.end.set_shown(AFTER)
    assert panel.minimumSizeHint().width() <= NARROW
    panel.end.set_used("Cats v1 is in use.", "Segment the 1,280 remaining images")
    assert panel.minimumSizeHint().width() <= NARROW

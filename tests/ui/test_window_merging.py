"""Merging another copy by its dialog, from the menu to the labels."""

import numpy as np
import pytest
import two_copies
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from taught import keep
from window_driver import LEFT

from segstudio.core.first_look import FirstLook
from segstudio.project.merge_state import Choice
from segstudio.ui.merge_dialog import MergeDialog
from segstudio.ui.merge_list import ConflictList
from segstudio.ui.merge_view import MergeView

SIZE = (90, 120)


@pytest.fixture
def at(program, photos):
    """Four photos with a dot in the first three."""
    program.open(photos("a.png", "b.png", "c.png", "d.png"))
    program.use_classes("cat", "dog")
    program.brush(20)
    for row in range(3):
        program.show(row)
        program.click((20, 20))
    program.show(0)
    program.saved()
    return program


@pytest.fixture
def ben(at, tmp_path, monkeypatch):
    """Ben painted the second class in a.png and b.png of his copy; I painted in a.png since."""
    monkeypatch.setattr(two_copies, "SIZE", SIZE)
    made = two_copies.copied(at.session.project, tmp_path / "ben", "Ben")
    made.paint("a.png", (40, 40, 60, 80), 1)
    made.paint("b.png", (40, 40, 60, 80), 1)
    assert made.project.flush(10) == ""
    at.click((100, 70))
    yield made
    made.project.end()


@pytest.fixture
def dialog(at, ben, monkeypatch):
    file = str(ben.folder / "project.segstudio")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (file, ""))
    at.action("merge_copy")
    dialog = at.window.findChild(MergeDialog)
    at.until(lambda: head(dialog) != "Comparing…")
    yield dialog
    for left in at.window.findChildren(MergeDialog):
        left.reject()
    at.until(lambda: not at.session.runner._jobs)


def part(dialog, name, kind=QPushButton):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def head(dialog):
    return part(dialog, "merge_head", QLabel).text()


def foot(dialog):
    return part(dialog, "merge_foot", QLabel).text()


def click(dialog, name):
    QTest.mouseClick(dialog.findChild(object, name), LEFT)


def merge(at, dialog):
    with at.qtbot.waitSignal(dialog.finished, timeout=5000):
        click(dialog, "merge_start")
    at.settle()


def test_the_dialog_says_what_it_found_and_what_it_would_do(dialog):
    assert head(dialog) == "1 image only they touched, 1 conflict, 1 the same"
    assert part(dialog, "merge_start").text() == "Merge 1 image"
    assert foot(dialog) == "1 conflict without a choice stays as it is."
    conflicts = part(dialog, "merge_conflicts", ConflictList).conflicts
    tip = conflicts.data(conflicts.index(0), Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines()[0] == "a.png"
    assert "IoU 1.00" in tip
    assert "labelled in one only" in tip


def test_what_only_they_touched_comes_and_the_conflict_stays(at, dialog):
    before = at.labels.copy()
    merge(at, dialog)
    assert (at.labels == before).all()
    at.show(1)
    assert at.labels[50, 50] == 1
    at.session.undo()
    assert at.labels[50, 50] == 255
    assert at.window.frame.toast.isVisible()


@pytest.mark.parametrize(
    ("button", "mine", "theirs"),
    [
        ("merge_choice_mine", 0, 255),
        ("merge_choice_theirs", 255, 1),
        ("merge_choice_both", 0, 1),
        ("merge_all_both", 0, 1),
    ],
)
def test_a_conflict_becomes_what_was_clicked(at, dialog, button, mine, theirs):
    click(dialog, button)
    assert part(dialog, "merge_start").text() == "Merge 2 images"
    merge(at, dialog)
    assert (at.labels[70, 100], at.labels[50, 50]) == (mine, theirs)
    assert at.session.project.record("a.png") == at.session.images.record_at(0)


def test_a_choice_can_be_put_off_again(dialog):
    click(dialog, "merge_all_theirs")
    assert dialog.choices() == {"a.png": Choice.THEIRS}
    click(dialog, "merge_choice_later")
    assert dialog.choices() == {}
    assert part(dialog, "merge_start").text() == "Merge 1 image"


def test_both_versions_are_shown_and_the_divider_is_dragged(at, dialog):
    view = part(dialog, "merge_view", MergeView)
    at.until(lambda: view.picture_name() == "a.png")
    beside = view.grab().toImage()
    click(dialog, "merge_way_divider")
    assert view.grab().toImage() != beside
    QTest.mousePress(view, LEFT, pos=QPoint(view.width() // 2, 100))
    QTest.mouseMove(view, QPoint(0, 100))
    QTest.mouseRelease(view, LEFT, pos=QPoint(0, 100))
    assert view.divider() == 0
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.divider() == pytest.approx(0.05)


def test_cancel_changes_nothing(at, dialog):
    steps = {n: at.session.project.step_ids(n) for n in ("a.png", "b.png")}
    click(dialog, "merge_all_theirs")
    click(dialog, "merge_cancel")
    at.until(lambda: not at.window.findChildren(MergeDialog))
    assert {n: at.session.project.step_ids(n) for n in steps} == steps


def test_merging_once_more_finds_nothing(at, ben, dialog):
    click(dialog, "merge_all_theirs")
    merge(at, dialog)
    at.until(lambda: not at.window.findChildren(MergeDialog))
    at.action("merge_copy")
    again = at.window.findChild(MergeDialog)
    at.until(lambda: head(again) != "Comparing…")
    assert head(again) == "3 the same"
    assert foot(again) == "There is nothing to merge."
    assert not part(again, "merge_start").isEnabled()


def test_a_model_that_only_they_taught_is_named_and_taken(at, tmp_path, monkeypatch):
    monkeypatch.setattr(two_copies, "SIZE", SIZE)
    cleo = two_copies.copied(at.session.project, tmp_path / "cleo", "Cleo")
    keep(cleo.project, "flowers-v1-1a2b3c")
    cleo.project.keep_first_look(
        FirstLook("a.png", "x", 1.0, 2.0, 0.5, 0.5), np.zeros(SIZE, np.uint8)
    )
    cleo.project.end()
    file = str(tmp_path / "cleo" / "project.segstudio")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (file, ""))
    at.action("merge_copy")
    dialog = at.window.findChild(MergeDialog)
    at.until(lambda: head(dialog) != "Comparing…")
    assert part(dialog, "merge_more", QLabel).text() == "Taught model from there: flowers v1."
    assert part(dialog, "merge_start").text() == "Take 1 model"
    click(dialog, "merge_start")
    at.until(lambda: at.session.versions.all != ())
    assert at.session.versions.all[0].name == "flowers-v1-1a2b3c"
    at.until(lambda: at.session.first_looks.all != ())
    assert at.window.frame.toast.isVisible()


def test_a_file_that_is_no_project_is_told_in_the_dialog(at, tmp_path, monkeypatch):
    (tmp_path / "x.segstudio").write_text("nothing")
    name = str(tmp_path / "x.segstudio")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (name, ""))
    at.action("merge_copy")
    dialog = at.window.findChild(MergeDialog)
    at.until(lambda: "x.segstudio" in foot(dialog))
    assert not part(dialog, "merge_start").isEnabled()
    dialog.reject()


def test_a_project_that_is_open_elsewhere_refuses(at, monkeypatch):
    at.session.project._claim.lose("Eve has had this project open since 9:00.")
    at.session.editor.forbidden = at.session.project.held_by
    at.action("merge_copy")
    assert at.banner == "Eve has had this project open since 9:00."
    assert at.window.findChild(MergeDialog) is None
    at.session.project._claim.lose("")


def test_without_images_a_sentence(program):
    program.action("merge_copy")
    assert program.window.findChild(MergeDialog) is None

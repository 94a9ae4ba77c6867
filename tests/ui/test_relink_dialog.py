"""Finding images that are not where they were, as a person sees it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QTableView

from segstudio.core.file_facts import facts_of
from segstudio.core.image_record import ImageRecord
from segstudio.project.project import Project
from segstudio.project.relink import Basis, Match
from segstudio.ui.relink_dialog import RelinkDialog
from segstudio.ui.relink_model import NEW, OLD, WHY

LEFT = Qt.MouseButton.LeftButton
MATCHES = [
    Match("a/1.png", "b/1.png", Basis.FOLDER),
    Match("a/2.png", "b/2.png", Basis.NAME),
    Match("a/3.png", "", Basis.NOTHING),
]


@pytest.fixture
def dialog(qtbot, show, tmp_path):
    dialog = RelinkDialog(MATCHES, tmp_path)
    qtbot.addWidget(dialog)
    return show(dialog)


def child(dialog, name, kind=QPushButton):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def tick(qtbot, dialog, row) -> None:
    """Click the tick of a row."""
    table = child(dialog, "relink_table", QTableView)
    table.setCurrentIndex(table.model().index(row, OLD))
    qtbot.keyClick(table, Qt.Key.Key_Space)


def text(dialog, row, column):
    table = child(dialog, "relink_table", QTableView)
    return table.model().index(row, column).data()


def test_what_was_found_is_ticked_and_linked(qtbot, dialog):
    link = child(dialog, "relink_link")
    assert link.text() == "Link 2 images"
    tick(qtbot, dialog, 1)
    assert link.text() == "Link 1 image"
    model = child(dialog, "relink_table", QTableView).model()
    assert not model.flags(model.index(2, OLD)) & Qt.ItemFlag.ItemIsEnabled
    with qtbot.waitSignal(dialog.link_requested) as wish:
        qtbot.mouseClick(link, LEFT)
    assert wish.args == [{"a/1.png": "b/1.png"}]
    assert not dialog.isVisible()


def test_nothing_ticked_cannot_be_linked_and_cancel_asks_for_nothing(qtbot, dialog):
    tick(qtbot, dialog, 0)
    tick(qtbot, dialog, 1)
    assert not child(dialog, "relink_link").isEnabled()
    with qtbot.assertNotEmitted(dialog.link_requested):
        qtbot.mouseClick(child(dialog, "relink_cancel"), LEFT)
    assert not dialog.isVisible()


def test_every_row_says_why(dialog):
    assert [text(dialog, row, WHY) for row in range(3)] == [
        "Same name, moved folder",
        "Same name and size",
        "Not found",
    ]


def test_a_search_adds_proposals_and_gives_no_place_twice(qtbot, dialog, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(dialog.search_requested) as wish:
        qtbot.mouseClick(child(dialog, "relink_choose"), LEFT)
    assert wish.args == [tmp_path]
    assert not child(dialog, "relink_choose").isEnabled()
    dialog.propose(
        [
            Match("a/3.png", "b/1.png", Basis.CONTENT),
            Match("a/1.png", "b/2.png", Basis.NAME),
            Match("a/2.png", str(tmp_path / "2.png"), Basis.CONTENT),
        ]
    )
    assert [text(dialog, row, NEW) for row in (0, 2)] == ["–", "b/1.png"]
    assert text(dialog, 1, WHY) == "Outside the project"
    assert child(dialog, "relink_link").text() == "Link 1 image"
    assert child(dialog, "relink_choose").isEnabled()


def test_a_search_that_fails_says_why(qtbot, dialog):
    dialog.tell("The folder cannot be opened.")
    state = dialog.findChild(object, "relink_state")
    assert state.whole_text() == "The folder cannot be opened."


# In the window


@pytest.fixture
def at(program, photos, own_user_folders):
    """The program with three photos, two of which have labels."""
    folder = photos("a.png", "b.png", "c.png")
    for name, size in (("a.png", (121, 90)), ("b.png", (122, 90))):
        photos(name, size=size)
    project = Project(folder, own_user_folders)
    for name in ("a.png", "b.png"):
        project.keep_record(ImageRecord(name, classes=((255, 10_000), (0, 5))))
        project.keep_file(name, facts_of(folder / name))
    project.flush(10)
    project.end()
    program.open(folder)
    program.folder = folder
    return program


def stored(at):
    assert at.session.project.flush(10) == ""
    return at.session.project


def look(at) -> None:
    moving = at.session.moving.watching
    with at.qtbot.waitSignal(moving.looked, timeout=5000):
        moving.look_now()


def test_the_banner_of_missing_images_leads_to_the_dialog(at):
    (at.folder / "b.png").unlink()
    look(at)
    assert at.banner == "1 image is not where it was."
    at.click_button("banner_action_1")
    dialog = at.window.findChild(RelinkDialog)
    assert dialog.isVisible()
    qtbot = at.qtbot
    (at.folder / ".old").mkdir()
    (at.folder / ".old" / "b.png").write_bytes((at.folder / "a.png").read_bytes())
    at.session.project.keep_file("b.png", facts_of(at.folder / "a.png"))
    dialog.search_requested.emit(at.folder / ".old")
    link = child(dialog, "relink_link")
    at.until(link.isEnabled)
    qtbot.mouseClick(link, LEFT)
    assert set(stored(at).records()) == {"a.png", ".old/b.png"}
    assert at.window.frame.toast.text() == "1 image linked"
    at.until(lambda: at.window.findChild(RelinkDialog) is None)


def test_without_missing_images_that_is_said(at):
    look(at)
    at.action("find_moved")
    assert at.window.frame.toast.text() == "Every image is where it was."


def test_they_fit_takes_the_mark_of_the_altered_image_away(at, photos):
    photos("a.png", size=(50, 40))
    look(at)
    at.until(lambda: at.banner.startswith("a.png has changed"))
    fits = at.window.actions_by_name["labels_fit"]
    assert fits.isEnabled()
    at.settle()
    at.click_button("banner_action_1")
    at.until(lambda: not fits.isEnabled())
    assert stored(at).files()["a.png"] == facts_of(at.folder / "a.png")


def test_new_images_come_into_the_list_and_the_place_says_so(at, photos):
    photos("0.png")
    look(at)
    assert at.widget("place").text() == "2 / 4"
    assert at.document.path.name == "a.png"

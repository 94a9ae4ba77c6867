"""The project as a file, in the window: copies, a damaged one, another window's."""

import pytest
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit

from segstudio.project import backups
from segstudio.project.reader import Reader


@pytest.fixture
def at_work(program, photos):
    """The program with two photos and one stroke."""
    program.folder = photos("a.png", "b.png")
    program.open(program.folder)
    program.use_classes("cat", "dog")
    program.brush(6)
    program.drag((10, 10), (40, 10))
    program.saved()
    return program


def banner(program) -> str:
    return program.window.frame.banner.text()


def answer(monkeypatch, name, path) -> None:
    monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


def test_a_copy_is_saved_where_the_person_says(at_work, monkeypatch, tmp_path):
    answer(monkeypatch, "getSaveFileName", tmp_path / "copy.segstudio")
    at_work.window.actions_by_name["save_copy"].trigger()
    at_work.until(lambda: "A copy was saved" in banner(at_work))
    assert len(Reader(tmp_path / "copy.segstudio").step_ids("a.png")) == 1


def test_nothing_open_is_nothing_to_copy(program):
    program.window.actions_by_name["pack"].trigger()
    program.until(lambda: "first" in program.window.start_page._warning.text())


def test_a_project_file_opens_with_its_images(at_work, monkeypatch, start):
    file = at_work.session.project.file
    at_work.session.close()
    later = start()
    answer(monkeypatch, "getOpenFileName", file)
    later.click_button("start_open_project")
    later.settle()
    assert len(later.session.images) == 2
    assert later.steps == 1


def test_a_damaged_project_is_recovered_from_the_start_page(at_work, start):
    project = at_work.session.project
    at_work.session.close()
    backups.make(project.file, project.backups)
    project.file.write_bytes(bytes(project.file.stat().st_size))
    last = start(at_work.folder)
    warning = last.window.start_page._warning
    last.until(lambda: "is damaged" in warning.text())
    assert warning.text().endswith("Recover…")
    warning.click()
    last.settle()
    (report,) = last.window.findChildren(QPlainTextEdit, "text")
    assert "from the backup of" in report.toPlainText()
    assert last.steps == 1
    report.window().close()


def test_a_second_window_offers_a_copy(at_work):
    at_work.session.editor.forbidden = "Ada has had this project open."
    at_work.session.tell_held()
    buttons = [b for b in at_work.window.frame.banner._actions if not b.isHidden()]
    assert [b.text() for b in buttons] == ["Save a copy…"]


def test_compacting_says_what_it_gained(at_work):
    at_work.window.actions_by_name["compact"].trigger()
    at_work.until(lambda: "The project takes" in banner(at_work))

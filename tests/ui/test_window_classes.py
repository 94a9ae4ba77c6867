"""Classes in the whole window: lists, keys, the editor, steps of the project."""

import pytest
from disk import Disk
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView
from window_driver import CTRL

from segstudio.core.classes import Role
from segstudio.session.session import Session
from segstudio.ui import class_files
from segstudio.ui.class_table_model import FIELDS


def names(program):
    return [entry.name for entry in program.session.classes]


@pytest.fixture
def toasts(program):
    told = []
    program.session.noticed.connect(lambda notice: told.append(notice.text))
    return told


def test_a_pasted_list_adds_what_is_missing_and_says_so(canvas_at_work, toasts):
    panel = canvas_at_work.window.class_panel
    panel.add_several_requested.emit(["Dog", "bird", "fish", "BIRD"])
    assert names(canvas_at_work) == ["cat", "dog", "grass", "bird", "fish"]
    assert toasts == ["2 classes added from the pasted names, 1 was there already"]


def test_a_list_from_a_file_is_added_to_the_classes(canvas_at_work, toasts, tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_text("name,colour,role\ncat,#000000,normal\nvoid,#010203,ignore\n", "utf-8")
    monkeypatch.setattr(class_files, "ask_to_read", lambda parent: path)
    canvas_at_work.action("import_classes")
    added = canvas_at_work.session.classes.classes[-1]
    assert (added.index, added.name, added.colour, added.role) == (3, "void", (1, 2, 3), "ignore")
    canvas_at_work.action("import_classes")
    assert toasts == [
        "1 class added from list.csv, 1 was there already",
        "Nothing added: every class of list.csv is there already",
    ]


def test_a_bad_file_changes_nothing_and_is_named(canvas_at_work, tmp_path, monkeypatch):
    (tmp_path / "bad.csv").write_text("name,colour\nvoid,blueish\n", "utf-8")
    monkeypatch.setattr(class_files, "ask_to_read", lambda parent: tmp_path / "bad.csv")
    canvas_at_work.action("import_classes")
    assert "bad.csv" in canvas_at_work.banner
    assert names(canvas_at_work) == ["cat", "dog", "grass"]


def test_a_list_of_too_many_classes_is_refused_as_a_whole(canvas_at_work, tmp_path, monkeypatch):
    path = tmp_path / "many.txt"
    path.write_text("".join(f"class {n}\n" for n in range(253)), "utf-8")
    monkeypatch.setattr(class_files, "ask_to_read", lambda parent: path)
    canvas_at_work.action("import_classes")
    assert "255" in canvas_at_work.banner
    assert len(names(canvas_at_work)) == 3


def test_the_list_is_exported_where_it_was_asked_for(canvas_at_work, toasts, tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    monkeypatch.setattr(class_files, "ask_to_write", lambda parent, folder: path)
    canvas_at_work.action("export_classes")
    assert path.read_text("utf-8") == "cat\ndog\ngrass\n"
    assert toasts == ["3 classes written to list.txt"]


def test_digits_follow_the_order_and_the_keys_set_by_hand(canvas_at_work):
    program = canvas_at_work
    program.use_classes(*(f"class {n}" for n in range(20)))
    program.window.canvas.setFocus()

    def active():
        return program.session.editor.state.class_index

    program.key(Qt.Key.Key_3)
    assert active() == 2
    program.key(Qt.Key.Key_1, CTRL)
    assert active() == 9
    program.key(Qt.Key.Key_9, CTRL)
    assert active() == 17
    program.window.class_panel.key_requested.emit(19, "3")
    program.key(Qt.Key.Key_3)
    assert active() == 19
    program.key(Qt.Key.Key_4)
    assert active() == 2


def test_the_picker_finds_one_of_many_classes_by_typing(canvas_at_work):
    program = canvas_at_work
    program.use_classes(*(f"class {n}" for n in range(40)))
    program.window.canvas.setFocus()
    program.action("class_picker")
    picker = program.widget("class_picker")
    search = picker.findChild(QLineEdit, "class_picker_search")
    program.qtbot.keyClicks(search, "37")
    program.qtbot.keyClick(search, Qt.Key.Key_Return)
    assert program.session.editor.state.class_index == 37
    assert not picker.isVisible()


@pytest.fixture
def editor(canvas_at_work):
    canvas_at_work.action("edit_classes")
    editor = canvas_at_work.widget("class_editor")
    yield editor
    editor.reject()


def test_the_editor_changes_the_classes(canvas_at_work, editor):
    program = canvas_at_work
    for change in (
        (1, "name", "wolf"),
        (1, "role", Role.BACKGROUND),
        (1, "description", "not a dog"),
        (1, "key", "9"),
        (1, "colour", (1, 2, 3)),
    ):
        editor.change_requested.emit(*change)
    entry = program.session.classes.get(1)
    assert (entry.name, entry.role, entry.key) == ("wolf", "background", "9")
    assert (entry.description, entry.colour) == ("not a dog", (1, 2, 3))
    editor.move_requested.emit(1, 0)
    editor.add_requested.emit("bird")
    assert names(program) == ["wolf", "cat", "grass", "bird"]


def test_a_name_that_is_taken_is_told_in_the_editor(canvas_at_work, editor):
    editor.change_requested.emit(1, "name", "cat")
    assert "cat" in editor.findChild(object, "class_editor_problem").text()
    assert names(canvas_at_work) == ["cat", "dog", "grass"]


def test_counts_follow_the_images_while_the_editor_is_open(canvas_at_work, editor):
    model = editor.findChild(QTableView, "class_table").model()
    pixels = model.index(1, FIELDS.index("pixels"))
    assert pixels.data() == ""
    with_counts(canvas_at_work)
    canvas_at_work.session.record_changed.emit(0)
    canvas_at_work.until(lambda: pixels.data() == "7 px")


def called(monkeypatch, name):
    calls = []
    monkeypatch.setattr(Session, name, lambda session, *args: calls.append(args))
    return calls


def with_counts(program):
    path = program.session.images.path
    program.session.images.change(path, classes=((0, 3_100_000), (1, 7)))


@pytest.mark.parametrize("place", ["panel", "editor"])
def test_a_merge_is_counted_asked_and_passed_on(canvas_at_work, monkeypatch, place):
    program, calls = canvas_at_work, called(monkeypatch, "merge_classes")
    with_counts(program)
    if place == "panel":
        program.window.class_panel.merge_requested.emit(0, 2)
    else:
        program.action("edit_classes")
        program.widget("class_editor").merge_requested.emit(0)
    question = program.widget("class_step")
    if place == "editor":
        target = question.findChild(QComboBox, "class_step_target")
        target.setCurrentIndex(target.findText("grass"))
    line = question.findChild(object, "class_step_line")
    assert line.text() == "cat → grass: 1 image, 3.1 Mpx"
    program.click_button("class_step_do")
    assert calls == [(0, 2)]
    if place == "editor":
        program.widget("class_editor").reject()


def test_a_delete_is_asked_and_can_be_cancelled(canvas_at_work, monkeypatch):
    program, calls = canvas_at_work, called(monkeypatch, "delete_class")
    program.window.class_panel.delete_requested.emit(1)
    program.click_button("class_step_cancel")
    assert calls == []
    program.until(lambda: program.window.findChild(object, "class_step") is None)
    program.window.class_panel.delete_requested.emit(1)
    program.click_button("class_step_do")
    assert calls == [(1, None)]


def test_undo_of_a_class_step_follows_the_session(canvas_at_work, monkeypatch):
    program, calls = canvas_at_work, called(monkeypatch, "undo_class_step")
    action = program.window.actions_by_name["undo_class_step"]
    assert not action.isEnabled()
    for step, text in (
        ("cat → dog", "Undo class merge: cat → dog"),
        ("cats && dogs", "Undo class delete: cats &&&& dogs"),
    ):
        monkeypatch.setattr(Session, "class_step", step)
        program.session.classes_changed.emit(program.session.classes)
        assert action.isEnabled()
        assert action.text() == text
    action.trigger()
    assert calls == [()]


def test_a_class_step_that_takes_long_has_a_chip_until_it_is_stored(canvas_at_work, monkeypatch):
    program, disk = canvas_at_work, Disk(monkeypatch)
    program.saved()
    chips = program.window.frame.chips
    disk.hold()
    program.session.merge_classes(0, 1)
    program.until(lambda: chips.findChild(QPushButton, "chip_class_step"))
    program.drag((40, 10), (50, 10))
    assert (program.labels == 255).all()
    disk.go.set()
    program.until(lambda: not chips.isVisible())
    assert program.session.class_step == "cat → dog"


def test_a_click_on_the_chip_takes_the_class_step_back(canvas_at_work, monkeypatch, toasts):
    program, disk = canvas_at_work, Disk(monkeypatch)
    program.saved()
    disk.hold()
    program.session.set_match("scenes", {})  # what the disk has in its hands
    assert disk.entered.wait(5)
    program.session.merge_classes(0, 1)
    program.until(lambda: program.window.findChild(QPushButton, "chip_class_step"))
    program.click_button("chip_class_step")
    program.until(lambda: not program.session.class_steps.under_way)
    disk.go.set()
    assert names(program) == ["cat", "dog", "grass"]
    assert toasts[-1] == "Cancelled: Merging: cat → dog"

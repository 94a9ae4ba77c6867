"""The editor of classes, and the question before a merge or a delete."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView

from segstudio.core.class_keys import with_key
from segstudio.core.classes import ClassTable, Role
from segstudio.session.class_counts import ClassCount
from segstudio.ui.class_editor import ClassEditor
from segstudio.ui.class_step import ClassStep, count_text, pixels_text
from segstudio.ui.class_table_model import FIELDS
from segstudio.ui.colour_popover import ColourPopover

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def editor(qtbot, show, classes):
    editor = ClassEditor()
    qtbot.addWidget(editor)
    editor.set_classes(classes)
    editor.set_counts({0: ClassCount(214, 3_100_000), 2: ClassCount(1, 12)})
    return show(editor)


def view(editor) -> QTableView:
    return editor.findChild(QTableView, "class_table")


def cell(editor, row, field):
    return view(editor).model().index(row, FIELDS.index(field))


def texts(editor, row):
    return [cell(editor, row, field).data() for field in FIELDS]


def select(qtbot, editor, row, field="name"):
    spot = view(editor).visualRect(cell(editor, row, field)).center()
    qtbot.mouseClick(view(editor).viewport(), LEFT, pos=spot)


def press(qtbot, editor, name):
    qtbot.mouseClick(editor.findChild(QPushButton, name), LEFT)


def test_the_table_shows_everything_of_a_class(editor, classes):
    table = with_key(classes, 3, "1").changed(0, role=Role.BACKGROUND, description="anybody")
    editor.set_classes(table)
    row = ["0", "2", "", "person", "Background", "anybody", "214", "3.1 Mpx"]
    assert texts(editor, 0) == row
    assert texts(editor, 3)[:2] == ["3", "1"]
    assert texts(editor, 3)[6:] == ["", ""]
    assert (editor.width(), editor.height()) == (720, 520)


@pytest.mark.parametrize("field", ["name", "description"])
def test_a_text_is_edited_in_place(qtbot, editor, field):
    view(editor).edit(cell(editor, 1, field))
    line = editor.findChild(QLineEdit, f"class_{field}_cell")
    line.selectAll()
    qtbot.keyClicks(line, " above ")
    with qtbot.waitSignal(editor.change_requested) as wish:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert wish.args == [1, field, "above"]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [("role", "Ignore", Role.IGNORE), ("key", "Ctrl+4", "Ctrl+4")],
)
def test_role_and_key_are_taken_from_a_list(qtbot, editor, field, text, value):
    view(editor).edit(cell(editor, 1, field))
    combo = editor.findChild(QComboBox, f"class_{field}_cell")
    at = combo.findText(text)
    combo.setCurrentIndex(at)
    with qtbot.waitSignal(editor.change_requested) as wish:
        combo.activated.emit(at)
    assert wish.args == [1, field, value]


def test_a_name_cannot_be_emptied_and_a_number_not_edited(qtbot, editor):
    model = view(editor).model()
    with qtbot.assertNotEmitted(editor.change_requested):
        assert not model.setData(cell(editor, 1, "name"), "  ")
    for field in ("index", "images", "pixels"):
        assert not cell(editor, 1, field).flags() & Qt.ItemFlag.ItemIsEditable


@pytest.mark.parametrize("how", ["click", "F2"])
def test_colours_open_at_a_click_and_by_the_keyboard(qtbot, editor, how):
    if how == "click":
        select(qtbot, editor, 1, "colour")
    else:
        view(editor).setCurrentIndex(cell(editor, 1, "colour"))
        qtbot.keyClick(view(editor), Qt.Key.Key_F2)
    popover = editor.findChild(ColourPopover)
    assert popover.isVisible()
    with qtbot.waitSignal(editor.change_requested) as wish:
        qtbot.mouseClick(popover.findChild(object, "colour_4363D8"), LEFT)
    assert wish.args == [1, "colour", (67, 99, 216)]


@pytest.mark.parametrize("how", ["button", "keys"])
def test_a_class_is_moved_and_stays_selected(qtbot, editor, classes, how):
    select(qtbot, editor, 1)
    with qtbot.waitSignal(editor.move_requested) as wish:
        if how == "button":
            press(qtbot, editor, "class_down")
        else:
            qtbot.keyClick(editor, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert wish.args == [1, 2]
    editor.set_classes(classes.moved(*wish.args))
    assert editor.selected() == 1
    assert texts(editor, 2)[3] == "sky"


def test_the_ends_of_the_order_cannot_be_passed(qtbot, editor):
    up, down = (editor.findChild(QPushButton, f"class_{way}") for way in ("up", "down"))
    select(qtbot, editor, 0)
    assert (up.isEnabled(), down.isEnabled()) == (False, True)
    select(qtbot, editor, 3)
    assert (up.isEnabled(), down.isEnabled()) == (True, False)


def test_an_added_class_gets_a_free_name_and_is_renamed_at_once(qtbot, editor, classes):
    classes = classes.with_class("class 6")
    editor.set_classes(classes)
    editor.add_requested.connect(lambda name: editor.set_classes(classes.with_class(name)))
    press(qtbot, editor, "class_add")
    line = editor.findChild(QLineEdit, "class_name_cell")
    assert line.text() == "Class 7"


@pytest.mark.parametrize(
    ("button", "signal"), [("class_merge", "merge_requested"), ("class_delete", "delete_requested")]
)
def test_merge_and_delete_are_asked_for_the_selected_class(qtbot, editor, button, signal):
    select(qtbot, editor, 2)
    with qtbot.waitSignal(getattr(editor, signal)) as wish:
        press(qtbot, editor, button)
    assert wish.args == [2]


def test_an_empty_table_has_nothing_to_move_or_delete(editor):
    editor.set_classes(ClassTable())
    for name in ("up", "down", "merge", "delete"):
        assert not editor.findChild(QPushButton, f"class_{name}").isEnabled()
    assert editor.findChild(QPushButton, "class_add").isEnabled()


def test_enter_does_not_close_the_editor(qtbot, editor):
    with qtbot.assertNotEmitted(editor.finished):
        qtbot.keyClick(view(editor), Qt.Key.Key_Return)


def test_a_refused_edit_is_told_until_the_next_one(editor, classes):
    editor.set_problem("Two classes are called “sky”.")
    problem = editor.findChild(object, "class_editor_problem")
    assert problem.isVisible()
    editor.set_classes(classes)
    assert not problem.isVisible()


# The question


def shown(qtbot, show, dialog):
    qtbot.addWidget(dialog)
    return show(dialog)


def test_a_merge_says_what_it_touches_and_takes_the_chosen_class(qtbot, show, classes):
    count = ClassCount(214, 3_100_000)
    question = ClassStep.merging(classes, classes.get(0), count, target=2)
    shown(qtbot, show, question)
    line = question.findChild(object, "class_step_line")
    assert line.text() == "person → road: 214 images, 3.1 Mpx"
    target = question.findChild(QComboBox, "class_step_target")
    assert [target.itemText(at) for at in range(target.count())] == ["sky", "road", "tree"]
    target.setCurrentIndex(2)
    assert line.text().startswith("person → tree")
    button = question.findChild(QPushButton, "class_step_do")
    assert button.text() == "Merge classes"
    with qtbot.waitSignal(question.confirmed) as answer:
        qtbot.mouseClick(button, LEFT)
    assert answer.args == [3]
    assert not question.isVisible()


def test_a_delete_makes_unlabelled_unless_a_class_is_chosen(qtbot, show, classes):
    question = shown(qtbot, show, ClassStep.deleting(classes, classes.get(0), ClassCount(1, 12)))
    assert question.findChild(object, "class_step_line").text() == (
        "person → Unlabelled: 1 image, 12 px"
    )
    button = question.findChild(QPushButton, "class_step_do")
    assert button.text() == "Delete class"
    with qtbot.waitSignal(question.confirmed) as answer:
        qtbot.mouseClick(button, LEFT)
    assert answer.args == [None]


def test_a_delete_can_make_ignored(qtbot, show, classes):
    question = shown(qtbot, show, ClassStep.deleting(classes, classes.get(0), ClassCount(1, 12)))
    target = question.findChild(QComboBox, "class_step_target")
    target.setCurrentIndex(target.findText("Ignore"))
    with qtbot.waitSignal(question.confirmed) as answer:
        qtbot.mouseClick(question.findChild(QPushButton, "class_step_do"), LEFT)
    assert answer.args == [255]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_enter_and_esc_cancel(qtbot, show, classes, key):
    question = shown(qtbot, show, ClassStep.deleting(classes, classes.get(0), ClassCount(1, 12)))
    with qtbot.assertNotEmitted(question.confirmed), qtbot.waitSignal(question.rejected):
        qtbot.keyClick(question, key)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (ClassCount(), "in no image"),
        (ClassCount(1, 12_431), "1 image, 12,431 px"),
        (ClassCount(1_200, 250_000), "1,200 images, 250,000 px"),
        (ClassCount(2, 3_140_000_000), "2 images, 3,140.0 Mpx"),
    ],
)
def test_counts_are_told_in_words(count, text):
    assert count_text(count) == text


def test_a_number_of_pixels_is_exact_below_a_million():
    texts = [pixels_text(n) for n in (0, 999_999, 1_000_000)]
    assert texts == ["0 px", "999,999 px", "1.0 Mpx"]

"""The panel of classes: every gesture is a wish."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QToolButton

from segstudio import assets
from segstudio.core.class_keys import with_key
from segstudio.core.classes import ClassTable, LabelClass, read_classes
from segstudio.ui import class_files
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.class_picker import PICKER_WIDTH, ClassPicker
from segstudio.ui.class_row import part_at, share_text
from segstudio.ui.class_setup import LISTS, ClassSetup
from segstudio.ui.colour_popover import COLOURS, ColourPopover
from segstudio.ui.swatch import digit_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, show, classes):
    panel = ClassPanel()
    qtbot.addWidget(panel)
    panel.resize(268, 500)
    panel.set_classes(classes)
    panel.set_active(0)
    panel.set_shares({0: 0.123, 1: 0.004}, 0.124)
    return show(panel)


def spot(panel, class_index, part):
    rect = panel.class_list().row_rect(class_index)
    x = next(x for x in range(rect.left(), rect.right()) if part_at(rect, QPoint(x, 0)) == part)
    return QPoint(x + 4, rect.center().y())


def click(qtbot, panel, class_index, part, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport = panel.class_list().viewport()
    qtbot.mouseClick(viewport, LEFT, modifiers, spot(panel, class_index, part))


@pytest.mark.parametrize(
    ("part", "signal", "args"),
    [
        ("name", "active_requested", [2]),
        ("key", "active_requested", [2]),
        ("eye", "hidden_requested", [2, True]),
        ("lock", "locked_requested", [2, True]),
    ],
)
def test_a_click_on_a_row(qtbot, panel, part, signal, args):
    with qtbot.waitSignal(getattr(panel, signal)) as wish:
        click(qtbot, panel, 2, part)
    assert wish.args == args


def test_eye_and_lock_ask_for_the_opposite(qtbot, panel, classes):
    panel.set_classes(classes.changed(2, hidden=True, locked=True))
    for part, signal in (("eye", panel.hidden_requested), ("lock", panel.locked_requested)):
        with qtbot.waitSignal(signal) as wish:
            click(qtbot, panel, 2, part)
        assert wish.args == [2, False]


def test_alt_click_on_an_eye_asks_for_only_this_class(qtbot, panel):
    with qtbot.waitSignal(panel.only_requested) as wish:
        click(qtbot, panel, 1, "eye", Qt.KeyboardModifier.AltModifier)
    assert wish.args == [1]


@pytest.mark.parametrize("how", ["double-click", "F2"])
def test_rename_in_place(qtbot, panel, how):
    rows = panel.class_list()
    if how == "F2":
        panel.set_active(2)
        rows.setFocus()
        qtbot.keyClick(rows, Qt.Key.Key_F2)
    else:
        qtbot.mouseDClick(rows.viewport(), LEFT, pos=spot(panel, 2, "name"))
    editor = rows.findChild(QLineEdit, "class_name_editor")
    editor.selectAll()
    qtbot.keyClicks(editor, "street")
    with qtbot.waitSignal(panel.rename_requested) as wish:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert wish.args == [2, "street"]


def test_esc_leaves_a_name_as_it_was(qtbot, panel):
    panel.rename(1)
    editor = panel.class_list().findChild(QLineEdit, "class_name_editor")
    qtbot.keyClicks(editor, "other")
    with qtbot.assertNotEmitted(panel.rename_requested):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)


def drag(qtbot, panel, start, end):
    viewport = panel.class_list().viewport()
    qtbot.mousePress(viewport, LEFT, pos=start)
    qtbot.mouseMove(viewport, (start + end) / 2)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, LEFT, pos=end)


def test_a_drag_asks_for_another_order(qtbot, panel, classes):
    rows = panel.class_list()
    end = QPoint(80, rows.row_rect(2).bottom() + 2)
    with qtbot.waitSignal(panel.move_requested) as wish:
        drag(qtbot, panel, spot(panel, 0, "name"), end)
    assert wish.args == [0, 2]
    assert classes.moved(0, 2).indices == (1, 2, 0, 3)


def test_a_drag_upwards_asks_for_the_place_above(qtbot, panel):
    end = QPoint(80, panel.class_list().row_rect(0).top() + 2)
    with qtbot.waitSignal(panel.move_requested) as wish:
        drag(qtbot, panel, spot(panel, 3, "name"), end)
    assert wish.args == [3, 0]


def test_ignore_is_pinned_and_can_be_active(qtbot, panel):
    row = panel.findChild(object, "ignore_row")
    with qtbot.waitSignal(panel.active_requested) as wish:
        qtbot.mouseClick(row, LEFT)
    assert wish.args == [255]
    assert not row.isChecked()
    panel.set_active(255)
    assert row.isChecked()


def test_the_last_line_tells_what_is_unlabelled(qtbot, panel):
    line = panel.findChild(QPushButton, "unlabelled")
    assert line.text() == "Unlabelled 12.4 %"
    with qtbot.waitSignal(panel.unlabelled_clicked):
        qtbot.mouseClick(line, LEFT)


def test_enter_adds_a_class_and_leaves_an_empty_field(qtbot, panel):
    qtbot.mouseClick(panel.findChild(QPushButton, "add_class"), LEFT)
    field = panel.findChild(QLineEdit, "new_class_name")
    assert QApplication.focusWidget() is field
    qtbot.keyClicks(field, "water")
    with qtbot.waitSignal(panel.add_requested) as wish:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wish.args == ["water"]
    assert field.text() == ""
    assert field.isVisible()
    with qtbot.waitSignal(panel.focus_returned):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()


def test_the_search_shows_from_ten_classes_on_and_filters(qtbot, panel):
    search = panel.findChild(QLineEdit, "class_search")
    assert not search.isVisible()
    panel.set_classes(ClassTable.named([f"class {at}" for at in range(10)]))
    assert search.isVisible()
    qtbot.keyClicks(search, "class 7")
    assert panel.class_list().model().rowCount() == 1


def entry_of(menu, *words):
    """The entry of a menu, or of a menu in it, by its words without the key."""
    for word in words[:-1]:
        menu = next(a.menu() for a in menu.actions() if a.text() == word)
    return next(a for a in menu.actions() if a.text().split("\t")[0] == words[-1])


@pytest.mark.parametrize(
    ("words", "signal", "args"),
    [
        (("Key", "7"), "key_requested", [1, "7"]),
        (("Key", "Ctrl+2"), "key_requested", [1, "Ctrl+2"]),
        (("Key", "By the order"), "key_requested", [1, ""]),
        (("Lock",), "locked_requested", [1, True]),
        (("Hide",), "hidden_requested", [1, True]),
        (("Only this",), "only_requested", [1]),
        (("Merge into", "tree"), "merge_requested", [1, 3]),
        (("Delete…",), "delete_requested", [1]),
    ],
)
def test_the_menu_of_a_class_passes_wishes_on(qtbot, panel, classes, words, signal, args):
    menu = panel.class_list().context_menu(classes.get(1))
    with qtbot.waitSignal(getattr(panel, signal)) as wish:
        entry_of(menu, *words).trigger()
    assert wish.args == args


def test_the_menu_of_a_class_has_the_words_of_the_design(panel, classes):
    menu = panel.class_list().context_menu(classes.changed(1, locked=True, hidden=True).get(1))
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        *("Rename", "Colour…", "Key", "Unlock", "Show", "Only this", "Merge into", "Delete…"),
    ]


def test_the_menu_renames_in_place_and_says_who_has_a_key(qtbot, panel, classes):
    panel.set_classes(with_key(classes, 3, "1"))
    menu = panel.class_list().context_menu(classes.get(1))
    keys = [action.text() for action in entry_of(menu, "Key").menu().actions()]
    assert "1\ttree" in keys
    assert "2\tperson" in keys
    entry_of(menu, "Rename").trigger()
    assert panel.class_list().findChild(QLineEdit, "class_name_editor") is not None


def test_a_list_pasted_into_the_field_is_added_as_a_whole(qtbot, panel):
    panel.start_adding()
    field = panel.findChild(QLineEdit, "new_class_name")
    QGuiApplication.clipboard().setText("leaf\nstem, root\r\n\tbark")
    with qtbot.waitSignal(panel.add_several_requested) as wish:
        qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert wish.args == [["leaf", "stem", "root", "bark"]]
    assert field.text() == ""
    assert field.isVisible()


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("Edit classes…", "edit_requested"),
        ("Import…", "import_requested"),
        ("Export list…", "export_requested"),
    ],
)
def test_the_button_beside_add_class_has_a_menu(qtbot, panel, words, signal):
    button = panel.findChild(QToolButton, "more_of_classes")
    assert button.isVisible()
    with qtbot.waitSignal(getattr(panel, signal)):
        entry_of(button.menu(), words).trigger()


def test_esc_in_the_search_shows_all_again(qtbot, panel):
    panel.set_classes(ClassTable.named([f"class {at}" for at in range(12)]))
    search = panel.findChild(QLineEdit, "class_search")
    qtbot.keyClicks(search, "class 11")
    with qtbot.waitSignal(panel.focus_returned):
        qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert panel.class_list().model().rowCount() == 12


def test_the_tooltip_of_a_row_says_key_number_and_description(panel, classes):
    table = with_key(classes.changed(1, description="above the roofs"), 1, "Ctrl+3")
    panel.set_classes(table)
    tip = panel.class_list().model().index(1).data(int(Qt.ItemDataRole.ToolTipRole))
    assert tip == "sky (Ctrl+3)\nNumber 1 in label files\nabove the roofs"


def test_a_click_on_a_swatch_opens_the_colours(qtbot, panel):
    click(qtbot, panel, 1, "swatch")
    popover = panel.findChild(ColourPopover)
    assert popover.isVisible()
    button = popover.findChild(object, "colour_4363D8")
    with qtbot.waitSignal(panel.recolour_requested) as wish:
        qtbot.mouseClick(button, LEFT)
    assert wish.args == [1, (67, 99, 216)]
    assert not popover.isVisible()


def test_any_colour_can_be_typed_and_a_near_one_is_told(qtbot):
    popover = ColourPopover()
    qtbot.addWidget(popover)
    popover.open_for(QPoint(0, 0), (10, 20, 30), {"sky": (0, 100, 200)})
    code = popover.findChild(QLineEdit, "colour_code")
    code.selectAll()
    qtbot.keyClicks(code, "#0064D0")
    hints = [label.text() for label in popover.findChildren(object) if "sky" in _text(label)]
    assert hints
    with qtbot.waitSignal(popover.colour_chosen) as wish:
        qtbot.keyClick(code, Qt.Key.Key_Return)
    assert wish.args == [(0, 100, 208)]
    assert len(COLOURS) == len(set(COLOURS)) == 24


def _text(part):
    return part.text() if hasattr(part, "text") and callable(part.text) else ""


def test_digits_and_shares():
    assert [digit_of(key) for key in ("1", "9", "Ctrl+1", "")] == ["1", "9", "", ""]
    assert [share_text(s) for s in (0, 0.004, 0.123, 1)] == ["", "<1 %", "12 %", "100 %"]


def test_row_height_is_28(panel):
    assert panel.class_list().row_rect(0).height() == 28


def test_255_classes_are_shown_at_once(qtbot, panel):
    table = ClassTable(tuple(LabelClass(at, f"class {at}", (at, 0, 0)) for at in range(255)))
    start = time.perf_counter()
    panel.set_classes(table)
    panel.grab()
    assert time.perf_counter() - start < 1


# The card


@pytest.fixture
def setup(qtbot):
    setup = ClassSetup()
    qtbot.addWidget(setup)
    setup.show()
    return setup


def use(qtbot, setup):
    qtbot.mouseClick(setup.findChild(QPushButton, "setup_use"), LEFT)


def test_without_classes_the_panel_asks_what_to_label(panel, classes):
    panel.set_classes(ClassTable())
    card = panel.findChild(ClassSetup)
    assert card.isVisible()
    assert not panel.class_list().isVisible()
    panel.set_classes(classes)
    assert not card.isVisible()


def test_what_the_model_knows(qtbot, setup, classes):
    setup.set_model_knows("Scenes", classes)
    with qtbot.waitSignal(setup.classes_chosen) as chosen:
        use(qtbot, setup)
    assert chosen.args == [classes]


@pytest.mark.parametrize("text", ["leaf\n\n stem \n", "leaf, stem", "leaf\tstem"])
def test_own_names_one_a_line_or_as_a_list(qtbot, setup, text):
    setup.findChild(QPlainTextEdit, "setup_names").setPlainText(text)
    with qtbot.waitSignal(setup.classes_chosen) as chosen:
        use(qtbot, setup)
    assert [c.name for c in chosen.args[0]] == ["leaf", "stem"]


@pytest.mark.parametrize("names", ["", "leaf\nLeaf"])
def test_names_that_cannot_be_are_told_in_the_card(qtbot, setup, names):
    setup.findChild(QPlainTextEdit, "setup_names").setPlainText(names)
    with qtbot.assertNotEmitted(setup.classes_chosen):
        use(qtbot, setup)
    problem = setup._problem
    assert problem.isVisible()
    assert problem.text()


@pytest.mark.parametrize("key", [key for key, _ in LISTS])
def test_a_known_list(qtbot, setup, key):
    qtbot.mouseClick(setup.findChild(object, "setup_list"), LEFT)
    setup.findChild(object, "setup_list").setChecked(True)
    lists = setup.findChild(object, "setup_lists")
    lists.setCurrentIndex(lists.findData(key))
    with qtbot.waitSignal(setup.classes_chosen) as chosen:
        use(qtbot, setup)
    table = chosen.args[0]
    assert table == read_classes(assets.path(f"classes/{key}.json"))
    assert str(len(table)) in dict(LISTS)[key]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("json", '[{"index": 0, "name": "leaf", "colour": [1, 2, 3]}]'),
        ("txt", "leaf\n"),
        ("csv", "name,colour\nleaf,#010203\n"),
        ("labelmap.txt", "leaf:1,2,3::\n"),
    ],
)
def test_a_list_from_a_file(qtbot, setup, tmp_path, monkeypatch, suffix, content):
    good, bad = tmp_path / f"good.{suffix}", tmp_path / "bad.json"
    good.write_text(content, encoding="utf-8")
    bad.write_text("{", encoding="utf-8")
    setup.findChild(object, "setup_list").setChecked(True)
    lists = setup.findChild(object, "setup_lists")
    lists.setCurrentIndex(lists.count() - 1)
    monkeypatch.setattr(class_files, "ask_to_read", lambda parent: bad)
    lists.activated.emit(lists.count() - 1)
    assert "bad.json" in setup._problem.text()
    monkeypatch.setattr(class_files, "ask_to_read", lambda parent: good)
    lists.activated.emit(lists.count() - 1)
    with qtbot.waitSignal(setup.classes_chosen) as chosen:
        use(qtbot, setup)
    assert [c.name for c in chosen.args[0]] == ["leaf"]
    assert lists.currentText() == f"good.{suffix}, 1 class"


# The picker


@pytest.fixture
def picker(qtbot, classes):
    picker = ClassPicker()
    qtbot.addWidget(picker)
    picker.open_for(QPoint(5, 5), classes, [2], 0)
    yield picker
    picker.hide()


def test_the_picker_puts_recent_classes_first(picker):
    rows = picker._list.model()
    assert [rows.entry(at).name for at in range(4)] == ["road", "person", "sky", "tree"]
    assert picker.width() == PICKER_WIDTH == 260


def test_typing_and_enter_take_a_class(qtbot, picker):
    search = picker.findChild(QLineEdit, "class_picker_search")
    qtbot.keyClicks(search, "tr")
    with qtbot.waitSignal(picker.class_chosen) as chosen:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert chosen.args == [3]
    assert not picker.isVisible()


def test_arrows_move_in_the_picker(qtbot, picker):
    search = picker.findChild(QLineEdit, "class_picker_search")
    qtbot.keyClick(search, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.class_chosen) as chosen:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert chosen.args == [1]


def test_esc_leaves_the_picker_without_a_choice(qtbot, picker):
    with qtbot.assertNotEmitted(picker.class_chosen):
        qtbot.keyClick(picker.findChild(QLineEdit), Qt.Key.Key_Escape)
    assert not picker.isVisible()


def test_the_five_most_recent_classes_come_first_whatever_is_gone(qtbot, picker):
    table = ClassTable.named(f"class {at}" for at in range(12))
    picker.open_for(QPoint(5, 5), table, [255, 11, 77, 3, 9, 1, 7, 5], 11)
    rows = picker._list.model()
    shown = [rows.entry(at).index for at in range(rows.rowCount())]
    assert shown == [11, 3, 9, 1, 7, 0, 2, 4, 5, 6, 8, 10]


@pytest.mark.parametrize("x", [2, 40, 120, 225, 240])
def test_a_click_anywhere_on_a_row_of_the_picker_takes_the_class(qtbot, picker, x):
    rows = picker._list
    place = QPoint(x, rows.row_rect(3).center().y())
    with qtbot.waitSignal(picker.class_chosen) as chosen:
        qtbot.mouseClick(rows.viewport(), LEFT, pos=place)
    assert chosen.args == [3]

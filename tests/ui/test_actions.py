"""The table of actions and what is made of it."""

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMainWindow, QVBoxLayout, QWidget

from segstudio.ui import actions
from segstudio.ui.action_table import ACTIONS, MENUS
from segstudio.ui.keys_sheet import KeysSheet


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(QLineEdit())
    column.addWidget(QListView())
    window.setCentralWidget(page)
    return window


@pytest.fixture
def made(window):
    return actions.build(window)


def test_no_key_is_given_twice():
    keys = Counter(QKeySequence(key).toString() for row in ACTIONS for key in row.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_key_is_understood():
    assert all(QKeySequence(key).toString() for row in ACTIONS for key in row.keys)


def test_no_name_is_given_twice():
    assert len({row.name for row in ACTIONS}) == len(ACTIONS)


def test_every_action_is_in_exactly_one_menu(window, made):
    menus = actions.build_menus(window, made)
    places = Counter(a.objectName() for menu in menus.values() for a in menu.actions())
    assert all(places[name] == 1 for name in made)
    assert [a.text() for a in window.menuBar().actions()] == list(MENUS)


def test_every_action_says_its_name_its_key_and_what_it_does(made):
    for row in ACTIONS:
        head, line = made[row.name].toolTip().split("\n")
        assert head.startswith(row.text.rstrip("…"))
        assert bool(row.keys) == head.endswith(")")
        assert line.endswith(".")


def test_words_are_in_sentence_case_and_calm():
    for row in ACTIONS:
        assert "!" not in row.text + row.line
        assert all(
            word.islower() or word.isnumeric() for word in row.text.split()[1:] if word != "%"
        )


def test_tools_exclude_each_other(made):
    made["tool_brush"].trigger()
    made["tool_hand"].trigger()
    assert not made["tool_brush"].isChecked()
    assert made["tool_hand"].isChecked()


def test_bare_keys_are_inert_while_a_text_field_has_the_focus(qtbot, show, window, made):
    actions.BareKeys(made, window)
    show(window)
    field = window.findChild(QLineEdit)
    with qtbot.assertNotEmitted(made["tool_brush"].triggered):
        field.setFocus()
        qtbot.keyClicks(field, "bB")
    assert field.text() == "bB"
    assert QKeySequence("Ctrl+Z") in made["undo"].shortcuts()
    assert made["redo"].shortcuts()
    assert made["next_class"].shortcuts() == []
    field.clearFocus()
    assert made["tool_brush"].shortcuts() == [QKeySequence("B")]
    with qtbot.waitSignal(made["tool_brush"].triggered, timeout=1000):
        qtbot.keyClick(window, Qt.Key.Key_B)


def test_a_list_keeps_its_arrows_but_not_the_letters(qtbot, show, window, made):
    actions.BareKeys(made, window)
    show(window)
    window.findChild(QListView).setFocus()
    assert isinstance(QApplication.focusWidget(), QListView)
    assert made["next_class"].shortcuts() == []
    assert made["last_image"].shortcuts() == []
    assert made["tool_brush"].shortcuts() == [QKeySequence("B")]


@pytest.mark.parametrize(
    ("key", "bare"),
    [
        ("B", True),
        ("Shift+L", True),
        ("Esc", True),
        ("Ctrl+B", False),
        ("Alt+1", False),
        ("F9", False),
    ],
)
def test_which_keys_are_bare(key, bare):
    assert actions.is_bare(key) == bare


def test_recent_folders_fill_their_menu(window, made):
    opened = []
    menu = actions.build_menus(window, made)["File/Recent"]
    actions.fill_recent(menu, [Path("a"), Path("b")], opened.append)
    menu.actions()[1].trigger()
    assert opened == [Path("b")]
    actions.fill_recent(menu, [], opened.append)
    assert not menu.isEnabled()


def test_the_sheet_of_keys_shows_every_key(qtbot):
    from PySide6.QtWidgets import QLabel

    sheet = KeysSheet()
    qtbot.addWidget(sheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {row.text.rstrip("…") for row in ACTIONS if row.keys} <= shown

"""The window as a whole: names, sizes, what it imports."""

import subprocess
import sys

import pytest
from interactive import INTERACTIVE
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QSplitterHandle,
    QWidget,
)

OWNERS = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QMenuBar, QSplitterHandle)


def is_part_of_qt(widget):
    """Whether Qt made it inside another widget, as a list's scroll bar."""
    if isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
        return True
    owner = widget.parent()
    while owner is not None:
        if isinstance(owner, OWNERS):
            return True
        owner = owner.parent()
    return False


@pytest.mark.parametrize("state", ["start", "without classes", "at work"])
def test_every_interactive_widget_has_both_names(program, photos, state):
    if state != "start":
        program.open(photos("a.png", "b.png"))
    if state == "at work":
        program.use_classes(*(f"class {i}" for i in range(12)))
        program.brush(6)
        program.window.frame.banner.tell("One.", [("a", "A"), ("b", "B")])
    found = program.window.findChildren(QWidget)
    ours = [w for w in found if isinstance(w, INTERACTIVE) and not is_part_of_qt(w)]
    assert [w for w in ours if not (w.objectName() and w.accessibleName())] == []
    names = [w.objectName() for w in ours]
    assert sorted(n for n in set(names) if names.count(n) > 1) == []
    assert program.canvas.accessibleName()


def test_the_segment_button_is_the_only_accented_one(program, photo):
    program.open(photo)
    shown = [w for w in program.window.findChildren(QAbstractButton) if w.isVisible()]
    assert [w.objectName() for w in shown if w.property("accent")] == ["segment_button"]


def test_chrome_takes_no_more_than_it_may(program, photos):
    program.open(photos("a.png", "b.png"))
    program.window.resize(1280, 720)
    program.until(lambda: program.window.width() == 1280)
    canvas = program.canvas
    assert canvas.width() >= 1280 - 416 - 4
    assert canvas.height() >= 720 - 94 - 4


def test_zen_hides_everything_but_the_canvas_and_brings_it_back(program, photo):
    program.open(photo)
    width = program.canvas.width()
    program.key(Qt.Key.Key_F9)
    assert program.window.rail.isHidden()
    assert program.window.side.isHidden()
    program.until(lambda: program.canvas.width() > width)
    program.key(Qt.Key.Key_F9)
    assert not program.window.rail.isHidden()
    program.until(lambda: program.canvas.width() == width)


def test_bare_keys_are_left_to_a_text_field_and_come_back(program, photo):
    program.open(photo)
    program.use_classes("cat")
    program.action("add_class")
    field = program.widget("new_class_name")
    program.until(field.hasFocus)
    for key in (Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_1, Qt.Key.Key_V, Qt.Key.Key_Space):
        program.key(key)
    program.key(Qt.Key.Key_D)
    assert field.text().casefold() == "be1v d"
    assert program.session.editor.state.tool == "hand"
    program.key(Qt.Key.Key_Escape)
    program.until(program.canvas.hasFocus)
    program.key(Qt.Key.Key_B)
    assert program.session.editor.state.tool == "brush"


def test_dialogs_of_the_help_menu_open_without_waiting(program):
    for name in ("keys", "log"):
        program.action(name)
    shown = [w for w in program.window.findChildren(QWidget) if w.isWindow() and w.isVisible()]
    assert len(shown) == 2
    for dialog in shown:
        dialog.close()


def test_importing_the_program_leaves_torch_out():
    code = (
        "import sys, segstudio.application, segstudio.ui.window\n"
        "assert 'torch' not in sys.modules, 'torch'\n"
        "assert 'timm' not in sys.modules, 'timm'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_build_returns_a_shown_window_without_an_event_loop(program, qapp):
    assert program.window.isVisible()
    assert not program.window.findChildren(QWidget, "no such")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal there")
def test_qt_gives_away_no_reference_to_none_or_true(program):
    """PySide6 6.12 on Python 3.11 does, and the program is aborted after some minutes."""
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(500):
        program.canvas.update()
        program.session.labels_changed.emit()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert min(now - then for now, then in zip(after, before, strict=True)) > -250

"""The actions of the window and its menus, made from the table."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from segstudio.ui import icons
from segstudio.ui.action_table import ACTIONS, MENUS, ActionRow
from segstudio.ui.controls import first_line_tip

_CONTEXT = "actions"
_TEXT_FIELDS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
_FIELDS_WITH_ARROWS = (QComboBox, QAbstractSlider, QAbstractItemView)
_TRAVEL_KEYS = frozenset({"Up", "Down", "Home", "End", "PgUp", "PgDown"})


def build(window: QMainWindow) -> dict[str, QAction]:
    """Make every action of the table, owned by the window, by its name."""
    made: dict[str, QAction] = {}
    choices: dict[str, QActionGroup] = {}
    for row in ACTIONS:
        action = QAction(_tr(row.text), window)
        action.setObjectName(row.name)
        action.setShortcuts(_sequences(row.keys))
        tip = first_line_tip(_tr(row.text).rstrip("…"), shown_key(row), _tr(row.line))
        action.setToolTip(tip)
        action.setStatusTip("")
        action.setCheckable(row.checkable)
        # Menu roles are said, not guessed from the words.
        roles = {"quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole}
        action.setMenuRole(roles.get(row.name, QAction.MenuRole.NoRole))
        if row.icon:
            action.setIcon(icons.icon(row.icon))
        if row.choice:
            if row.choice not in choices:
                choices[row.choice] = QActionGroup(window)
            choices[row.choice].addAction(action)
        made[row.name] = action
    window.addActions(list(made.values()))
    return made


def build_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Fill the window's menu bar; returns the menus by their path, ``File/Recent`` among them."""
    bar = window.menuBar()
    bar.setObjectName("menu_bar")
    menus: dict[str, QMenu] = {}
    for title in MENUS:
        _add_menu(bar, title, menus)
    section: dict[str, int] = {}
    for row in ACTIONS:
        top, _, sub = row.menu.partition("/")
        if sub and row.menu not in menus:
            present = menus[top].actions()
            if present and not present[-1].menu():
                menus[top].addSeparator()
            _add_menu(menus[top], row.menu, menus)
        menu = menus[row.menu]
        if row.section != section.get(row.menu, row.section):
            menu.addSeparator()
        section[row.menu] = row.section
        menu.addAction(actions[row.name])
        if row.name == "open_folder":
            _add_menu(menu, "File/Recent", menus)
    return menus


def _add_menu(place: QMenuBar | QMenu, path: str, menus: dict[str, QMenu]) -> None:
    menu = place.addMenu(_tr(path.rpartition("/")[2]))
    menu.setObjectName("menu_" + path.replace("/", "_").replace(" ", "_").lower())
    menu.setToolTipsVisible(True)
    menus[path] = menu


def fill_recent(menu: QMenu, folders: Sequence[Path], opened: Callable[[Path], object]) -> None:
    """Put folders into the menu of recent ones; `opened` is called with the one chosen."""
    menu.clear()
    for folder in folders:
        action = menu.addAction(folder.name or str(folder))
        action.setToolTip(str(folder))
        action.triggered.connect(partial(_call, opened, folder))
    menu.setEnabled(bool(folders))


def _call(opened: Callable[[Path], object], folder: Path, _checked: bool = False) -> None:
    opened(folder)


def shown_key(row: ActionRow) -> str:
    """Return the key to show for an action, as this system writes it."""
    if not row.keys:
        return ""
    return QKeySequence(row.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


def is_bare(key: str) -> bool:
    """Return whether a key is pressed without Ctrl or Alt, as typing does."""
    sequence = QKeySequence(key)
    modifiers = sequence[0].keyboardModifiers()  # type: ignore[index]
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return not modifiers & (held | Qt.KeyboardModifier.MetaModifier) and not _is_function(key)


def _is_function(key: str) -> bool:
    last = key.rpartition("+")[2]
    return last.startswith("F") and last[1:].isdigit()


def _sequences(keys: Sequence[str]) -> list[QKeySequence]:
    return [QKeySequence(key) for key in keys]


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


class BareKeys(QObject):
    """Takes the bare keys away from the actions while a field has the focus, and back after.

    A text field gets all of them; a list, a drop-down or a slider gets the arrows and their kin.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._rows = [
            (actions[row.name], row.keys) for row in ACTIONS if any(map(is_bare, row.keys))
        ]
        self._level = 0
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        level = 2 if isinstance(new, _TEXT_FIELDS) else 1 if _uses_arrows(new) else 0
        if level == self._level:
            return
        self._level = level
        for action, keys in self._rows:
            action.setShortcuts(_sequences([key for key in keys if self._is_left(key)]))

    def _is_left(self, key: str) -> bool:
        if self._level == 2:
            return not is_bare(key)
        return self._level == 0 or key not in _TRAVEL_KEYS


def _uses_arrows(widget: QWidget | None) -> bool:
    return isinstance(widget, _FIELDS_WITH_ARROWS)

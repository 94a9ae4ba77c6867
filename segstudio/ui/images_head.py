"""What stands above the list of images: search, sort, settings of the list, filter row."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from segstudio.session.image_search import Show, Sort
from segstudio.ui.controls import Segment, Segmented, icon_button, named, text_label


class SearchField(QLineEdit):
    """Typing finds; Enter and Esc are told, Down goes to the list."""

    entered = Signal()
    escaped = Signal()
    down_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        told = {
            Qt.Key.Key_Return: self.entered,
            Qt.Key.Key_Enter: self.entered,
            Qt.Key.Key_Escape: self.escaped,
            Qt.Key.Key_Down: self.down_pressed,
        }.get(Qt.Key(event.key()))
        if told is None:
            super().keyPressEvent(event)
            return
        event.accept()
        told.emit()


class ImagesHead(QWidget):
    """Shows what is searched for; every gesture is a wish."""

    search_changed = Signal(str)
    show_chosen = Signal(object)
    """A `Show`."""
    sort_chosen = Signal(object)
    """A `Sort`."""
    overlay_requested = Signal(bool)
    name_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.search = named(
            SearchField(),
            "image_search",
            self.tr("Find images"),
            self.tr(
                "Find images (Ctrl+F)\nWords of the name, or class:person  model:v1  unsure>30  "
                "note:dark\npart:test  state:skipped  author:ann; - in front leaves out."
            ),
        )
        self.search.setPlaceholderText(self.tr("Find images"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.search_changed)
        self._sort = self._menu_button(
            "sort", "images_sort", self.tr("Sort images"), self.tr("Sort\nThe order of the list.")
        )
        self.cog = self._menu_button(
            "cog", "images_cog", self.tr("Settings of the list"), self.tr("Settings of the list")
        )
        self._show = Segmented(
            "images_show", self.tr("Which images"), self._segments(), takes_focus=True
        )
        self._show.set_value(Show.ALL.name.lower())
        self._show.chosen.connect(self._on_show)
        self._count = text_label("", "secondary")
        self._count.setObjectName("images_shown")
        self._fill_sort()
        self._fill_cog()
        self._lay_out()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.search, 1)
        line.addWidget(self._sort)
        line.addWidget(self.cog)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 4)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._show)
        column.addWidget(self._count)

    def _segments(self) -> list[Segment]:
        return [
            Segment("all", self.tr("All"), tip=self.tr("Every image.")),
            Segment("to_do", self.tr("To do"), tip=self.tr("Neither done nor skipped.")),
            Segment("done", self.tr("Done"), tip=self.tr("Done or checked.")),
            Segment("flagged", self.tr("Flagged"), tip=self.tr("To be looked at again.")),
        ]

    def _menu_button(self, icon: str, object_name: str, name: str, tip: str) -> QToolButton:
        button = icon_button(icon, object_name, name, tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName(f"{object_name}_menu")
        button.setMenu(menu)
        return button

    def _fill_sort(self) -> None:
        words = {
            Sort.NAME: self.tr("Name"),
            Sort.DATE: self.tr("Last changed"),
            Sort.LEAST_SURE: self.tr("Least sure first"),
        }
        self._sort.setCheckable(True)
        group = QActionGroup(self)
        for sort, text in words.items():
            action = self._sort.menu().addAction(text)
            action.setObjectName(f"sort_{sort.value}")
            action.setCheckable(True)
            action.setChecked(sort is Sort.NAME)
            action.triggered.connect(partial(self._on_sort, sort))
            group.addAction(action)

    def _fill_cog(self) -> None:
        menu = self.cog.menu()
        self._overlay = menu.addAction(self.tr("Labels on the thumbnails"))
        self._overlay.setObjectName("list_overlay")
        self._overlay.setCheckable(True)
        self._overlay.triggered.connect(self.overlay_requested)
        menu.addSeparator()
        name = menu.addAction(self.tr("Your name…"))
        name.setObjectName("your_name")
        name.triggered.connect(self.name_requested)

    def set_show(self, show: Show) -> None:
        self._show.set_value(show.name.lower())

    def set_overlay(self, shown: bool) -> None:
        """Show whether thumbnails have the labels laid over them."""
        self._overlay.setChecked(shown)

    def set_count(self, shown: int, total: int, *, is_narrowed: bool) -> None:
        """Say how many images are shown, where some may be left out."""
        text = self.tr("{shown} of {total} shown")
        self._count.setText(text.format(shown=f"{shown:,}", total=f"{total:,}"))
        self._count.setVisible(is_narrowed and shown > 0)

    def _on_sort(self, sort: Sort) -> None:
        self._sort.setChecked(sort is not Sort.NAME)
        self.sort_chosen.emit(sort)

    def _on_show(self, key: str) -> None:
        self.show_chosen.emit(Show[key.upper()])

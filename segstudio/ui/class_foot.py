"""What stands below the list of classes: Unlabelled, a field for new names, and the "…" menu."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from segstudio.formats.class_lists import split_names
from segstudio.ui import icons
from segstudio.ui.controls import icon_button, link_button, named


class ClassFoot(QWidget):
    """Adds classes; several at once where a list of names is pasted."""

    add_requested = Signal(str)
    add_several_requested = Signal(object)
    """A list of names."""
    edit_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    unlabelled_clicked = Signal()
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_parts()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 0, 12, 0)
        rows.setSpacing(4)
        rows.addWidget(self._unlabelled, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self._name)
        buttons = QHBoxLayout()
        buttons.addWidget(self._add)
        buttons.addStretch(1)
        buttons.addWidget(self._more)
        rows.addLayout(buttons)
        self._add.clicked.connect(self.start_adding)
        self._unlabelled.clicked.connect(self.unlabelled_clicked)
        self._name.returnPressed.connect(self._on_name_entered)
        self._name.textEdited.connect(self._on_name_edited)
        self._name.installEventFilter(self)

    def _build_parts(self) -> None:
        self._unlabelled = link_button("", "unlabelled", self.tr("Unlabelled"))
        self._unlabelled.setProperty("quiet", True)
        self._unlabelled.setToolTip(
            self.tr("Unlabelled\nPixels that nobody has decided. Click to go to the largest part.")
        )
        self._name = named(QLineEdit(), "new_class_name", self.tr("Name of the new class"))
        self._name.setPlaceholderText(self.tr("Name, then Enter"))
        self._name.setToolTip(self.tr("Name of the new class\nSeveral lines can be pasted."))
        self._name.hide()
        self._add = link_button(self.tr("Add class"), "add_class")
        self._add.setIcon(icons.icon("plus", "accent"))
        self._more = icon_button(
            "more",
            "more_of_classes",
            self.tr("More for classes"),
            self.tr("More\nEdit all classes, import and export lists."),
            side=24,
        )
        menu = QMenu(self._more)
        menu.setObjectName("more_of_classes_menu")
        menu.addAction(self.tr("Edit classes…"), self.edit_requested.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Import…"), self.import_requested.emit)
        menu.addAction(self.tr("Export list…"), self.export_requested.emit)
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def set_unlabelled(self, share: float) -> None:
        """Show the share of the image that nobody has decided, 0 to 1."""
        self._unlabelled.setText(self.tr("Unlabelled {share}").format(share=f"{100 * share:.1f} %"))

    def start_adding(self) -> None:
        """Open the field for the name of a new class."""
        self._name.show()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_name_entered(self) -> None:
        name = self._name.text().strip()
        if name:
            self._name.clear()
            self.add_requested.emit(name)
        else:
            self._leave()

    def _on_name_edited(self, text: str) -> None:
        # Nobody can type a line break or a tab here: a list was pasted.
        if any(mark in text for mark in "\r\n\t"):
            self._name.clear()
            self.add_several_requested.emit(split_names(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        self._name.clear()
        self._name.hide()
        self.focus_returned.emit()

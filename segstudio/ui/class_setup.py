"""The card that asks what to label, while there are no classes."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from segstudio import assets
from segstudio.core.classes import ClassTable, read_classes
from segstudio.core.errors import SegstudioError
from segstudio.formats import class_lists
from segstudio.ui import class_files
from segstudio.ui.controls import Combo, named, text_label

LISTS: tuple[tuple[str, str], ...] = (
    ("voc", "Pascal VOC, 21 classes"),
    ("cityscapes", "Cityscapes, 19 classes"),
    ("ade20k", "ADE20K, 150 classes"),
    ("camvid", "CamVid, 11 classes"),
    ("coco_groups", "COCO groups, 27 classes"),
)
_FROM_FILE = "file"


class ClassSetup(QFrame):
    """Three ways to a class table: the model's, one's own, a known list."""

    classes_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_setup", self.tr("What do you want to label?"))
        self.setProperty("card", True)
        self._model_table: ClassTable | None = None
        self._file_table: ClassTable | None = None
        self._is_answered = False
        """Whether a person has chosen or typed: news of models leaves that alone."""
        title = QLabel(self.tr("What do you want to label?"))
        title.setProperty("role", "dialog")
        title.setWordWrap(True)
        self._build_choices()
        self._use = named(QPushButton(self.tr("Use these")), "setup_use", self.tr("Use these"))
        self._problem = text_label("", "danger")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (title, self._model, self._own, self._names, self._list, self._lists):
            column.addWidget(part)
        column.addWidget(self._problem)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._use)
        column.addLayout(foot)
        self._connect()
        self._show_choice()

    def _build_choices(self) -> None:
        self._model = named(
            QRadioButton(self.tr("What the model knows")), "setup_model", self.tr("Model's classes")
        )
        self._own = named(QRadioButton(self.tr("My own")), "setup_own", self.tr("My own classes"))
        self._list = named(QRadioButton(self.tr("A list")), "setup_list", self.tr("A known list"))
        self._group = QButtonGroup(self)
        for choice in (self._model, self._own, self._list):
            self._group.addButton(choice)
        self._names = named(QPlainTextEdit(), "setup_names", self.tr("Names, one a line"))
        self._names.setPlaceholderText(self.tr("One name a line"))
        self._names.setTabChangesFocus(True)
        self._names.setFixedHeight(88)
        self._lists = named(Combo(), "setup_lists", self.tr("Known lists"))
        for key, text in LISTS:
            self._lists.addItem(text, key)
        self._lists.addItem(self.tr("From a file…"), _FROM_FILE)
        self._model.setEnabled(False)
        self._own.setChecked(True)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._on_choice_clicked)
        self._lists.activated.connect(self._on_list_activated)
        self._names.textChanged.connect(self._on_typed)
        self._use.clicked.connect(self._on_use_clicked)

    def set_model_knows(self, title: str, table: ClassTable) -> None:
        """Offer the classes of a model."""
        self._model_table = table
        text = self.tr("What the model knows\n({title}, {count} classes)")
        self._model.setText(text.format(title=title, count=len(table)))
        self._model.setEnabled(True)
        if not self._is_answered:
            self._model.setChecked(True)
            self._show_choice()

    def choice(self) -> ClassTable | None:
        """Return what is chosen but not used yet; None for the model's classes or an empty field.

        Raises
        ------
        SegstudioError
            When the names that were typed cannot be a class list; the card says so too.
        """
        typed = self._own.isChecked() and self._names.toPlainText().strip()
        if not typed and not self._list.isChecked():
            return None
        try:
            return self._chosen_table()
        except SegstudioError as error:
            self._show_problem(str(error))
            raise

    def _on_choice_clicked(self) -> None:
        self._is_answered = True
        self._show_choice()

    def _on_typed(self) -> None:
        self._is_answered = True
        self._clear_problem()

    def _show_choice(self) -> None:
        self._names.setVisible(self._own.isChecked())
        self._lists.setVisible(self._list.isChecked())
        if self._own.isChecked() and self.isVisible():
            self._names.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_list_activated(self) -> None:
        self._clear_problem()
        if self._lists.currentData() == _FROM_FILE:
            self._read_file(class_files.ask_to_read(self))

    def _read_file(self, path: Path | None) -> None:
        if path is None:
            return
        try:
            table = class_lists.read(path)
        except SegstudioError as error:
            self._show_problem(str(error))
            return
        self._file_table = table
        one, several = self.tr("{name}, 1 class"), self.tr("{name}, {count} classes")
        text = (one if len(table) == 1 else several).format(name=path.name, count=len(table))
        self._lists.setItemText(self._lists.findData(_FROM_FILE), text)

    def _on_use_clicked(self) -> None:
        try:
            table = self._chosen_table()
        except SegstudioError as error:
            self._show_problem(str(error))
            return
        if table is None or not len(table):
            self._show_problem(self.tr("Write at least one name."))
            return
        self.classes_chosen.emit(table)

    def _chosen_table(self) -> ClassTable | None:
        if self._model.isChecked():
            return self._model_table
        if self._own.isChecked():
            return class_lists.table_of(class_lists.split_names(self._names.toPlainText()))
        key = self._lists.currentData()
        if key == _FROM_FILE:
            return self._file_table
        return read_classes(assets.path(f"classes/{key}.json"))

    def _show_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()

    def _clear_problem(self) -> None:
        self._problem.hide()

"""The question before classes are merged or deleted: what it touches, and that it can be undone."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.core.classes import IGNORE_INDEX, ClassTable, LabelClass
from segstudio.session.class_counts import ClassCount
from segstudio.ui import swatch
from segstudio.ui.controls import Combo, named, text_label

_WIDTH = 420
_MEGA = 1_000_000
_UNLABELLED = -1
_CONTEXT = "class_step"


class ClassStep(QDialog):
    """Asks what the pixels of a class shall become; the default is Cancel."""

    confirmed = Signal(object)
    """The index of the class that gets the pixels, 255 for Ignore; None for unlabelled."""

    def __init__(
        self,
        title: str,
        verb: str,
        source: LabelClass,
        count: ClassCount,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "class_step", title)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        self._source = source
        self._count = count
        self._target = named(Combo(), "class_step_target", self.tr("What its pixels become"))
        self._line = text_label("", "dialog")
        self._line.setObjectName("class_step_line")
        self._line.setWordWrap(True)
        self._note = text_label("", "secondary")
        self._note.setWordWrap(True)
        self._do = named(QPushButton(verb), "class_step_do", verb)
        self._do.setProperty("danger", True)
        self._do.setAutoDefault(False)
        self._cancel = named(QPushButton(self.tr("Cancel")), "class_step_cancel", self.tr("Cancel"))
        self._cancel.setDefault(True)
        self._lay_out(title)
        self._target.currentIndexChanged.connect(self._show_line)
        self._do.clicked.connect(self._confirm)
        self._cancel.clicked.connect(self.reject)
        self._cancel.setFocus()

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(title, "title"))
        choice = QHBoxLayout()
        choice.setSpacing(8)
        mark = QLabel()
        mark.setPixmap(swatch.icon(self._source.colour).pixmap(16, 16))
        choice.addWidget(mark)
        choice.addWidget(text_label(self.tr("%s becomes") % self._source.name, ""), 1)
        choice.addWidget(self._target, 1)
        column.addLayout(choice)
        column.addWidget(self._line)
        column.addWidget(self._note)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._do)
        foot.addWidget(self._cancel)
        column.addLayout(foot)

    @classmethod
    def merging(
        cls,
        table: ClassTable,
        source: LabelClass,
        count: ClassCount,
        *,
        target: int | None = None,
        parent: QWidget | None = None,
    ) -> "ClassStep":
        """Return the question before a class becomes part of another one."""
        title, verb = _tr("Merge classes"), _tr("Merge classes")
        dialog = cls(title, verb, source, count, parent)
        dialog._fill(table, _tr("Edit > Undo class merge takes this back."))
        dialog._choose(target)
        return dialog

    @classmethod
    def deleting(
        cls,
        table: ClassTable,
        source: LabelClass,
        count: ClassCount,
        *,
        parent: QWidget | None = None,
    ) -> "ClassStep":
        """Return the question before a class is taken away."""
        title, verb = _tr("Delete class"), _tr("Delete class")
        dialog = cls(title, verb, source, count, parent)
        dialog._target.addItem(_tr("Unlabelled"), _UNLABELLED)
        dialog._target.addItem(swatch.icon(None), _tr("Ignore"), IGNORE_INDEX)
        dialog._fill(table, _tr("Edit > Undo class delete takes this back."))
        return dialog

    def _fill(self, table: ClassTable, undoing: str) -> None:
        for entry in table:
            if entry.index != self._source.index:
                self._target.addItem(swatch.icon(entry.colour), entry.name, entry.index)
        self._note.setText(
            self.tr("In all images, done ones too. %s leaves the list. %s")
            % (self._source.name, undoing)
        )
        self._show_line()

    def _choose(self, target: int | None) -> None:
        place = self._target.findData(target)
        if place >= 0:
            self._target.setCurrentIndex(place)

    def _show_line(self) -> None:
        target = self._target.currentText()
        self._line.setText(f"{self._source.name} → {target}: {count_text(self._count)}")

    def _confirm(self) -> None:
        target = int(self._target.currentData())
        self.accept()
        self.confirmed.emit(None if target == _UNLABELLED else target)


def count_text(count: ClassCount) -> str:
    """Return what a class has, such as “214 images, 3.1 Mpx”."""
    if not count.images:
        return _tr("in no image")
    images = _tr("1 image") if count.images == 1 else _tr("%s images") % f"{count.images:,}"
    return f"{images}, {pixels_text(count.pixels)}"


def pixels_text(pixels: int) -> str:
    """Return a number of pixels: exact below a million, else in megapixels."""
    if pixels < _MEGA:
        return f"{pixels:,} px"
    return f"{pixels / _MEGA:,.1f} Mpx"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)

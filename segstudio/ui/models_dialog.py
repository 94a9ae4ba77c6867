"""The models of this computer and those to be fetched, two of them compared, and how they work."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.architecture_info import title_of
from segstudio.ui.architectures_page import ArchitecturesPage
from segstudio.ui.compare_page import ComparePage
from segstudio.ui.controls import Segment, Segmented, named, text_label
from segstudio.ui.message_bar import MessageBar
from segstudio.ui.model_import_form import ModelImportForm
from segstudio.ui.model_values_form import ModelValuesForm
from segstudio.ui.models_page import ModelsPage

DIALOG_SIZE = (860, 600)
_SMALLEST = (760, 480)
_SEGMENT_WIDTH = 128


class ModelsDialog(QDialog):
    """Shows and asks; `ModelsFlow` does what is wished for."""

    page_changed = Signal(str)
    """``models``, ``compare``, ``architectures``, ``import`` or ``values``."""
    import_requested = Signal(object)
    """Path of a file or folder."""
    repository_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "models_dialog", self.tr("Models"))
        self.setWindowTitle(self.tr("Models"))
        self.resize(*DIALOG_SIZE)
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self.bar = MessageBar()
        self.models = ModelsPage()
        self.compare = ComparePage()
        self.architectures = ArchitecturesPage()
        self.form = ModelImportForm()
        self.form.set_titles(title_of)
        self.values = ModelValuesForm()
        self._pages: dict[str, QWidget] = {
            "models": self.models,
            "compare": self.compare,
            "architectures": self.architectures,
            "import": self.form,
            "values": self.values,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._build_head())
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self._build_foot())
        self._choice.chosen.connect(self.show_page)
        self.models.import_requested.connect(self.import_requested)
        self.models.card.architecture_requested.connect(self.show_architecture)
        self.models.list.current_changed.connect(self._on_current)
        self.models.repository_requested.connect(self.repository_requested)
        for form in (self.form, self.values):
            form.left.connect(self._leave_form)
        self._close.clicked.connect(self.accept)
        self.show_page("models")

    def _build_head(self) -> QHBoxLayout:
        self._title = text_label(self.tr("Models"), "title")
        segments = [
            Segment("models", self.tr("Models")),
            Segment("compare", self.tr("Compare")),
            Segment("architectures", self.tr("Architectures")),
        ]
        self._choice = Segmented(
            "models_pages", self.tr("Page"), segments, width=_SEGMENT_WIDTH, takes_focus=True
        )
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._choice)
        return head

    def _build_foot(self) -> QWidget:
        self._close = named(QPushButton(self.tr("Close")), "models_close", self.tr("Close"))
        self._close.setAutoDefault(False)
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.models.import_button)
        row.addStretch(1)
        row.addWidget(self._close)
        return self._foot

    @property
    def page(self) -> str:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        return next(name for name, page in self._pages.items() if page is shown)

    def show_page(self, name: str) -> None:
        """Show a page."""
        titles = {"import": self.tr("Import a model"), "values": self.tr("Change values")}
        self._title.setText(titles.get(name, self.tr("Models")))
        self._choice.set_value(name)
        self._choice.setVisible(name not in titles)
        self._foot.setVisible(name not in titles)  # a form has buttons of its own
        self.models.import_button.setVisible(name == "models")
        if self._stack.currentWidget() is not self._pages[name]:
            self._stack.setCurrentWidget(self._pages[name])
            self.bar.dismiss()
        if name == "architectures":
            self.architectures.begin()
        self.page_changed.emit(name)

    def show_architecture(self, name: str) -> None:
        """Show how an architecture works."""
        self.architectures.choose(name)
        self.show_page("architectures")

    def set_can_compare(self, can_compare: bool) -> None:
        """Offer the comparison where there are an image and two models."""
        self._choice.button("compare").setVisible(can_compare)

    def _on_current(self, _name: str) -> None:
        if self.bar.is_asking:
            self.bar.dismiss()  # the question was about another model

    def _leave_form(self) -> None:
        self.show_page("models")

    def reject(self) -> None:
        """Leave what has begun: a question, a title, a form; else close."""
        if self.bar.is_asking:
            self.bar.dismiss()
        elif self.page in ("import", "values"):
            self._leave_form()
        elif self.models.card.is_renaming:
            self.models.card.stop_renaming()
        else:
            super().reject()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.page == "models" and len(_local_paths(event)) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.import_requested.emit(_local_paths(event)[0])


def _local_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]

"""Export: what, in which form, where to, and afterwards the report in the same window."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import icons, theme
from segstudio.ui.controls import icon_button, named, text_label
from segstudio.ui.export_form import ExportForm
from segstudio.ui.export_values import ExportOffer, ExportWish

DIALOG_SIZE = (760, 560)


class ExportDialog(QDialog):
    """Asks and shows; the session does the writing."""

    export_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self, offer: ExportOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "export_dialog", self.tr("Export"))
        self.setWindowTitle(self.tr("Export"))
        self.resize(*DIALOG_SIZE)
        self._is_running = False
        self._folder = offer.folder
        self._form = ExportForm(offer)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._form)
        self._pages.addWidget(self._build_report())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Export"), "title"))
        column.addWidget(self._pages, 1)
        column.addLayout(self._build_foot())
        self._connect()
        self._show_foot()

    def _build_report(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        self._report_title = text_label("", "dialog")
        self._report_title.setObjectName("report_title")
        self._report_mark = icon_button("state-done", "report_mark", self.tr("Result"), "")
        self._report_mark.setIcon(icons.icon("state-done", "success"))
        self._report_mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._report = text_label("", "")
        self._report.setObjectName("report")
        self._report.setWordWrap(True)
        self._open = named(
            QPushButton(self.tr("Open folder")), "export_open", self.tr("Open folder")
        )
        head = QHBoxLayout()
        head.addWidget(self._report_mark)
        head.addWidget(self._report_title, 1)
        rows.addLayout(head)
        rows.addWidget(self._report)
        buttons = QHBoxLayout()
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        rows.addStretch(1)
        return page

    def _build_foot(self) -> QVBoxLayout:
        self._progress = named(QProgressBar(), "export_progress", self.tr("Progress"))
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._line = text_label("", "secondary")
        self._line.setObjectName("export_foot")
        self._line.setWordWrap(True)
        self._export = named(QPushButton(self.tr("Export")), "export_start", self.tr("Export"))
        self._export.setDefault(True)
        self._cancel = named(QPushButton(self.tr("Cancel")), "export_cancel", self.tr("Cancel"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._line, 1)
        row.addWidget(self._export)
        row.addWidget(self._cancel)
        foot = QVBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._progress)
        foot.addLayout(row)
        return foot

    def _connect(self) -> None:
        self._form.changed.connect(self._show_foot)
        self._export.clicked.connect(self._on_export_clicked)
        self._cancel.clicked.connect(self.reject)
        self._open.clicked.connect(self._open_folder)

    # What it shows

    def wish(self) -> ExportWish:
        """Return what is chosen at the moment."""
        return self._form.wish()

    def set_progress(self, done: int, total: int) -> None:
        """Show how many images are written and read back."""
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(done)
        text = self.tr("{done} of {total} written and read back")
        self._say(text.format(done=done, total=total))

    def set_report(self, lines: Sequence[str], folder: Path) -> None:
        """Show the report; its first line is the result."""
        self._set_running(False)
        self._folder = folder
        self._report_title.setText(lines[0] if lines else "")
        self._report.setText("\n".join([*lines[1:], str(folder)]))
        self._pages.setCurrentIndex(1)
        self._say("")
        self._export.hide()
        self._cancel.setText(self.tr("Close"))
        self._cancel.setAccessibleName(self.tr("Close"))
        self._cancel.setDefault(True)

    def set_error(self, text: str) -> None:
        """Show what went wrong; everything can be chosen anew."""
        self._set_running(False)
        self._say(text, "danger")

    def _show_foot(self) -> None:
        self._say(self._form.summary())
        self._export.setEnabled(self._form.can_export())

    def _say(self, text: str, role: str = "secondary") -> None:
        self._line.setText(text)
        theme.restyle(self._line, "role", role)

    def _set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        self._progress.setVisible(is_running)
        self._form.setEnabled(not is_running)
        self._export.setEnabled(not is_running)

    # What is wished for

    def _on_export_clicked(self) -> None:
        wish = self.wish()
        self._folder = wish.folder
        self._set_running(True)
        self.export_requested.emit(wish)

    def reject(self) -> None:
        """Cancel the export while it runs, otherwise close."""
        if self._is_running:
            self._set_running(False)
            self._show_foot()
            self.cancel_requested.emit()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_running:
            self.cancel_requested.emit()
        super().closeEvent(event)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

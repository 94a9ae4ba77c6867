"""The line at the foot of the window."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import ElidedLabel, icon_button, link_button, named, text_label
from segstudio.ui.job_chip import JobChip

BAR_HEIGHT = 26
_PIXEL_WIDTH = 200
_ZOOMS = (25, 50, 100, 200, 400, 800, 1600)


class StatusBar(QFrame):
    """Hints, the running job, the pixel under the cursor, zoom, place in the list, saving."""

    cancel_requested = Signal()
    zoom_requested = Signal(float)
    fit_requested = Signal()
    go_to_requested = Signal()
    save_help_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "status_bar", self.tr("Status"))
        self.setFixedHeight(BAR_HEIGHT)
        self._hints = ElidedLabel()
        self._hints.setObjectName("hints")
        self._build_job()
        self.batch = JobChip(
            "batch",
            self.tr("Segment all"),
            list_line=self.tr("Click for the list."),
            cancel_line=self.tr("What is finished stays."),
        )
        self.fetch = JobChip(
            "fetch",
            self.tr("Fetching"),
            list_line=self.tr("Click for the models."),
            cancel_line=self.tr("What has arrived is kept, and the next fetch goes on there."),
        )
        self.fetch.set_can_pause(False)
        self.teach = JobChip(
            "teach",
            self.tr("Teach"),
            list_line=self.tr("Click to see how it goes."),
            cancel_line=self.tr("Nothing is kept; the model in use stays."),
        )
        self.teach.set_can_pause(False)
        self._pixel = text_label("", "secondary")
        self._pixel.setObjectName("pixel")
        self._pixel.setFixedWidth(_PIXEL_WIDTH)
        self._pixel.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom = self._quiet("zoom", self.tr("Zoom"), self.tr("Zoom\nClick for a list."))
        self._zoom.setFixedWidth(56)
        self._place = self._quiet("place", self.tr("Image"), self.tr("Image\nPlace in the list."))
        self._save = self._quiet("save_state", self.tr("Saving"), "")
        self._device = text_label("", "secondary")
        self._device.setObjectName("device_state")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 12, 0)
        row.setSpacing(12)
        row.addWidget(self._hints, 1)
        for chip in (self.fetch, self.teach, self.batch):
            row.addWidget(chip)
        parts = (self._job, self._pixel, self._zoom, self._place, self._save, self._device)
        for part in parts:
            row.addWidget(part)
        self._connect()

    def _build_job(self) -> None:
        self._job = QWidget()
        row = QHBoxLayout(self._job)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._job_text = text_label("", "secondary")
        self._job_text.setObjectName("job_text")
        self._cancel = icon_button(
            "close",
            "job_cancel",
            self.tr("Cancel the job"),
            self.tr("Cancel\nStop what is running."),
            side=20,
            size=12,
        )
        row.addWidget(self._job_text)
        row.addWidget(self._cancel)
        self._job.hide()

    def _quiet(self, object_name: str, title: str, tip: str) -> QPushButton:
        button = link_button("", object_name, title)
        button.setProperty("quiet", True)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.hide()
        return button

    def _connect(self) -> None:
        self._cancel.clicked.connect(self.cancel_requested)
        self._zoom.clicked.connect(self._open_zooms)
        self._place.clicked.connect(self.go_to_requested)
        self._save.clicked.connect(self.save_help_requested)

    def set_hints(self, text: str) -> None:
        self._hints.set_text(text)

    def set_job(self, text: str) -> None:
        """Show what is running; an empty text hides the chip."""
        self._job_text.setText(text)
        self._job.setVisible(bool(text))

    def batch_anchor(self) -> QWidget:
        """Return what the list of the background job hangs on."""
        return self.batch if self.batch.isVisible() else self

    def set_pixel(self, text: str) -> None:
        """Show what is under the cursor, such as ``640, 412 · person · 93 %``."""
        shown = self._pixel.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideMiddle, _PIXEL_WIDTH
        )
        self._pixel.setText(shown)

    def set_zoom(self, factor: float | None) -> None:
        """Show the zoom, 1.0 is 100 %; None hides it."""
        self._zoom.setVisible(factor is not None)
        if factor is not None:
            percent = 100 * factor
            self._zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def set_place(self, position: int, total: int) -> None:
        """Show the place in the list of images, from 1; nothing for a single image.

        0 stands for an image that the list leaves out.
        """
        self._place.setVisible((position, total) != (1, 1))
        self._place.setText(f"{position or '–'} / {total}")

    def set_save_state(self, state: str, problem: str = "") -> None:
        """Show `saved`, `saving`, `unsaved` with its problem, or nothing for an empty state."""
        texts = {
            "saved": self.tr("Saved"),
            "saving": self.tr("Saving…"),
            "unsaved": self.tr("Not saved: {problem}").format(problem=problem),
        }
        self._save.setVisible(state in texts)
        self._save.setText(texts.get(state, ""))
        self._save.setToolTip(self.tr("What to do") if state == "unsaved" else "")
        theme.restyle(self._save, "tone", "danger" if state == "unsaved" else "")

    def set_device(self, text: str, details: str = "") -> None:
        """Show CPU or GPU."""
        self._device.setText(text)
        self._device.setToolTip(details)

    def zoom_menu(self) -> QMenu:
        """Build the menu of zooms."""
        menu = QMenu(self)
        menu.setObjectName("zoom_menu")
        fit = menu.addAction(self.tr("Fit"))
        fit.triggered.connect(self.fit_requested)
        menu.addSeparator()
        for percent in _ZOOMS:
            action = menu.addAction(f"{percent} %")
            action.setData(percent)
            action.triggered.connect(self._on_zoom_chosen)
        return menu

    def _open_zooms(self) -> None:
        menu = self.zoom_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        top = self._zoom.mapToGlobal(QPoint(0, 0))
        menu.popup(top - QPoint(0, menu.sizeHint().height()))

    def _on_zoom_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.zoom_requested.emit(action.data() / 100)

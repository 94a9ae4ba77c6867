"""The chip of a long job in the status bar: how far it is, pause, cancel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.ui import icons
from segstudio.ui.controls import icon_button, link_button, named

BUTTON_SIDE = 20
ICON_SIZE = 12


class JobChip(QWidget):
    """Shows one line about a job; a click on it asks for the whole list."""

    list_requested = Signal()
    pause_requested = Signal(bool)
    cancel_requested = Signal()

    def __init__(self, name: str, title: str, *, list_line: str, cancel_line: str) -> None:
        super().__init__()
        named(self, f"{name}_chip", title)
        self._is_paused = False
        self._text = link_button("", f"{name}_text", title)
        self._text.setProperty("quiet", True)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._text.setToolTip(f"{title}\n{list_line}")
        self._pause = icon_button(
            "pause", f"{name}_pause", self.tr("Pause"), "", side=BUTTON_SIDE, size=ICON_SIZE
        )
        cancel = self.tr("Cancel %s") % title
        self._cancel = icon_button(
            "close",
            f"{name}_cancel",
            cancel,
            f"{cancel}\n{cancel_line}",
            side=BUTTON_SIDE,
            size=ICON_SIZE,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self._text, self._pause, self._cancel):
            row.addWidget(part)
        self._text.clicked.connect(self.list_requested)
        self._pause.clicked.connect(self._on_pause)
        self._cancel.clicked.connect(self.cancel_requested)
        self._show_pause()
        self.hide()

    def set_can_pause(self, can_pause: bool) -> None:
        """Show the pause button, or leave it out."""
        self._pause.setVisible(can_pause)

    def set_job(self, text: str, *, paused: bool = False) -> None:
        """Show how far the job is; an empty text hides the chip."""
        self._text.setText(text)
        if paused != self._is_paused:
            self._is_paused = paused
            self._show_pause()
        self.setVisible(bool(text))

    def _show_pause(self) -> None:
        name, tip = self.tr("Pause"), self.tr("Pause\nImages under way are finished.")
        if self._is_paused:
            name, tip = self.tr("Go on"), self.tr("Go on\nWith the images that are left.")
        self._pause.setIcon(icons.icon("play" if self._is_paused else "pause"))
        self._pause.setAccessibleName(name)
        self._pause.setToolTip(tip)

    def _on_pause(self) -> None:
        self.pause_requested.emit(not self._is_paused)

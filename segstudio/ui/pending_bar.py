"""The bar over the canvas that says what waits for Enter."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from segstudio.editing.tool import Pending
from segstudio.ui import theme
from segstudio.ui.controls import link_button, named, text_label
from segstudio.ui.notices import BANNER_HEIGHT


class PendingBar(QFrame):
    """What a tool has found or begun, what it becomes, and the two keys that end it."""

    apply_requested = Signal()
    discard_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pending_bar", self.tr("Waits for Enter"))
        self.setProperty("notice", True)
        self.setFixedHeight(BANNER_HEIGHT)
        self._text: QLabel = text_label("", "body")
        self._apply = link_button("", "pending_apply", self.tr("Apply"))
        self._discard = link_button(self.tr("Esc discard"), "pending_discard", self.tr("Discard"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(theme.GAP)
        for part in (self._text, self._apply, self._discard):
            row.addWidget(part)
        for button, wish in (
            (self._apply, self.apply_requested),
            (self._discard, self.discard_requested),
        ):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(wish)
        self.hide()

    def show_pending(self, pending: Pending | None, tool: str, class_name: str) -> None:
        """Say what is pending; None takes the bar away."""
        if pending is None:
            self.hide()
            return
        becomes = self.tr("unlabelled") if pending.erases else class_name
        self._text.setText(f"{tool} · {self._amount(pending)} → {becomes}")
        closes = pending.points > 0
        self._apply.setText(self.tr("Enter close") if closes else self.tr("Enter apply"))
        self._apply.setVisible(pending.can_apply)
        self.setAccessibleDescription(self._text.text())
        self.adjustSize()
        self.show()
        self.raise_()

    def text(self) -> str:
        return self._text.text()

    def _amount(self, pending: Pending) -> str:
        if pending.pixels is not None:
            return self.tr("{count} px").format(count=f"{pending.pixels:,}")
        if not pending.points:
            return self.tr("looking…")
        if pending.points == 1:
            return self.tr("1 point")
        return self.tr("%d points") % pending.points

"""The field "Paint over": which pixels a stroke may change."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import Combo, first_line_tip, named

SCOPES: tuple[tuple[str, str], ...] = (
    ("any", "Anything unlocked"),
    ("unlabelled", "Only unlabelled"),
    ("touched", "Only the class first touched"),
    ("model", "Only the model's labels"),
    ("unsure", "Only where unsure"),
)
DEFAULT_SCOPE = "any"
_TAKE_AFTER_MS = 1000
_FIELD_WIDTH = 150
_LIST_WIDTH = 200


class ScopeField(Combo):
    """K opens the list, K again moves down; Enter or one second takes the value."""

    scope_requested = Signal(str)
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "paint_over",
            self.tr("Paint over"),
            first_line_tip(
                self.tr("Paint over"), "K", self.tr("Which pixels a stroke may change.")
            ),
        )
        self.setMinimumWidth(_FIELD_WIDTH)
        self.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for key, text in SCOPES:
            self.addItem(self.tr(text), key)
        self._take_timer = QTimer(self)
        self._take_timer.setSingleShot(True)
        self._take_timer.setInterval(_TAKE_AFTER_MS)
        self._connect()

    def _connect(self) -> None:
        self._take_timer.timeout.connect(self._take_highlighted)
        self.activated.connect(self._on_activated)

    @property
    def scope(self) -> str:
        return str(self.currentData())

    def set_scope(self, scope: str) -> None:
        self.setCurrentIndex(max(0, self.findData(scope)))
        theme.restyle(self, "tone", "" if scope == DEFAULT_SCOPE else "warning")

    def step(self) -> None:
        """Do what K does: open the list, or move down in it."""
        if not self.view().isVisible():
            self.showPopup()
            return
        row = (self.view().currentIndex().row() + 1) % self.count()
        self.view().setCurrentIndex(self.model().index(row, 0))
        self._take_timer.start()

    def showPopup(self) -> None:
        self.view().setMinimumWidth(_LIST_WIDTH)
        self.view().installEventFilter(self)
        super().showPopup()

    def hidePopup(self) -> None:
        self._take_timer.stop()
        super().hidePopup()
        self.focus_returned.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_K:  # type: ignore[attr-defined]
            self.step()
            return True
        return super().eventFilter(watched, event)

    def _take_highlighted(self) -> None:
        row = self.view().currentIndex().row()
        self.hidePopup()
        self._on_activated(row)

    def _on_activated(self, row: int) -> None:
        wish = str(self.itemData(row))
        self.scope_requested.emit(wish)

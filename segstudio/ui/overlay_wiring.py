"""How labels are drawn: fill or outline, opacity, shown or not."""

from PySide6.QtCore import QObject, Signal

from segstudio.session.session import Session
from segstudio.ui import class_colours
from segstudio.ui.overlay_layer import OverlayState, OverlayStyle
from segstudio.ui.window import MainWindow


class OverlayWiring(QObject):
    """Settings and held keys to the overlay of the canvas."""

    changed = Signal()
    """Labels are shown now, or not any more."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._peeking = False
        self.is_on = True
        self._connect()
        self._on_setting("overlay.")

    def _connect(self) -> None:
        bar, keys = self._window.options_bar, self._window.held_keys
        bar.overlay_style_requested.connect(self._on_style)
        bar.opacity_requested.connect(self._on_opacity)
        keys.peeked.connect(self._on_peeked)
        keys.peek_tapped.connect(self.toggle)
        self._session.classes_changed.connect(self._show)
        self._session.settings.changed.connect(self._on_setting)

    def toggle(self) -> None:
        """Show labels, or the image alone."""
        self.is_on = not self.is_on
        self._show()
        self.changed.emit()

    def next_style(self) -> None:
        """Draw labels in the next of the three ways."""
        styles = list(OverlayStyle)
        now = OverlayStyle(self._session.settings.get("overlay.style"))
        self._on_style(styles[(styles.index(now) + 1) % len(styles)].value)

    def step_opacity(self, steps: int) -> None:
        """Make labels stronger or weaker by tenths."""
        percent = round(100 * self._session.settings.get("overlay.opacity")) + 10 * steps
        self._on_opacity(min(100, max(0, percent)))

    def _on_style(self, style: str) -> None:
        self._session.settings.set("overlay.style", style)

    def _on_opacity(self, percent: int) -> None:
        self._session.settings.set("overlay.opacity", percent / 100)

    def _on_peeked(self, peeking: bool) -> None:
        self._peeking = peeking
        self._show()

    def _on_setting(self, name: str) -> None:
        if name.startswith("overlay."):
            get = self._session.settings.get
            self._window.options_bar.set_opacity(round(100 * get("overlay.opacity")))
            self._window.options_bar.set_overlay_style(get("overlay.style"))
            self._show()

    def _show(self, _classes: object = None) -> None:
        get = self._session.settings.get
        class_colours.show(self._session.classes, safe=get("overlay.safe"))
        self._window.canvas.set_overlay(
            OverlayState(
                classes=self._session.classes,
                opacity=get("overlay.opacity"),
                style=OverlayStyle(get("overlay.style")),
                visible=self.is_on and not self._peeking,
                safe=get("overlay.safe"),
            )
        )
        self._window.actions_by_name["overlay"].setChecked(self.is_on)

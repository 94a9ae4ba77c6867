"""The window from its first paint until the rest of the program is there."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from segstudio import __version__, assets
from segstudio.session.settings import Settings
from segstudio.ui.start_page import samples_in
from segstudio.ui.window import MainWindow


class FirstMoments(QObject):
    """Shows what is known without a session, and keeps what the person wishes meanwhile."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._kept: list[Callable[[], object]] = []
        window.start_page.set_version(f"segstudio {__version__}")
        window.start_page.set_hints(set(settings.get("hints.done")))
        window.start_page.set_samples(samples_in(assets.path("samples")))
        if settings.get("recent"):
            window.start_page.expect_places()
        by_name = window.actions_by_name
        by_name["keep_zoom"].setChecked(settings.get("view.keep_zoom"))
        by_name[f"theme_{settings.get('theme')}"].setChecked(True)
        window.menus["File/Recent"].setEnabled(False)
        for action in by_name.values():
            action.triggered.connect(self._on_triggered)
        window.paths_dropped.connect(self._on_dropped)
        window.start_page.sample_requested.connect(self._on_sample)
        window.closed.connect(self._on_closed)

    def _on_triggered(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        if action.isCheckable() and action.actionGroup() is None:
            action.toggle()  # whether it is on or off is not known before it can be done
        self._kept.append(action.trigger)

    def _on_dropped(self, paths: object) -> None:
        self._kept.append(partial(self._window.paths_dropped.emit, paths))

    def _on_sample(self, path: object) -> None:
        self._kept.append(partial(self._window.start_page.sample_requested.emit, path))

    def _on_closed(self) -> None:
        self._settings.set("window", self._window.layout_state())
        self._settings.flush()

    def end(self) -> None:
        """Keep nothing any more: from now on everything is done at once."""
        window = self._window
        for action in window.actions_by_name.values():
            action.triggered.disconnect(self._on_triggered)
        window.paths_dropped.disconnect(self._on_dropped)
        window.start_page.sample_requested.disconnect(self._on_sample)
        window.closed.disconnect(self._on_closed)

    def fulfil(self) -> None:
        """Do what was wished, in order."""
        kept, self._kept = self._kept, []
        for wish in kept:
            wish()

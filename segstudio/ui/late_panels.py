"""Panels that nobody sees at first, built when the window has been painted."""

from PySide6.QtCore import QObject, QTimer

from segstudio.session.session import Session
from segstudio.ui.window import MainWindow


class LatePanels(QObject):
    """Builds History and Statistics and connects them."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        window.first_painted.connect(self._on_first_painted)

    def _on_first_painted(self) -> None:
        QTimer.singleShot(0, self._build)

    def _build(self) -> None:
        # Imported here: together with the building it is 40 ms that the first paint can do without.
        from segstudio.ui.history_panel import HistoryPanel
        from segstudio.ui.history_wiring import HistoryWiring
        from segstudio.ui.statistics_panel import StatisticsPanel
        from segstudio.ui.statistics_wiring import StatisticsWiring
        from segstudio.ui.who_wiring import WhoWiring

        window, session = self._window, self._session
        window.add_late_panels(HistoryPanel(window), StatisticsPanel(window))
        HistoryWiring(window, session)
        StatisticsWiring(window, session)
        WhoWiring(window, session)

"""What is fetched, shown in the status bar for as long as it takes."""

from PySide6.QtCore import QObject

from segstudio.session.session import Session
from segstudio.ui.window import MainWindow


class FetchWiring(QObject):
    """Shows how much of a model is here, whatever else the window does meanwhile."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._chip = window.status_bar.fetch
        self._shelf = session.models
        self._shelf.fetches_changed.connect(self._show)
        self._shelf.fetch_progressed.connect(self._show)
        self._chip.cancel_requested.connect(self._cancel)

    def _show(self, *_changed: object) -> None:
        shares = self._shelf.fetching
        if not shares:
            self._chip.set_line("")
            return
        percent = 100 * sum(shares.values()) / len(shares)
        if len(shares) > 1:
            text = self.tr("Fetching {count} models {percent:.0f} %")
            self._chip.set_line(text.format(count=len(shares), percent=percent))
            return
        name = next(iter(shares))
        model = self._shelf.find(name)
        text = self.tr("Fetching {title} {percent:.0f} %")
        title = model.title if model is not None else name
        self._chip.set_line(text.format(title=title, percent=percent))

    def _cancel(self) -> None:
        for name in self._shelf.fetching:
            self._shelf.cancel_fetch(name)

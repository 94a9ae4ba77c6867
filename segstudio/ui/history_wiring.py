"""The History panel: steps go down, jumps go up."""

from time import perf_counter

from PySide6.QtCore import QObject, QTimer

from segstudio.core.document import Document
from segstudio.core.history import History
from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

TURN_S = 0.012
"""How long a jump over many steps may keep the window from painting."""
TURN_PIXELS, TURN_STEPS = 500_000, 64
"""What is taken back or done again at once; looking at the clock between steps costs a repaint."""


class HistoryWiring(QObject):
    """Shows the steps of the open image while the panel is in sight, and goes where it says."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._session = session
        self._panel = window.history_panel
        self._is_stale = True
        self._goal: int | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._walk)
        self._panel.jump_requested.connect(self._on_jump)
        self._panel.came_into_sight.connect(self._on_sight)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._show)
        session.classes_changed.connect(self._name)
        session.versions.changed.connect(self._name)
        session.segmenting.models_changed.connect(self._name)
        self._name()

    def _on_document(self, _document: Document | None) -> None:
        self._goal = None
        self._show()

    def _name(self) -> None:
        self._panel.set_names(self._session.classes, self._session.versions.titles)

    def _on_sight(self) -> None:
        if self._is_stale:
            self._show()

    def _show(self) -> None:
        self._is_stale = not self._panel.isVisible()
        if self._is_stale:
            return
        document = self._session.document
        history = document.history if document is not None else History()
        self._panel.set_steps(history.steps, history.position)

    # Jumping ---------------------------------------------------------------------------------

    def _on_jump(self, position: int) -> None:
        self._goal = position
        self._walk()

    def _walk(self) -> None:
        """Go towards the goal for a moment, and on when the window has painted."""
        end = perf_counter() + TURN_S
        while self._goal is not None:
            document = self._session.document
            if document is None or document.history.position == self._goal:
                break
            here = document.history.position
            self._session.travel(_next_stop(document.history, self._goal))
            if document.history.position == here:
                break  # a stroke is in progress, or the step is not there any more
            if perf_counter() > end:
                self._turn.start()
                return
        self._goal = None
        self._show()


def _next_stop(history: History, goal: int) -> int:
    """Return a position on the way to the goal that is not too much work away."""
    here, pixels = history.position, 0
    sign = 1 if goal > here else -1
    while here != goal and abs(here - history.position) < TURN_STEPS and pixels < TURN_PIXELS:
        pixels += history.steps[here if sign > 0 else here - 1].pixels
        here += sign
    return here

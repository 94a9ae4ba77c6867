"""Tab on the canvas: to the next unsure place, framed for a moment."""

from PySide6.QtCore import QObject, Qt, QTimer

from segstudio.core.region import Region
from segstudio.session.session import Session
from segstudio.session.unsure_places import UnsurePlaces
from segstudio.ui.window import MainWindow

FRAMED_MS = 1200
_SHARE = 0.4
"""Of the canvas, that a place takes when the zoom is changed for it."""

_TOO_LARGE, _TOO_SMALL = 0.8, 0.2
_MOST_ZOOM = 8.0


class UnsureWiring(QObject):
    """Goes to unsure places; the keys are the canvas's alone, panels travel by them."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._canvas = window.canvas
        self._places = UnsurePlaces(session)
        self._timer = QTimer(self, singleShot=True, interval=FRAMED_MS)
        self._timer.timeout.connect(self._end_frame)
        self._places.reached.connect(self._go)
        for name, go in (
            ("next_unsure", self._places.next),
            ("previous_unsure", self._places.previous),
        ):
            action = window.actions_by_name[name]
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            window.canvas.addAction(action)
            action.triggered.connect(go)
        session.document_changed.connect(self._on_document)

    def _go(self, region: Region) -> None:
        self._canvas.look_at(region, self._zoom_for(region))
        self._canvas.set_framed(region)
        self._timer.start()

    def _zoom_for(self, region: Region) -> float:
        """Return the zoom as it is, if the place is well seen at it, else one that suits."""
        canvas = self._canvas
        ratio = canvas.devicePixelRatioF()
        room = canvas.width() * ratio / region.width, canvas.height() * ratio / region.height
        share = max(canvas.zoom / side for side in room)
        if _TOO_SMALL < share < _TOO_LARGE:
            return canvas.zoom
        return min(_MOST_ZOOM, _SHARE * min(room))

    def _on_document(self, _document: object) -> None:
        self._end_frame()

    def _end_frame(self) -> None:
        self._timer.stop()
        self._canvas.set_framed(None)

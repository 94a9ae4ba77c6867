"""“Who made this”: a click with the Hand, or the click asked for, is answered beside the cursor."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from segstudio.core.labels import Ink
from segstudio.session.authorship import Authorship, who_made
from segstudio.session.jobs import Job
from segstudio.session.session import Session
from segstudio.ui.history_text import who_text
from segstudio.ui.notices import Chip
from segstudio.ui.pixel_text import label_text, pixel_at
from segstudio.ui.window import MainWindow

STILL_PX = 6
"""A hand that rests moves by less than this."""
CHIP = "who"
_PRESS, _MOVE, _RELEASE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)
Pixel = tuple[int, int]


class WhoWiring(QObject):
    """Watches the canvas for such clicks, and looks for the answer in a job."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._canvas = window.canvas
        self._asks = False
        self._pressed_at: QPointF | None = None
        self._answered_at: QPointF | None = None
        self._job: Job | None = None
        self._watches = False
        window.history_panel.who_requested.connect(self.ask)
        window.frame.chips.chip_clicked.connect(self._on_chip)
        window.actions_by_name["cancel"].triggered.connect(self._on_cancel)
        session.document_changed.connect(self._on_document)
        session.editor.state_changed.connect(self._watch)
        self._watch()

    def ask(self) -> None:
        """Have the next click on the image answered instead of painting."""
        if self._session.document is None:
            self._session.tell(self.tr("Open images first; there is no pixel to ask about."))
            return
        self._set_asking(True)

    def _set_asking(self, asks: bool) -> None:
        self._asks = asks
        chip = Chip(CHIP, self.tr("Who made this: click a pixel"), self.tr("Click to leave it."))
        self._window.frame.chips.ask(chip if asks else None)
        self._watch()

    def _watch(self, _state: object = None) -> None:
        """Hear of the canvas's events only while they matter: brushes are not to be slowed."""
        is_hand = self._session.editor.state.tool == "hand"
        watches = self._asks or is_hand or self._answered_at is not None
        if watches == self._watches:
            return
        self._watches = watches
        if watches:
            self._canvas.installEventFilter(self)
        else:
            self._canvas.removeEventFilter(self)

    def _on_chip(self, key: str) -> None:
        if key == CHIP:
            self._set_asking(False)

    def _on_cancel(self) -> None:
        self._set_asking(False)
        self._forget_answer()

    def _on_document(self, _document: object) -> None:
        self._set_asking(False)
        self._forget_answer()

    # The canvas ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() in (_PRESS, _MOVE, _RELEASE):
            return self._on_mouse(event)
        if event.type() == QEvent.Type.Leave:
            self._forget_answer()
        return super().eventFilter(watched, event)

    def _on_mouse(self, event: QMouseEvent) -> bool:
        spot, is_left = event.position(), event.button() is Qt.MouseButton.LeftButton
        if event.type() == _MOVE:
            return self._on_moved(spot)
        if event.type() == _PRESS:
            self._forget_answer()
            self._pressed_at = spot if is_left and self._answers(event) else None
            return self._asks and is_left
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None or not is_left or not _is_near(pressed, spot):
            return False
        swallowed = self._asks
        self._set_asking(False)
        self.answer(spot)
        return swallowed

    def _answers(self, event: QMouseEvent) -> bool:
        picks = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        return self._asks or (self._session.editor.state.tool == "hand" and not picks)

    def _on_moved(self, spot: QPointF) -> bool:
        """Keep the answer while the hand rests; the canvas hears of the move otherwise."""
        if self._answered_at is None:
            return False
        if _is_near(self._answered_at, spot):
            return True
        self._forget_answer()
        return False

    def _forget_answer(self) -> None:
        if self._answered_at is not None:
            self._answered_at = None
            self._window.frame.tag.hide()
            self._watch()

    # The answer ------------------------------------------------------------------------------

    def answer(self, spot: QPointF) -> None:
        """Say who made the pixel at a place of the canvas."""
        document = self._session.document
        point = self._canvas.camera.to_image(spot)
        pixel = pixel_at(document, point) if document is not None else None
        if document is None or pixel is None:
            return
        x, y = pixel
        ink = Ink(int(document.ink[y, x]))
        applied = document.history.steps[: document.history.position]
        if self._job is not None:
            self._job.cancel()
        self._job = self._session.runner.new(
            "who", lambda _job: (spot, pixel, who_made(ink, applied, pixel))
        )
        self._job.succeeded.connect(self._on_found)
        self._job.failed.connect(self._session.tell_error)
        self._job.start()

    def _on_found(self, answer: tuple[QPointF, Pixel, Authorship]) -> None:
        document = self._session.document
        if self.sender() is not self._job or document is None:
            return
        self._job = None
        spot, pixel, found = answer
        self._answered_at = spot
        self._watch()
        label = label_text(document, self._session.classes, pixel)
        text = f"{label}\n{who_text(found, self._session.versions.titles)}"
        self._window.frame.tag.tell(spot.toPoint(), text, stays=True)


def _is_near(one: QPointF, other: QPointF) -> bool:
    return (one - other).manhattanLength() <= STILL_PX

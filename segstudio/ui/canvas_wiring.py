"""The canvas: which image it shows, what is under the cursor, and why nothing was painted."""

from pathlib import Path

from PySide6.QtCore import QObject

from segstudio.core.document import Document
from segstudio.editing.sight import Point
from segstudio.editing.tool import Modifiers
from segstudio.session.editor import PAINTING
from segstudio.session.session import Session
from segstudio.ui.pixel_text import card_text, label_text, pixel_at
from segstudio.ui.window import MainWindow


class CanvasWiring(QObject):
    """The open document to the canvas, with undo and redo beside it."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._editor = session.editor
        self._canvas = window.canvas
        self._shows_card = False
        self._shown: Path | None = None
        self._under: tuple[Point | None, Modifiers] = (None, Modifiers())
        """Where the mouse is, and the keys held there."""
        self._connect()

    def _connect(self) -> None:
        canvas, bar, session = self._canvas, self._window.options_bar, self._session
        canvas.hovered.connect(self._on_hovered)
        canvas.zoom_changed.connect(self._window.status_bar.set_zoom)
        self._window.held_keys.space_held.connect(canvas.set_space_held)
        self._editor.refused.connect(self._on_refused)
        self._editor.state_changed.connect(self._show_pixel)
        self._editor.pending_changed.connect(self._show_history)
        session.pixels_changed.connect(canvas.show_regions)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._show_history)
        session.labels_changed.connect(self._show_pixel)
        session.classes_changed.connect(self._show_pixel)
        bar.undo_requested.connect(session.undo)
        bar.redo_requested.connect(session.redo)

    def _on_document(self, document: Document | None) -> None:
        if document is not None:
            # The same image again, read anew after a class step: the eye stays where it is.
            again = document.path == self._shown
            keep = again or self._session.settings.get("view.keep_zoom")
            self._shown = document.path
            if not again:
                self._on_hovered(None, Modifiers())  # the mouse will say where it is on this one
            self._canvas.set_document(document, keep_view=keep)
        else:
            self._canvas.set_document(None)
        self._window.options_bar.set_can_segment(document is not None)
        self._show_history()

    def _show_history(self) -> None:
        document = self._session.document
        history = document.history if document is not None else None
        waits = self._editor.pending is not None
        undo = history is not None and (history.can_undo or waits)
        redo = history is not None and history.can_redo and not waits
        bar, actions = self._window.options_bar, self._window.actions_by_name
        bar.set_can_undo(undo)
        bar.set_can_redo(
            redo, self.tr("Not before what waits is applied or left.") if waits else ""
        )
        actions["undo"].setEnabled(undo)
        actions["redo"].setEnabled(redo)

    def _on_refused(self, why: str) -> None:
        self._shows_card = False
        place = self._canvas.mapFromGlobal(self._canvas.cursor().pos())
        self._window.frame.tag.tell(place, why)

    def _on_hovered(self, point: Point | None, modifiers: Modifiers) -> None:
        self._under = point, modifiers
        self._show_pixel()

    def _show_pixel(self) -> None:
        point, modifiers = self._under
        document = self._session.document
        pixel = pixel_at(document, point) if document is not None and point is not None else None
        if document is None or point is None or pixel is None:
            self._window.status_bar.set_pixel("")
            self._hide_card()
            return
        classes, tool = self._session.classes, self._editor.state.tool
        text = label_text(document, classes, pixel)
        self._window.status_bar.set_pixel(f"{pixel[0]}, {pixel[1]} · {text}")
        if tool in PAINTING and not self._editor.is_busy:
            self._canvas.set_forbidden(not self._editor.allows(point))
        if modifiers.pick or tool in ("hand", "eyedropper"):
            place = self._canvas.camera.to_widget(*point).toPoint()
            self._window.frame.tag.tell(place, card_text(document, classes, pixel), stays=True)
            self._shows_card = True
        else:
            self._hide_card()

    def _hide_card(self) -> None:
        if self._shows_card:
            self._shows_card = False
            self._window.frame.tag.hide()

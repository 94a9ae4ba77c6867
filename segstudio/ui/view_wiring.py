"""Ways of seeing: the image adjusted, the navigator, the labels before the last step."""

from PySide6.QtCore import QObject, QRectF

from segstudio.core.document import Document
from segstudio.core.patch import Planes
from segstudio.session.earlier_labels import EarlierLabels
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui.adjust_panel import AdjustPanel
from segstudio.ui.chip_wiring import ChipWiring
from segstudio.ui.corner import Corner
from segstudio.ui.image_adjustment import Adjustment, made_for
from segstudio.ui.layer_wiring import LayerWiring
from segstudio.ui.navigator import FROM_PIXELS, Navigator
from segstudio.ui.notices import Chip
from segstudio.ui.window import MainWindow


class ViewWiring(QObject):
    """Connects the views to canvas and session; none of them changes a document."""

    def __init__(self, window: MainWindow, session: Session, chips: ChipWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._chips = chips
        self._canvas = window.canvas
        self._adjustment = Adjustment()
        self._earlier = EarlierLabels(session)
        self._is_earlier_held = False
        corner = Corner(window.frame, window.frame.pending)
        self.navigator = Navigator(window.frame)
        corner.add(self.navigator)
        self.layers = LayerWiring(window, session, chips, corner)
        self.panel = AdjustPanel(window.frame)
        corner.add(self.panel)
        legend = self.layers.legend
        window.work.add_over_canvas(legend.focus_page, legend.take_focus)
        window.work.add_over_canvas(self.panel, self.panel.take_focus)
        self._connect()

    def _connect(self) -> None:
        window, canvas, session = self._window, self._canvas, self._session
        actions = window.actions_by_name
        actions["adjust_image"].triggered.connect(self._set_adjusting)
        actions["navigator"].triggered.connect(self._set_navigator)
        actions["navigator"].setChecked(session.settings.get("view.navigator"))
        actions["overlay_safe"].triggered.connect(self._set_safe)
        actions["overlay_safe"].setChecked(session.settings.get("overlay.safe"))
        self.panel.adjustment_requested.connect(self._adjust)
        self.panel.close_requested.connect(self._close_panel)
        self.navigator.place_requested.connect(canvas.centre_on)
        self._chips.add(self._adjusted_chip, self._reset_adjustment)
        self._chips.add(self._earlier_chip, self._end_earlier)
        window.held_keys.earlier_held.connect(self._on_earlier_held)
        self._earlier.ready.connect(self._on_earlier)
        canvas.pressed.connect(self._end_earlier)
        canvas.zoom_changed.connect(self._show_navigator)
        canvas.overlay_changed.connect(self.navigator.set_overlay)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._on_labels)
        self.navigator.set_overlay(canvas.overlay_state)

    def _on_document(self, document: Document | None) -> None:
        self.navigator.set_document(document)
        self._show_navigator()
        self._show_adjusted()
        self._end_earlier()

    def _on_labels(self) -> None:
        self.navigator.update()
        if self._is_earlier_held:
            self._ask_earlier()

    def _adjusted_chip(self) -> Chip | None:
        if self._adjustment.is_neutral:
            return None
        return Chip("adjusted", self.tr("Image adjusted"), self.tr("Click to show it as it is."))

    def _earlier_chip(self) -> Chip | None:
        if not self._is_earlier_held:
            return None
        return Chip("earlier", self.tr("Before the last step"), self.tr("While J is held."))

    def _reset_adjustment(self) -> None:
        self._adjust(Adjustment())

    # The image adjusted ----------------------------------------------------------------------

    def _set_adjusting(self, wanted: bool) -> None:
        shown = wanted and not self._window.shows_start
        self._window.actions_by_name["adjust_image"].setChecked(shown)
        self.panel.setVisible(shown)
        if shown:
            self.panel.raise_()
            self.panel.take_focus()
        elif not self._window.shows_start:
            self._canvas.setFocus()

    def _close_panel(self) -> None:
        self._set_adjusting(False)

    def _adjust(self, adjustment: Adjustment) -> None:
        self._adjustment = adjustment
        self.panel.set_adjustment(adjustment)
        self._show_adjusted()
        self._chips.show()

    def _show_adjusted(self) -> None:
        document = self._session.document
        if document is not None:
            self._canvas.set_adjust(made_for(self._adjustment, document))

    # The navigator, and the colours ----------------------------------------------------------

    def _set_navigator(self, wanted: bool) -> None:
        self._session.settings.set("view.navigator", wanted)
        self._show_navigator()

    def _show_navigator(self, _zoom: float = 0.0) -> None:
        document, camera = self._session.document, self._canvas.camera
        if document is None:
            self.navigator.hide()
            return
        left, top = camera.to_image(QRectF(self._canvas.rect()).topLeft())
        sight = QRectF(left, top, *(s / camera.scale for s in self._canvas.size().toTuple()))
        image = QRectF(0, 0, document.width, document.height)
        is_large = document.width * document.height > FROM_PIXELS
        wanted = self._session.settings.get("view.navigator")
        self.navigator.set_sight(sight.intersected(image))
        self.navigator.setVisible(wanted and is_large and not sight.contains(image))

    def _set_safe(self, safe: bool) -> None:
        self._session.settings.set("overlay.safe", safe)
        self._window.work.update()

    # The labels before the last step ---------------------------------------------------------

    def _on_earlier_held(self, held: bool) -> None:
        if not held:
            self._end_earlier()
        elif self._session.document is not None and not self._session.editor.is_busy:
            self._is_earlier_held = True
            self._ask_earlier()

    def _ask_earlier(self) -> None:
        if self._earlier.ask():
            return
        self._end_earlier()
        text = self.tr("There is no step to look behind.")
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_earlier(self, planes: Planes) -> None:
        if self._is_earlier_held:
            self._canvas.show_earlier(planes)
            self._chips.show()

    def _end_earlier(self, *_gesture: object) -> None:
        if self._is_earlier_held:
            self._is_earlier_held = False
            self._earlier.drop()
            self._canvas.show_earlier(None)
            self._chips.show()

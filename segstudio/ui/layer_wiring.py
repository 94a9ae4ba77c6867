"""Layers over the canvas: which one is shown, its legend, its chip, and what it needs to know."""

from functools import partial

from PySide6.QtCore import QObject

from segstudio.core.machine_labels import SaidMap
from segstudio.session.doubts import CONFIDENCE, Doubt, Doubts
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.said_labels import SaidLabels
from segstudio.session.session import Session
from segstudio.ui.chip_wiring import ChipWiring
from segstudio.ui.confidence_layer import ConfidenceLayer
from segstudio.ui.corner import Corner
from segstudio.ui.difference_layer import DifferenceLayer
from segstudio.ui.ink_layer import InkLayer
from segstudio.ui.layer_legend import LayerLegend
from segstudio.ui.layers import Layer, LayerKind, following
from segstudio.ui.notices import Chip
from segstudio.ui.overlay_layer import OverlayState
from segstudio.ui.window import MainWindow


class LayerWiring(QObject):
    """Shows one layer at a time: two at once would only hide each other."""

    def __init__(
        self, window: MainWindow, session: Session, chips: ChipWiring, corner: Corner
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._chips = chips
        self._canvas = window.canvas
        self._shown: LayerKind | None = None
        self._confidence, self._difference = ConfidenceLayer(), DifferenceLayer()
        self._layers: dict[LayerKind, Layer] = {
            LayerKind.CONFIDENCE: self._confidence,
            LayerKind.INK: InkLayer(),
            LayerKind.DIFFERENCE: self._difference,
        }
        self._said = SaidLabels(session)
        self._shows_errors = False
        self._measure = CONFIDENCE
        self._doubts = Doubts(session)
        self.legend = LayerLegend(window.frame)
        corner.add(self.legend)
        self._connect()

    def _connect(self) -> None:
        actions, canvas, session = self._window.actions_by_name, self._canvas, self._session
        for kind in LayerKind:
            actions[f"layer_{kind}"].triggered.connect(partial(self.toggle, kind))
        actions["next_layer"].triggered.connect(self.show_next)
        self.legend.hides_above_requested.connect(self._on_hides_above)
        self.legend.measure_requested.connect(self._on_measure)
        self._doubts.found.connect(self._on_doubt)
        self._doubts.failed.connect(self._on_no_doubt)
        self._chips.add(self._chip, self.hide)
        self._said.changed.connect(self._on_said)
        canvas.overlay_changed.connect(self._on_overlay)
        session.confidence_changed.connect(self._on_confidence)
        session.document_changed.connect(self._on_document)
        self._on_overlay(canvas.overlay_state)

    # Wishes ----------------------------------------------------------------------------------

    def toggle(self, kind: LayerKind, _checked: bool = False) -> None:
        """Show a layer in place of another, or none where it is shown."""
        self._show(None if kind is self._shown else kind)

    def show_next(self) -> None:
        """Show ink, difference, none, in turn."""
        self._show(following(self._shown))

    def hide(self) -> None:
        """Show no layer."""
        self._show(None)

    @property
    def shows_errors(self) -> bool:
        """Whether the difference shown is that to a model that was measured."""
        return self._shows_errors and self._shown is LayerKind.DIFFERENCE

    def show_errors(self, said: SaidMap | None) -> None:
        """Show where a model that was measured says otherwise; None where it was not asked.

        With another image that is None until it is said again.
        """
        if not self.shows_errors:
            self._show(LayerKind.DIFFERENCE, errors=True)
        self._difference.set_said(said)
        self._canvas.update()

    def _on_hides_above(self, percent: int) -> None:
        self._confidence.set_hides_above(percent)
        self._canvas.update()

    def _on_measure(self, measure: str) -> None:
        self._measure = measure
        self._ask()

    # What changed ----------------------------------------------------------------------------

    def _show(self, kind: LayerKind | None, *, errors: bool = False) -> None:
        if kind is LayerKind.CONFIDENCE and not self._has_confidence():
            text = self.tr("Segment first: there is no confidence for this image yet.")
            self._session.noticed.emit(Notice(text, NoticeKind.TOAST))
            kind = self._shown
        if self._window.shows_start:
            kind = None
        self._shown, self._shows_errors = kind, errors
        for other in LayerKind:
            self._window.actions_by_name[f"layer_{other}"].setChecked(other is kind)
        self._said.watch(kind is LayerKind.DIFFERENCE and not errors)
        self._ask()
        self._canvas.set_layer(self._layers[kind] if kind is not None else None)
        self.legend.show_layer(kind)
        self._chips.show()

    def _chip(self) -> Chip | None:
        words = {
            LayerKind.CONFIDENCE: self.tr("Confidence"),
            LayerKind.INK: self.tr("Ink"),
            LayerKind.DIFFERENCE: self.tr("Difference"),
        }
        if self._shown is None:
            return None
        text = self.tr("Errors of the model") if self.shows_errors else words[self._shown]
        return Chip("layer", text, self.tr("Click to hide this layer."))

    def _has_confidence(self) -> bool:
        document = self._session.document
        return document is not None and document.confidence is not None

    def _ask(self) -> None:
        """Show the confidence, and ask for another measure where one is chosen and looked at."""
        self._confidence.set_sureness(None)
        self._doubts.forget()
        if self._shown is LayerKind.CONFIDENCE:
            if self._measure != CONFIDENCE:
                self._doubts.ask(self._measure)
            self._canvas.update()

    def _on_doubt(self, doubt: Doubt) -> None:
        self._confidence.set_sureness(doubt.sureness)
        self._canvas.update()

    def _on_no_doubt(self, _sentence: str) -> None:
        text = self.tr("Only the likeliest is stored of this image. Segment it again for more.")
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))
        self._measure = CONFIDENCE
        self.legend.set_measure(CONFIDENCE)

    def _on_overlay(self, state: OverlayState) -> None:
        self._difference.set_colours(state.colours)
        self._canvas.update()

    def _on_said(self, said: SaidMap | None) -> None:
        if self.shows_errors:
            return  # somebody else says it
        self._difference.set_said(said)
        self._canvas.update()

    def _on_confidence(self) -> None:
        if self._shown is LayerKind.CONFIDENCE:  # of labels alone the canvas hears itself
            self._ask()

    def _on_document(self, document: object) -> None:
        if self.shows_errors:
            self._difference.set_said(None)
        # Between two images there is none; the layer stays for the next one that has it.
        self._ask()
        hides = self._shown is LayerKind.CONFIDENCE and not self._has_confidence()
        if document is not None and hides:
            self._show(None)

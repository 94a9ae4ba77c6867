"""Measuring models in the window: the dialog, and the errors over the images it leads to."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from segstudio.core import png
from segstudio.core.document import Document
from segstudio.core.machine_labels import SaidMap
from segstudio.core.model_info import ModelInfo
from segstudio.session.evaluating import Evaluated, Evaluating, Which, chosen
from segstudio.session.jobs import Job
from segstudio.session.session import Session
from segstudio.ui.batch_popover import BatchChoice
from segstudio.ui.layer_wiring import LayerWiring
from segstudio.ui.quit_question import RunningJob
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.evaluation_dialog import EvaluationDialog


class EvaluationWiring(QObject):
    """Keeps the last result while the window is open, so that a person can go back to it."""

    def __init__(self, window: MainWindow, session: Session, layers: LayerWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._layers = layers
        self._evaluating = Evaluating(session)
        self._dialog: EvaluationDialog | None = None
        self._last: Evaluated | None = None
        self._is_calibrated = False
        self._wanted = ""
        self._progress = 0, 0
        """How many images are measured, and of how many."""
        self._reading: Job | None = None
        window.actions_by_name["evaluate"].triggered.connect(self.open)
        evaluating = self._evaluating
        evaluating.progressed.connect(self._on_progressed)
        evaluating.running_changed.connect(self._on_running)
        evaluating.found.connect(self._on_found)
        evaluating.failed.connect(self._on_failed)
        evaluating.calibrated.connect(self._on_calibrated)
        session.images_changed.connect(self._forget)
        session.document_changed.connect(self._on_document)
        session.segmenting.models_changed.connect(self._show_models)
        session.models.values_changed.connect(self._on_values)

    def open(self) -> None:
        """Open the dialog, at the last result if there is one."""
        if self._dialog is None:
            self._dialog = self._build()
        self._show_choices()
        self._show_models()
        self._dialog.open()
        self._dialog.raise_()

    def _build(self) -> "EvaluationDialog":
        from segstudio.ui.evaluation_dialog import EvaluationDialog

        dialog = EvaluationDialog(self._window)
        dialog.evaluate_requested.connect(self._on_evaluate)
        dialog.cancel_requested.connect(self._evaluating.cancel)
        dialog.image_requested.connect(self._on_image)
        dialog.calibrate_requested.connect(self._on_calibrate)
        return dialog

    # What it shows ---------------------------------------------------------------------------

    def _show_choices(self) -> None:
        if self._dialog is None:
            return
        words = {Which.DONE: self.tr("All that are done"), Which.TEST: self.tr("Test part")}
        records = self._session.images.records
        counts = {which: len(chosen(records, which)) for which in Which}
        self._dialog.set_choices([BatchChoice(w, words[w], counts[w]) for w in Which])
        if not counts[Which.DONE]:
            self._dialog.bar.tell(
                self.tr("No image is done yet. A model is measured on those marked done (T).")
            )

    def _show_models(self) -> None:
        if self._dialog is not None:
            segmenting = self._session.segmenting
            used = segmenting.model(self._session.settings.get("model.name"))
            name = used.name if used is not None else ""
            # A model whose licence has to be shown first is offered once it was.
            offered = self._session.models.offered(name)
            titles = [model.title for model in offered]
            models = [
                (m.name, m.title if titles.count(m.title) == 1 else f"{m.title} ({m.name})")
                for m in offered
            ]
            self._dialog.set_models(models, name)

    def _show(self) -> None:
        from segstudio.ui import evaluation_text

        if self._dialog is not None and self._last is not None:
            classes = self._session.classes
            self._dialog.set_shown(
                evaluation_text.shown(self._last, classes, is_calibrated=self._is_calibrated)
            )

    def running_job(self) -> RunningJob | None:
        """Return the measuring that is on its way, for whoever would end it."""
        if not self._evaluating.is_running:
            return None
        over, total = self._progress
        text = self.tr("Evaluate is running.")
        if total:
            counted = self.tr("Evaluate is running: {over} of {total} images are measured.")
            text = counted.format(over=over, total=total)
        return RunningJob(text, self.tr("What was measured up to now is lost."))

    def _on_progressed(self, over: int, total: int) -> None:
        self._progress = over, total
        if self._dialog is not None:
            self._dialog.set_progress(over, total)

    def _on_running(self, running: bool) -> None:
        self._progress = 0, 0
        if self._dialog is not None:
            self._dialog.set_running(running)

    def _on_failed(self, sentence: str) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.bar.tell(sentence, tone="danger")
        else:
            self._session.tell_error(sentence)

    def _on_found(self, evaluated: Evaluated) -> None:
        self._last, self._is_calibrated = evaluated, False
        self._show()
        if self._dialog is not None and not self._dialog.isVisible():
            text = self.tr("%s is evaluated: see Dataset > Evaluate") % evaluated.model.title
            self._window.frame.toast.tell(text)

    # Wishes ----------------------------------------------------------------------------------

    def _on_evaluate(self, name: str, which: str) -> None:
        model = self._session.segmenting.model(name)
        if model is not None:
            self._evaluating.start(model, Which(which))

    def _on_calibrate(self) -> None:
        if self._last is not None:
            self._evaluating.calibrate(self._last)

    def _on_calibrated(self, _model: ModelInfo) -> None:
        self._is_calibrated = True
        self._show()

    def _on_image(self, name: str) -> None:
        images = self._session.images
        row = images.row_of(images.path_of(name))
        if row is None or self._dialog is None:
            return
        self._dialog.accept()
        self._wanted = name
        document = self._session.document
        if document is not None and document.path == images.path_of(name):
            self._show_errors(document)
        else:
            self._session.show_image(row)

    # Errors over images ----------------------------------------------------------------------

    def _on_document(self, document: Document | None) -> None:
        if document is None or not (self._wanted or self._layers.shows_errors):
            return
        self._show_errors(document)

    def _show_errors(self, document: Document) -> None:
        """Read what the model said of an image; it is shown when that is done."""
        self._wanted = ""
        name = self._session.images.name_of(document.path)
        said = self._last.said.get(name) if self._last is not None else None
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if said is None:
            self._layers.show_errors(None)
            return
        self._reading = self._session.runner.new(
            "errors", lambda _job: (document, png.decode(said, name).astype(np.int16))
        )
        self._reading.succeeded.connect(self._on_read)
        self._reading.failed.connect(self._session.tell_error)
        self._reading.start()

    def _on_read(self, read: tuple[Document, SaidMap]) -> None:
        document, said = read
        if self.sender() is self._reading and document is self._session.document:
            self._reading = None
            self._layers.show_errors(said)

    def _on_values(self, model: ModelInfo) -> None:
        # What was measured with others is no ground to calibrate it on.
        if self._last is not None and self._last.model.name == model.name:
            self._forget()

    def _forget(self) -> None:
        """Let go of a result about other images."""
        self._evaluating.cancel()
        self._last = None
        if self._dialog is not None:
            self._dialog.accept()
            self._dialog.deleteLater()
            self._dialog = None

"""The Model panel, the Segment button and the progress of a Segment."""

from PySide6.QtCore import QObject, QTimer

from segstudio.core.document import Document
from segstudio.core.merge import LEAVE_UNLABELLED
from segstudio.core.run_facts import RunFacts
from segstudio.engine.model_messages import ModelInfo
from segstudio.session.segment_preview import SegmentPreview
from segstudio.session.session import Session
from segstudio.ui.class_wiring import ClassWiring
from segstudio.ui.model_panel import ModelChoice, time_text
from segstudio.ui.window import MainWindow

_OF_MODEL = ("segment", "refine")
"""The steps that come of a Segment."""

REFINE_DELAY_MS = 120
"""How long a slider has to rest before the image is refined again."""


class ModelWiring(QObject):
    """Shows what the models can do and did, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session, classes: ClassWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._classes = classes
        self._panel = window.model_panel
        self._shows_result = False
        self._refine_timer = QTimer(self, singleShot=True, interval=REFINE_DELAY_MS)
        self._connect()
        get = session.settings.get
        self._panel.set_smoothness(round(100 * get("model.sharpness")))
        self._panel.set_detail(get("model.detail"))
        self._panel.set_devices(self._devices(), get("model.device"))
        self._show_run_options()

    def _connect(self) -> None:
        panel, session, window = self._panel, self._session, self._window
        panel.refinement_requested.connect(self._on_refinement)
        panel.smoothness_requested.connect(self._on_smoothness)
        panel.match_requested.connect(self.match)
        panel.device_requested.connect(self._on_device)
        panel.detail_requested.connect(self._on_detail)
        panel.run_option_requested.connect(self._on_run_option)
        self._refine_timer.timeout.connect(session.refine_again)
        session.match_changed.connect(self._show_match)
        session.confidence_changed.connect(self._show_result)
        session.labels_changed.connect(self._on_labels)
        session.document_changed.connect(self._on_document)
        segmenting = session.segmenting
        segmenting.models_changed.connect(self.show_models)
        segmenting.running_changed.connect(self._on_running)
        segmenting.progressed.connect(self._on_progressed)
        segmenting.previewed.connect(self._on_previewed)
        window.options_bar.segment_requested.connect(self.segment)
        window.options_bar.cancel_requested.connect(segmenting.stop)
        window.status_bar.cancel_requested.connect(segmenting.stop)

    def segment(self) -> None:
        """Segment the open image; what is chosen in the class card counts, used or not."""
        if self._classes.use_setup():
            self._session.segment()

    def match(self) -> None:
        """Ask what each class of the model becomes."""
        model = self._model()
        if model is None:
            return
        targets = self._session.book.match(model).targets
        asked = {
            entry.index: None if targets[entry.index] == LEAVE_UNLABELLED else targets[entry.index]
            for entry in model.classes
        }
        from segstudio.ui.match_dialog import MatchDialog

        answer = MatchDialog.ask(model.classes, self._session.classes, asked, self._window)
        if answer is None:
            return
        by_name = {
            entry.name: LEAVE_UNLABELLED if answer[entry.index] is None else answer[entry.index]
            for entry in model.classes
        }
        self._session.set_match(
            model.name,
            {name: int(target) for name, target in by_name.items() if target is not None},
        )

    def _model(self) -> ModelInfo | None:
        return self._session.segmenting.model(self._session.settings.get("model.name"))

    def _devices(self) -> list[tuple[str, str]]:
        return [
            ("auto", self.tr("Automatic")),
            ("cpu", self.tr("CPU")),
            ("cuda", self.tr("GPU (CUDA)")),
            ("mps", self.tr("GPU (Apple)")),
        ]

    # Wishes ----------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Segment with a model from now on."""
        self._session.settings.set("model.name", name)
        self.show_models()
        self._session.segmenting.warm(self._session.options())

    def _on_refinement(self, name: str) -> None:
        self._session.settings.set("model.refine", name)
        self._panel.set_refinement(name)
        self._refine_timer.start()

    def _on_smoothness(self, percent: int) -> None:
        self._session.settings.set("model.sharpness", percent / 100)
        self._refine_timer.start()

    def _on_device(self, device: str) -> None:
        self._session.settings.set("model.device", device)
        self._panel.set_devices(self._devices(), device)

    def _on_detail(self, detail: str) -> None:
        self._session.settings.set("model.detail", detail)
        self._panel.set_detail(detail)

    def _on_run_option(self, name: str, value: object) -> None:
        self._session.settings.set(f"model.{name}", value)
        self._show_run_options()

    # What changed ----------------------------------------------------------------------------

    def show_models(self) -> None:
        """Show which models there are, and the one in use."""
        segmenting = self._session.segmenting
        self._panel.set_models(
            [
                ModelChoice(
                    name=model.name,
                    title=model.title,
                    classes=len(model.classes),
                    detail=self._detail(model),
                )
                for model in segmenting.models
            ]
        )
        model = self._model()
        if model is not None:
            self._panel.set_model(model.name)
            self._panel.set_refinement(self._session.options().refine)
        self._show_device()
        self._show_match()
        self._show_result()

    def _show_run_options(self) -> None:
        get = self._session.settings.get
        self._panel.set_run_options(
            precision=get("model.precision"), augment=get("model.augment"), tile=get("model.tile")
        )

    def _detail(self, model: ModelInfo) -> str:
        parts = [self.tr("Taught here")] if model.kind == "taught" else []
        ms = self._session.settings.get("models.ms").get(model.name)
        if isinstance(ms, int | float):
            parts.append(self.tr("%s here") % time_text(ms / 1000))
        if model.miou is not None:
            parts.append(self.tr("IoU %.2f on held-out images") % model.miou)
        return " · ".join(parts)

    def _show_device(self) -> None:
        device = self._session.segmenting.device
        if device:
            text = self.tr("CPU") if device == "cpu" else self.tr("GPU")
            self._window.status_bar.set_device(text, self.tr("The model runs on %s.") % device)

    def _show_match(self) -> None:
        model = self._model()
        if model is None:
            return
        own = self._session.classes
        if not len(own):
            self._panel.set_matching(len(model.classes), len(model.classes))
            return
        self._panel.set_matching(self._session.book.match(model).matched, len(model.classes))

    def _on_document(self, _document: Document | None) -> None:
        self._show_result()

    def _on_labels(self) -> None:
        if self._shows_result != self._has_result():
            self._show_result()

    def _has_result(self) -> bool:
        """Tell whether there is a Segment of the open image that was not taken back."""
        document = self._session.document
        if document is None or document.segment_info is None:
            return False
        history = document.history
        done = reversed(history.steps[: history.position])
        return not history.can_redo or any(step.origin.tool in _OF_MODEL for step in done)

    def _show_result(self) -> None:
        document = self._session.document
        info = document.segment_info if document is not None else None
        self._shows_result = self._has_result()
        if info is None or not self._shows_result:
            self._panel.set_result("")
            return
        parts = [
            time_text(info.ms / 1000),
            self.tr("%.0f %% sure") % (100 * info.sure),
        ]
        used, chosen = self._session.segmenting.model(info.model), self._model()
        if used is not None and chosen is not None and used.name != chosen.name:
            parts.append(self.tr("by %s") % used.title)
        if info.facts.is_tiled:
            parts.append(self._tiles_text(info.facts))
        if info.kept_pixels:
            parts.append(self.tr("kept {:,} px of yours").format(info.kept_pixels))
        if self._session.options().refine == "crf" and info.refined_by != "crf":
            parts.append(self.tr("edge filter, not CRF"))
        self._panel.set_result(" · ".join(parts))
        times = self._session.segmenting.refine_ms
        self._panel.set_refine_times({name: ms / 1000 for name, ms in times.items()})
        self._show_device()

    def _tiles_text(self, facts: RunFacts) -> str:
        if facts.is_stopped:
            text = self.tr("{finished} of {tiles} tiles")
            return text.format(finished=facts.finished, tiles=facts.tiles)
        return self.tr("in {tiles} tiles of {side}").format(tiles=facts.tiles, side=facts.side)

    def _on_running(self, running: bool) -> None:
        self._window.options_bar.set_segmenting(running)
        self._window.frame.progress.set_fraction(0.0 if running else None)
        self._window.actions_by_name["segment"].setEnabled(not running)
        self._show_job(0.0)

    def _on_previewed(self, preview: SegmentPreview | None) -> None:
        self._window.canvas.set_coming(preview.labels if preview is not None else None)
        self._window.options_bar.set_keeps_part(preview is not None)

    def _on_progressed(self, done: float, _stage: str) -> None:
        self._window.frame.progress.set_fraction(done)
        self._show_job(done)

    def _show_job(self, done: float) -> None:
        # A refinement is over too soon to be read.
        runs = self._session.segmenting.running_kind == "segment"
        # The first one waits for the model to be read, which takes seconds.
        text = self.tr("Segment %d %%") % (100 * done) if done else self.tr("Segment starts…")
        self._window.status_bar.set_job(text if runs else "")

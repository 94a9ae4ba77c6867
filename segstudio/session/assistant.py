"""The machine's hand: Segment and refinement of the open document, and when they are applied."""

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.merge import EVERYWHERE, Reach
from segstudio.core.run_facts import RunFacts
from segstudio.engine.options import Options
from segstudio.session.class_book import ClassBook
from segstudio.session.editor import Editor
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.segment_result import Result, is_protected, would_change
from segstudio.session.segmenting import Segmenting
from segstudio.session.settings import Settings


class Assistant(QObject):
    """Asks for results and makes steps of them; a stroke in progress is waited for."""

    stepped = Signal(object)
    """The tuple of `Region` that a result changed."""
    applied = Signal(object)
    """A `Result` that was applied, whatever it changed."""
    confidence_changed = Signal()
    noticed = Signal(object)

    def __init__(
        self,
        segmenting: Segmenting,
        editor: Editor,
        book: ClassBook,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._segmenting = segmenting
        self._editor = editor
        self._book = book
        self._settings = settings
        self._document: Document | None = None
        self._waiting: Result | None = None
        self._reach = EVERYWHERE
        self._wants_models = False
        segmenting.finished.connect(self._on_finished)
        segmenting.models_changed.connect(self._on_models)
        segmenting.failed.connect(self._on_failed)
        editor.gesture_ended.connect(self._on_gesture_ended)

    def open(self, document: Document | None) -> None:
        """Turn to another document; what is on its way for the last one is dropped, and said so."""
        left = self._document
        if left is not None and self._segmenting.running_kind == "segment":
            text = self.tr(
                "Segment of %s was stopped, as you left it. Segment all runs in the background."
            )
            self.noticed.emit(Notice(text % left.path.name, NoticeKind.TOAST))
        self._segmenting.cancel()
        self._waiting = None
        self._wants_models = False
        self._document = document

    def options(self) -> Options:
        """Return how Segment would run now."""
        get = self._settings.get
        model = self._segmenting.model(get("model.name"))
        refine = get("model.refine") or (model.refine if model else "guided")
        return Options(
            model=model.name if model else get("model.name"),
            refine=refine,
            sharpness=get("model.sharpness"),
            detail=get("model.detail"),
            device=get("model.device"),
            augment=get("model.augment"),
            precision=get("model.precision"),
            tile=get("model.tile"),
        )

    def segment(self, reach: Reach = EVERYWHERE) -> None:
        """Segment the open image, or a part of it, with the chosen model."""
        document = self._document
        if document is None:
            return
        self._reach = reach
        model = self._segmenting.model(self._settings.get("model.name"))
        if model is None:
            self._ask_for_models()
            return
        if not len(self._book.table):
            self._book.use(model.classes)
        match = self._book.match(model)
        if match.matched:
            self._segmenting.segment(document, self.options(), match, self._book.table, reach)
            return
        text = self.tr(
            "This model knows none of your classes. Match its classes to yours, or label by hand."
        )
        actions = (("match_classes", self.tr("Match…")),)
        self.noticed.emit(Notice(text, NoticeKind.BANNER, actions))

    def refine_again(self) -> None:
        """Refine the open image anew after the choice of refinement changed."""
        document = self._document
        if document is None or document.segment_info is None or is_protected(document):
            return
        if document.segment_info.facts.is_stopped:
            return  # what is kept of it is not the whole image
        model = self._segmenting.model(document.segment_info.model)
        # A Segment on its way looks at the choice once more when it is there.
        if model is None or self._segmenting.running_kind == "segment":
            return
        reach = document.segment_info.reach
        if reach.only_unlabelled:
            return  # nothing is unlabelled there any more that the first result would have filled
        match, table = self._book.match(model), self._book.table
        self._segmenting.refine(document, self.options(), match, table, reach)

    def _ask_for_models(self) -> None:
        self._wants_models = True
        text = self.tr("The model is still being loaded. Segment starts as soon as it is there.")
        self.noticed.emit(Notice(text, NoticeKind.TOAST))
        self._segmenting.start_engine()

    def _on_models(self) -> None:
        if not self._wants_models or self._segmenting.awaited:
            return
        self._wants_models = False
        if self._segmenting.models:
            self.segment(self._reach)
        else:
            text = self.tr("No model was found. Help > Check this computer says what is missing.")
            self.noticed.emit(Notice(text, NoticeKind.ERROR, (("check", self.tr("Check…")),)))

    def _on_failed(self, _sentence: str) -> None:
        self._wants_models = False

    def _on_gesture_ended(self) -> None:
        result, self._waiting = self._waiting, None
        if result is not None:
            self._on_finished(result)

    def _on_finished(self, result: Result) -> None:
        document = result.document
        if document is not self._document:
            return
        if not self._editor.takes_results:
            self._waiting = result
            return
        if is_protected(document):
            self._tell_protected(result)
            return
        if not result.is_ready():
            self._segmenting.merge_again(result)
            return
        # Before the step: what is stored of the image with it comes from here.
        document.confidence = result.confidence
        document.segment_info = result.info()
        regions = result.apply()
        self.confidence_changed.emit()
        self.stepped.emit(regions)
        self.applied.emit(result)
        self._tell_run(result.reply.facts)
        now, then = self.options(), result.options
        if (now.refine, now.sharpness) != (then.refine, then.sharpness):
            self.refine_again()

    def _tell_run(self, facts: RunFacts) -> None:
        """Say what did not go as it was asked for."""
        if facts.is_stopped:
            text = self.tr("Stopped: {finished} of {tiles} tiles kept. Ctrl+Z takes them back.")
            told = text.format(finished=facts.finished, tiles=facts.tiles)
            self.noticed.emit(Notice(told, NoticeKind.TOAST))
        elif facts.ran_out:
            self.noticed.emit(Notice(self._memory_sentence(facts), NoticeKind.TOAST))

    def _memory_sentence(self, facts: RunFacts) -> str:
        if facts.device == "cpu" and facts.ran_out != "cpu":
            return self.tr("The GPU ran out of memory; done on the CPU.")
        owner = self.tr("This computer") if facts.ran_out == "cpu" else self.tr("The GPU")
        if not facts.is_tiled:
            return self.tr("%s ran out of memory; done in half precision.") % owner
        text = self.tr("{owner} ran out of memory; done in tiles of {side}.")
        return text.format(owner=owner, side=facts.side)

    def _tell_protected(self, result: Result) -> None:
        percent = 100 * would_change(result)
        text = self.tr(
            "This image is done. Segment would change %.0f %% of it; nothing was changed."
        )
        actions = (("done", self.tr("Not done any more")),)
        self.noticed.emit(Notice(text % percent, NoticeKind.BANNER, actions))

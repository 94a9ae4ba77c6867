"""Has two models look at the open image, and shows what they make of it."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from segstudio.core import comparison
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.model_info import ModelInfo
from segstudio.session.comparing import Comparing, Look, Side
from segstudio.session.session import Session
from segstudio.ui.compare_page import ComparePage


class CompareWiring(QObject):
    """Looks only while the page is in sight: two models cost two runs."""

    use_requested = Signal(str)
    """Name of a model to segment with from now on."""

    def __init__(self, page: ComparePage, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._session = session
        self._comparing = Comparing(session.segmenting.client, session.runner, self)
        self._document: Document | None = None
        self._chosen: dict[Side, ModelInfo] = {}
        self._looks: dict[Side, Look] = {}
        self._looked_by: dict[Side, ModelInfo] = {}
        """With the values that they had then."""
        page.model_requested.connect(self._on_model_requested)
        page.use_requested.connect(self.use_requested)
        self._comparing.looked.connect(self._on_looked)
        self._comparing.progressed.connect(self._on_progressed)
        self._comparing.failed.connect(self._on_failed)

    def show(self, left: str = "", right: str = "") -> None:
        """Compare two models on the open image; those of last time, or the first two, if none."""
        document = self._session.document
        # A model whose licence has to be shown first is offered once it was.
        models = self._session.models.offered(self._session.options().model)
        if document is None or not models:
            self._page.set_line(self.tr("Open an image to compare models on it."))
            return
        if document is not self._document:
            self._document = document
            self._looks.clear()
            self._page.view.set_image(document.image)
        wanted = {Side.LEFT: left, Side.RIGHT: right}
        for place, side in enumerate(Side):
            known = {model.name: model for model in models}
            before = self._chosen.get(side)
            fallback = models[min(place, len(models) - 1)].name
            name = wanted[side] or (before.name if before else fallback)
            self._chosen[side] = known.get(name, known[fallback])
        self._page.set_models(
            [(model.name, model.title) for model in models],
            self._chosen[Side.LEFT].name,
            self._chosen[Side.RIGHT].name,
        )
        for side in Side:
            self._look(side)

    def leave(self) -> None:
        """Stop what is on its way; what was seen is kept for the next time."""
        self._comparing.cancel_all()

    def _look(self, side: Side) -> None:
        assert self._document is not None
        model = self._chosen[side]
        self._page.view.set_words(side, model.title)
        seen = self._looks.get(side)
        if seen is not None and self._looked_by[side] == model:
            return
        self._looks.pop(side, None)
        self._looked_by[side] = model
        self._page.set_facts(side, self.tr("Looking…"))
        self._show()
        options = self._session.options()
        # Each as it does best: an edge filter that helps one can spoil another.
        suited = replace(options, model=model.name, refine=model.refine)
        self._comparing.look(side, self._document, suited)

    def _on_model_requested(self, side: str, name: str) -> None:
        model = self._session.segmenting.model(name)
        if model is not None and self._document is not None:
            self._chosen[Side(side)] = model
            self._look(Side(side))

    def _on_looked(self, side: str, look: Look) -> None:
        self._looks[Side(side)] = look
        text = self.tr("%.1f s · %.0f %% sure") % (look.ms / 1000, 100 * look.sure)
        self._page.set_facts(Side(side), text)
        self._show()

    def _on_progressed(self, side: str, done: float) -> None:
        self._page.set_facts(Side(side), self.tr("Looking… %.0f %%") % (100 * done))

    def _on_failed(self, side: str, sentence: str) -> None:
        self._page.set_facts(Side(side), sentence, is_problem=True)
        self._show()

    def _show(self) -> None:
        tables = self._in_common_colours()
        for side in Side:
            look = self._looks.get(side)
            self._page.view.set_labels(side, look.label_map if look else None, tables[side])
            found = comparison.shares(look.label_map, tables[side]) if look else []
            self._page.set_classes(side, found)
        self._page.set_line(self._agreement(tables))

    def _in_common_colours(self) -> dict[Side, ClassTable]:
        """Return the classes of both in the person's own colours, where they know them."""
        own = self._session.classes
        sides = [self._chosen[side].classes for side in Side]
        return dict(zip(Side, comparison.in_common_colours([own, *sides])[1:], strict=True))

    def _agreement(self, tables: dict[Side, ClassTable]) -> str:
        if len(self._looks) < len(Side):
            return ""
        left, right = (self._looks[side] for side in Side)
        share = comparison.agreement(
            left.label_map, tables[Side.LEFT], right.label_map, tables[Side.RIGHT]
        )
        if share is None:
            return self.tr("The two have no class of the same name.")
        return self.tr("The same class in %.0f %% of the image") % (100 * share)

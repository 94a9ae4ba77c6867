"""What the window shows of models outside their dialog: the way in, a fetch, how fast they are."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segstudio.core.merge import EVERYWHERE
from segstudio.session.segment_result import Result
from segstudio.session.session import Session
from segstudio.ui.model_wiring import ModelWiring
from segstudio.ui.quit_question import RunningJob
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.models_flow import ModelsFlow


class ModelsWiring(QObject):
    """Lets a fetch go on without the dialog, and no licence go unseen."""

    def __init__(self, window: MainWindow, session: Session, model: ModelWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._model = model
        self._flow: ModelsFlow | None = None
        shelf, chip = session.models, window.status_bar.fetch
        window.model_panel.models_requested.connect(self.open)
        window.model_panel.model_requested.connect(self._on_model)
        chip.list_requested.connect(self._on_chip)
        chip.cancel_requested.connect(self._on_cancel)
        shelf.fetches_changed.connect(self._show_fetches)
        shelf.fetch_progressed.connect(self._on_progressed)
        shelf.failed.connect(self._on_failed)
        session.segmenting.finished.connect(self._on_segmented)

    def open(self) -> None:
        """Open the dialog."""
        self._opened().open()

    def show_architectures(self) -> None:
        """Show how each architecture works."""
        self._opened().open().show_page("architectures")

    def _opened(self) -> "ModelsFlow":
        from segstudio.ui.models_flow import ModelsFlow

        if self._flow is None:
            self._flow = ModelsFlow(self._window, self._session)
            self._flow.use_requested.connect(self._model.use)
        return self._flow

    def _on_model(self, name: str) -> None:
        model = self._session.models.find(name)
        if model is None or model.is_commercial:
            self._model.use(name)
        else:
            self._model.show_models()  # the one before stays until the question is answered
            self._opened().use(name)

    def _on_failed(self, sentence: str) -> None:
        if self._flow is None or not self._flow.tell_failure(sentence):
            self._session.tell_error(sentence)

    # Fetching --------------------------------------------------------------------------------

    def _show_fetches(self) -> None:
        text = ""
        if self._session.models.fetching:
            what, percent = self._fetched()
            text = self.tr("Fetching {what} {percent} %").format(what=what, percent=percent)
        self._window.status_bar.fetch.set_job(text)

    def _fetched(self) -> tuple[str, int]:
        """Return what is being fetched, and how much of it is here in percent."""
        shelf = self._session.models
        fetching = shelf.fetching
        titles = {model.name: model.title for model in shelf.models}
        name = next(iter(fetching))
        what = self.tr("%d models") % len(fetching)
        if len(fetching) == 1:
            what = titles.get(name, name)  # a repository has no title yet
        return what, round(100 * sum(fetching.values()) / len(fetching))

    def running_job(self) -> RunningJob | None:
        """Return the fetch that is on its way, for whoever would end it."""
        if not self._session.models.fetching:
            return None
        what, percent = self._fetched()
        text = self.tr("{what}: {percent} % of it is fetched.").format(what=what, percent=percent)
        after = self.tr("What has arrived is kept, and the next fetch goes on there.")
        return RunningJob(text, after)

    def _on_progressed(self, _name: str, _share: float) -> None:
        self._show_fetches()

    def _on_chip(self) -> None:
        self._opened().open(next(iter(self._session.models.fetching), ""))

    def _on_cancel(self) -> None:
        for name in self._session.models.fetching:
            self._session.models.cancel_fetch(name)

    # Speed -----------------------------------------------------------------------------------

    def _on_segmented(self, result: Result) -> None:
        if result.kind != "segment" or result.reach != EVERYWHERE:
            return
        settings, name = self._session.settings, result.options.model
        ms = round(sum(result.reply.stages.values()))
        settings.set("models.ms", settings.get("models.ms") | {name: ms})
        self._model.show_models()

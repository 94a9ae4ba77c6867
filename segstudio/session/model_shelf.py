"""The models of this computer and those to be fetched: what a person does with them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.model_proposal import ModelProposal
from segstudio.core.model_values import ModelValues
from segstudio.engine.messages import Reply, Request
from segstudio.engine.model_messages import (
    ArchitecturesReply,
    ArchitecturesRequest,
    ChangeModelRequest,
    DefaultModelRequest,
    ExportModelRequest,
    FetchModelRequest,
    FetchRepositoryRequest,
    ImportModelRequest,
    InspectModelRequest,
    ModelInfo,
    RemoveModelRequest,
    RenameModelRequest,
)
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.segmenting import Segmenting
from segstudio.session.settings import Settings


class ModelShelf(QObject):
    """Asks the engine to fetch, take in, change and write models; every wish is a job."""

    models_changed = Signal()
    """`models` is another tuple."""
    fetches_changed = Signal()
    """A fetch began or ended; `fetching` is another."""
    fetch_progressed = Signal(str, float)
    """Name of a model, and the share of it that is here, 0 to 1."""
    fetched = Signal(object)
    """`ModelInfo` of a model that was fetched."""
    inspected = Signal(object)
    """`ModelProposal` of what was found in a file, a folder or a repository."""
    imported = Signal(object)
    """`ModelInfo` of a model that was taken in."""
    values_changed = Signal(object)
    """`ModelInfo` of a model that expects other values now."""
    exported = Signal(str)
    """Path of what was written."""
    failed = Signal(str)
    architectures_told = Signal(object)
    """Tuple of `ArchitectureInfo`."""
    noticed = Signal(object)
    """A `Notice`."""

    def __init__(
        self,
        segmenting: Segmenting,
        runner: JobRunner,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._segmenting = segmenting
        self._settings = settings
        self._runner = runner
        self._fetches: dict[str, Job] = {}
        self._shares: dict[str, float] = {}
        segmenting.models_changed.connect(self.models_changed)

    @property
    def models(self) -> tuple[ModelInfo, ...]:
        """Every model that is known, the default one first; some are not on this computer."""
        return self._segmenting.known

    @property
    def fetching(self) -> dict[str, float]:
        """What is being fetched, models and repositories, and how much of it is here, 0 to 1."""
        return dict(self._shares)

    def find(self, name: str) -> ModelInfo | None:
        """Return a model by name."""
        return next((model for model in self.models if model.name == name), None)

    def may_use(self, model: ModelInfo) -> bool:
        """Tell whether a model can be used without showing its licence before.

        A licence that forbids commercial use is shown until the person said "anyway" once.
        """
        return model.is_commercial or model.name in self._settings.get("models.accepted")

    def offered(self, used: str) -> tuple[ModelInfo, ...]:
        """Return what can run with no licence to be shown before, and the one in use."""
        models = self._segmenting.models
        return tuple(model for model in models if self.may_use(model) or model.name == used)

    def accept(self, name: str) -> None:
        """Note that the licence of a model was shown, and that it is to be used all the same."""
        accepted = self._settings.get("models.accepted")
        if name not in accepted:
            self._settings.set("models.accepted", [*accepted, name])

    def refresh(self) -> None:
        """Look again what there is; another program may have changed it."""
        self._segmenting.ask_models()

    def ask_architectures(self) -> None:
        """Ask what can be chosen of each architecture; comes by `architectures_told`."""
        job = self._runner.new("architectures", partial(self._ask, ArchitecturesRequest()))
        job.succeeded.connect(self._on_architectures)
        job.start()

    def fetch(self, name: str) -> None:
        """Fetch a published model, going on where an earlier fetch stopped."""
        self._fetch(name, FetchModelRequest(name), self._on_fetched)

    def fetch_repository(self, repository: str) -> None:
        """Fetch a repository of Hugging Face; what is in it comes by `inspected`."""
        self._fetch(repository, FetchRepositoryRequest(repository), self._on_inspected)

    def _fetch(self, name: str, request: Request, then: Callable[..., None]) -> None:
        if name in self._fetches:
            return
        job = self._job("fetch model", request, then)
        job.progressed.connect(self._on_progressed)
        job.ended.connect(self._on_fetch_ended)
        self._fetches[name], self._shares[name] = job, 0.0
        job.start()
        self.fetches_changed.emit()

    def cancel_fetch(self, name: str) -> None:
        """Stop a fetch; what is here already is kept for the next one."""
        if name in self._fetches:
            self._fetches[name].cancel()

    def inspect(self, path: Path) -> None:
        """Look at a file or folder from elsewhere; the answer comes by `inspected`."""
        self._job("inspect model", InspectModelRequest(str(path)), self._on_inspected).start()

    def take_in(self, proposal: ModelProposal) -> None:
        """Take a model from elsewhere into the person's own folder."""
        self._job("import model", ImportModelRequest(proposal), self._on_imported).start()

    def rename(self, name: str, title: str) -> None:
        """Give one of the person's own models another title."""
        self._job("rename model", RenameModelRequest(name, title), self._on_changed).start()

    def set_values(self, name: str, values: ModelValues) -> None:
        """Let one of the person's own models expect other values."""
        self._job("change model", ChangeModelRequest(name, values), self._on_values).start()

    def remove(self, name: str) -> None:
        """Delete one of the person's own models; another one of its name is another model."""
        accepted = self._settings.get("models.accepted")
        self._settings.set("models.accepted", [other for other in accepted if other != name])
        self._job("remove model", RemoveModelRequest(name), self._on_changed).start()

    def set_default(self, name: str) -> None:
        """Use a model from now on, here and wherever none is chosen."""
        self._job("default model", DefaultModelRequest(name), self._on_default).start()

    def export(self, name: str, path: Path, form: str) -> None:
        """Write a model for other programs; see `ExportModelRequest` for the forms."""
        request = ExportModelRequest(name, str(path), form)
        self._job("export model", request, self._on_exported).start()

    def _job(self, kind: str, request: Request, then: Callable[..., None]) -> Job:
        job = self._runner.new(kind, partial(self._ask, request))
        job.succeeded.connect(then)
        job.failed.connect(self.failed)
        return job

    def _ask(self, request: Request, job: Job) -> Reply:
        return self._segmenting.client.request(request, report=job.report, cancelled=job.stop)

    def _name_of(self, job: QObject) -> str:
        return next((name for name, other in self._fetches.items() if other is job), "")

    def _on_progressed(self, done: float, _stage: str) -> None:
        name = self._name_of(self.sender())
        if name:
            self._shares[name] = done
            self.fetch_progressed.emit(name, done)

    def _on_fetched(self, model: ModelInfo) -> None:
        self.refresh()
        self.fetched.emit(model)
        text = self.tr("%s is on this computer now and can be chosen") % model.title
        self.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_fetch_ended(self, job: Job) -> None:
        name = self._name_of(job)
        if name:
            del self._fetches[name], self._shares[name]
            self.fetches_changed.emit()

    def _on_imported(self, model: ModelInfo) -> None:
        self.refresh()
        self.imported.emit(model)

    def _on_inspected(self, proposal: ModelProposal) -> None:
        self.inspected.emit(proposal)

    def _on_architectures(self, reply: ArchitecturesReply) -> None:
        self.architectures_told.emit(reply.architectures)

    def _on_exported(self, path: str) -> None:
        self.exported.emit(path)

    def _on_values(self, model: ModelInfo) -> None:
        self.refresh()
        self.values_changed.emit(model)

    def _on_default(self, _reply: object) -> None:
        self._settings.set("model.name", "")  # an earlier choice would stand before it
        self.refresh()

    def _on_changed(self, _reply: object) -> None:
        self.refresh()

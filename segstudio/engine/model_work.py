"""Requests about models: the list, fetching, taking in, changing, writing for others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from segstudio.core.model_proposal import ModelProposal
from segstudio.engine.bell import Bell
from segstudio.engine.evaluation_messages import CalibrateRequest
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
    ModelsReply,
    ModelsRequest,
    RemoveModelRequest,
    RenameModelRequest,
)
from segstudio.engine.replies import Steps
from segstudio.engine.side_work import Report, beside
from segstudio.models import cards, catalogue, store


class ModelWork:
    """Serves what the window asks about models; what takes long runs beside the hand's requests."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    def handlers(self) -> dict[type, Callable[[Any], Steps]]:
        """Return what serves each kind of request."""
        return {
            ModelsRequest: self._list,
            ArchitecturesRequest: self._list_architectures,
            FetchModelRequest: self._fetch,
            FetchRepositoryRequest: self._fetch_repository,
            InspectModelRequest: self._inspect,
            ImportModelRequest: self._import,
            RenameModelRequest: self._rename,
            ChangeModelRequest: self._change,
            RemoveModelRequest: self._remove,
            DefaultModelRequest: self._choose_default,
            ExportModelRequest: self._export,
            CalibrateRequest: self._calibrate,
        }

    def _list(self, request: ModelsRequest) -> Steps:
        models, told = cards.everything(request.taught)
        return ModelsReply(models, told)
        yield

    def _list_architectures(self, _request: ArchitecturesRequest) -> Steps:
        def work(_report: Report, _should_stop: Callable[[], bool]) -> ArchitecturesReply:
            from segstudio.models import architecture_cards

            return ArchitecturesReply(architecture_cards.everything())

        return (yield from beside(work, self._bell))

    def _fetch(self, request: FetchModelRequest) -> Steps:
        def work(report: Report, should_stop: Callable[[], bool]) -> ModelInfo:
            from segstudio.models import published_files

            published_files.fetch(request.name, _share_of(report), should_stop)
            return cards.of(request.name)

        return (yield from beside(work, self._bell))

    def _fetch_repository(self, request: FetchRepositoryRequest) -> Steps:
        def work(report: Report, should_stop: Callable[[], bool]) -> ModelProposal:
            from segstudio.models import hub_repositories

            return hub_repositories.fetch(request.repository, _share_of(report), should_stop)

        return (yield from beside(work, self._bell))

    def _inspect(self, request: InspectModelRequest) -> Steps:
        def work(_report: Report, _should_stop: Callable[[], bool]) -> Any:
            return store.inspect(Path(request.path))

        return (yield from beside(work, self._bell))

    def _import(self, request: ImportModelRequest) -> Steps:
        def work(_report: Report, should_stop: Callable[[], bool]) -> ModelInfo:
            from segstudio.models import hub_repositories

            entry = store.take_in(request.proposal, should_stop)
            hub_repositories.forget(Path(request.proposal.path))
            return cards.of(entry.name)

        return (yield from beside(work, self._bell))

    def _rename(self, request: RenameModelRequest) -> Steps:
        store.rename(request.name, request.title)
        return cards.of(request.name)
        yield

    def _change(self, request: ChangeModelRequest) -> Steps:
        store.set_values(request.name, request.values)
        return cards.of(request.name)
        yield

    def _remove(self, request: RemoveModelRequest) -> Steps:
        store.remove(request.name)
        return ""
        yield

    def _choose_default(self, request: DefaultModelRequest) -> Steps:
        store.set_default(request.name)
        return ""
        yield

    def _calibrate(self, request: CalibrateRequest) -> Steps:
        from segstudio.training import calibrate

        calibrate.write(catalogue.find(request.model), request.calibration)
        return cards.of(request.model)
        yield

    def _export(self, request: ExportModelRequest) -> Steps:
        def work(_report: Report, _should_stop: Callable[[], bool]) -> str:
            from segstudio.models import exporting

            return str(exporting.export(request.name, Path(request.path), request.form))

        return (yield from beside(work, self._bell))


def _share_of(report: Report) -> Callable[[int, int], None]:
    """Return what tells the bytes that are here as a share of all."""

    def tell(done: int, total: int) -> None:
        report(done / total if total else 0.0, "fetch")

    return tell

"""The models that were taught in a project, and which of them is in use."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segstudio.core import file_names, taught_files
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.core.model_info import ModelInfo
from segstudio.core.model_proposal import ModelProposal
from segstudio.core.model_version import ModelVersion
from segstudio.engine.model_messages import ImportModelRequest, InspectModelRequest
from segstudio.project.project import Project
from segstudio.session.jobs import Job
from segstudio.session.notice import Notice, NoticeKind

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

log = logging.getLogger(__name__)

CHOSEN = "model"
"""Setting of a project: name of the version that is in use; empty while another model is."""

NEWEST = 3
"""So many of the latest versions are among the models of a project, with the one in use."""

PATIENCE_S = 20.0
LONGEST_NAME = 80


class Versions(QObject):
    """Keeps every accepted model of a project; none is ever written over.

    The choice of a model is one for all projects, and that of a version one for its project: where
    there is no such version, the model that was chosen before is in use again.
    """

    changed = Signal()
    """`all` or `current` is another."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.all: tuple[ModelVersion, ...] = ()
        """The oldest first."""
        self._session = session
        self._file: Path | None = None
        self._is_opening = False
        self._used = session.settings.get("model.name")
        session.images_changed.connect(self._on_images)
        session.settings.changed.connect(self._on_setting)

    @property
    def current(self) -> ModelVersion | None:
        """The version that segments now; None while another model does."""
        return self.named(self._session.settings.get("model.name"))

    def named(self, name: str) -> ModelVersion | None:
        """Return a version by its name."""
        return next((version for version in self.all if version.name == name), None)

    def learned_from(self, name: str) -> frozenset[str]:
        """Return the images that a version and those that it came from have learned from."""
        found: set[str] = set()
        seen: set[str] = set()
        while (version := self.named(name)) is not None and name not in seen:
            seen.add(name)
            found.update(version.training)
            name = version.parent
        return frozenset(found)

    @property
    def titles(self) -> dict[str, str]:
        """The titles of all models that are known here, by name."""
        titles = {model.name: model.title for model in self._session.segmenting.models}
        return titles | {version.name: version.title for version in self.all}

    def use(self, number: int) -> None:
        """Segment with a version from now on."""
        project, version = self._session.project, self._numbered(number)
        if project is None or version is None or version is self.current:
            return

        def work(_job: Job) -> ModelVersion:
            _bring(project, version)
            return version

        self._start("use version", work, self.choose)

    def choose(self, version: ModelVersion) -> None:
        """Segment with a version from now on whose file is on this computer."""
        session = self._session
        if self.named(version.name) is None:
            return  # another project was opened meanwhile
        segmenting = session.segmenting
        segmenting.awaited = version.name
        segmenting.set_taught((*(n for n in segmenting.taught if n != version.name), version.name))
        session.settings.set("model.name", version.name)
        text = self.tr("%s segments from now on") % version.title
        session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def remove(self, number: int) -> None:
        """Delete a version that is not in use."""
        session, version = self._session, self._numbered(number)
        project = session.project
        if project is None or version is None or not session.permission.may_write():
            return
        if version is self.current:
            text = self.tr("%s is in use. Use another model first, then remove it.")
            session.tell_error(text % version.title)
            return

        def work(job: Job) -> ModelVersion:
            ticket = project.remove_version(number)
            if not project.is_stored(ticket, PATIENCE_S, job.stop):
                raise StorageError(f"{version.title} was not removed. {why_not(project)}")
            return version

        self._start("remove version", work, self._on_removed)

    def keep_in_my_models(self, number: int) -> None:
        """Copy a version to the person's own models, for other projects."""
        session, version = self._session, self._numbered(number)
        project, client = session.project, session.segmenting.client
        if project is None or version is None:
            return
        name = _free_name(version.title, (model.name for model in session.segmenting.known))

        def work(job: Job) -> ModelInfo:
            path = _bring(project, version)
            found = client.request(InspectModelRequest(str(path)), cancelled=job.stop)
            assert isinstance(found, ModelProposal)
            wanted = replace(found, name=name, title=version.title)
            kept = client.request(ImportModelRequest(wanted), cancelled=job.stop)
            assert isinstance(kept, ModelInfo)
            return kept

        self._start("keep version", work, self._on_kept)

    def reload(self) -> None:
        """Read from the project which versions there are."""
        project = self._session.project
        try:
            self.all = tuple(project.versions()) if project is not None else ()
        except StorageError as error:
            self._session.tell_error(str(error))
        self.changed.emit()

    # Opening a project -----------------------------------------------------------------------

    def _on_images(self) -> None:
        project = self._session.project
        file = project.file if project is not None else None
        if file is not None and file == self._file:
            self.reload()
            return
        self._file = file
        self._is_opening = True
        self.all = ()
        self.reload()
        chosen = project.value(CHOSEN, "") if project is not None else ""
        self._turn_to(self.named(chosen) if isinstance(chosen, str) else None)
        self._is_opening = False

    def _turn_to(self, version: ModelVersion | None) -> None:
        """Use the version that was chosen in this project, or what was chosen before any."""
        session, project = self._session, self._session.project
        settings, segmenting = session.settings, session.segmenting
        if version is not None:
            segmenting.awaited = version.name
            settings.set("model.name", version.name)
        else:
            segmenting.awaited = ""
            self._fall_back()
        if project is None or not self.all:
            segmenting.set_taught(())
            return
        wanted = [*([version] if version is not None else []), *reversed(self.all[-NEWEST:])]

        def work(job: Job) -> _Brought:
            return _brought(project, wanted, job)

        job = session.runner.new("bring versions", work)
        job.succeeded.connect(self._on_brought)
        job.failed.connect(session.tell_error)
        job.start()

    def _on_brought(self, brought: "_Brought") -> None:
        session, version = self._session, self.current
        file, names, why = brought
        if file != self._file:
            return  # another project was opened meanwhile
        if version is not None and version.name not in names:
            text = self.tr("{why} {model} cannot be used now; another model is.")
            session.tell_error(text.format(why=why, model=version.title))
            session.segmenting.awaited = ""
            self._is_opening = True  # the project keeps its choice, for when it can be used
            self._fall_back()
            self._is_opening = False
        session.segmenting.set_taught(names)

    def _fall_back(self) -> None:
        settings = self._session.settings
        if settings.get("model.taught"):
            settings.set("model.name", settings.get("model.before"))

    def _on_setting(self, name: str) -> None:
        """Note which model was chosen, here or for all projects."""
        if name != "model.name":
            return
        settings, project = self._session.settings, self._session.project
        before, self._used = self._used, settings.get("model.name")
        version = self.current
        if version is not None and not settings.get("model.taught"):
            settings.set("model.before", before)
        settings.set("model.taught", version is not None)
        chosen = version.name if version is not None else ""
        is_kept = not self._is_opening and not self._session.is_read_only
        if project is not None and self.all and is_kept:
            project.keep_value(CHOSEN, chosen)
        self.changed.emit()

    # What came of a wish ---------------------------------------------------------------------

    def _start(self, kind: str, work: object, then: object) -> None:
        job = self._session.runner.new(kind, work)  # type: ignore[arg-type]
        job.succeeded.connect(then)
        job.failed.connect(self._session.tell_error)
        job.start()

    def _numbered(self, number: int) -> ModelVersion | None:
        return next((version for version in self.all if version.number == number), None)

    def _on_removed(self, version: ModelVersion) -> None:
        self.reload()
        text = self.tr("%s was removed") % version.title
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_kept(self, model: ModelInfo) -> None:
        self._session.segmenting.ask_models()
        text = self.tr("%s is among your own models now, for every project") % model.title
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))


_Brought = tuple[Path, tuple[str, ...], str]
"""The file of a project, the names of its models that are here, and why another one is not."""


def why_not(project: Project) -> str:
    """Return why a project does not store now."""
    return project.state.problem or "The disk does not answer."


def _bring(project: Project, version: ModelVersion) -> Path:
    """Have the file of a version on this computer, for a job thread.

    Raises
    ------
    StorageError
        When the project cannot be read, or the file cannot be written.
    """
    content = project.version_content(version.number)
    try:
        return taught_files.keep(version.name, content)
    except StorageError as error:
        raise StorageError(
            f"{version.title} could not be brought from the project: {error}"
        ) from error


def _brought(project: Project, wanted: Iterable[ModelVersion], job: Job) -> _Brought:
    names: dict[str, None] = {}
    why = ""
    for version in wanted:
        job.check()
        if version.name in names:
            continue
        try:
            _bring(project, version)
        except SegstudioError as error:
            log.warning("%s", error)
            why = why or str(error)
        else:
            names[version.name] = None
    taught_files.prune(names)
    return project.file, tuple(names), why


def _free_name(title: str, taken: Iterable[str]) -> str:
    base, names, number = file_names.safe(title, LONGEST_NAME), {n.casefold() for n in taken}, 2
    name = base
    while name.casefold() in names:
        name, number = f"{base}-{number}", number + 1
    return name

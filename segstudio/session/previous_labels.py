"""Taking over the labels of the image before."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.labels import Ink
from segstudio.core.merge import carried_writing
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.project.project import Project
from segstudio.session.late_steps import LateStep, LateSteps, prepared
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session

TOOL = "take_labels"


@dataclass(frozen=True)
class _Source:
    """The image whose labels are taken: its document, if it is in memory, or its name."""

    path: Path
    name: str
    document: Document | None


class PreviousLabels(QObject):
    """Writes the labels of the previous image into what is unlabelled in this one, as one step.

    The pixels become a person's, whoever wrote them there; see `core.merge.carried_writing`.
    """

    def __init__(self, session: Session, late: LateSteps) -> None:
        super().__init__(session)
        self._session = session
        self._late = late
        late.applied.connect(self._on_applied)

    def take(self) -> None:
        """Take the labels of the image before the open one in the list."""
        session = self._session
        images, document, project = session.images, session.document, session.project
        if document is None:
            return
        if session.is_read_only:
            session.tell_error(session.editor.forbidden)
            return
        if session.editor.held:
            self._tell(session.editor.held)
            return
        row = images.order.neighbour(images.current, -1)
        if row is None:
            self._tell(self.tr("This is the first image: there is none before it."))
            return
        path = images.path_at(row)
        source = _Source(path, images.record_at(row).name, session.open_documents().get(path))
        job = session.runner.new("take labels", lambda _job: _step(document, source, project))
        job.succeeded.connect(self._on_made)
        job.failed.connect(self._tell)
        job.start()

    def _on_made(self, step: LateStep) -> None:
        if step.document is self._session.document:
            self._late.put(step)

    def _on_applied(self, step: LateStep, patch: Patch | None) -> None:
        if step.origin.tool != TOOL:
            return
        if patch is None:
            text = self.tr("Nothing taken: %s has no labels for what is unlabelled here.")
            self._tell(text % step.origin.detail)
            return
        text = self.tr("{count:,} px taken from {name}")
        told = text.format(count=patch.pixels, name=step.origin.detail)
        actions = (("undo", self.tr("Undo")),)
        self._session.noticed.emit(Notice(told, NoticeKind.TOAST, actions))

    def _tell(self, text: str) -> None:
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))


def _step(document: Document, source: _Source, project: Project | None) -> LateStep:
    """Make the step; for a job thread."""
    planes = _planes_of(source, project)
    if planes is None:
        raise SegstudioError(f"{source.path.name} has no labels.")
    if planes.labels.shape != document.label_map.shape:
        height, width = planes.labels.shape
        raise SegstudioError(
            f"{source.path.name} has {width} x {height} pixels and this image "
            f"{document.width} x {document.height}: labels are only taken from the same size."
        )
    origin = Origin(TOOL, Ink.PERSON, detail=source.path.name)
    return prepared(document, carried_writing(planes), origin)


def _planes_of(source: _Source, project: Project | None) -> Planes | None:
    if source.document is not None:
        return source.document.planes
    stored = project.load(source.name) if project is not None else None
    return stored.planes if stored is not None else None

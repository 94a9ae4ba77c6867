"""Segmenting one image that may be open or not, in a job thread."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document, SegmentInfo
from segstudio.core.errors import EngineError
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink, class_counts, ink_counts
from segstudio.core.merge import ClassMatch, finish, merge, model_writing
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.core.region import grid_shape
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import SegmentFileRequest, SegmentReply
from segstudio.engine.options import Options
from segstudio.project.project import Project
from segstudio.session.jobs import Job
from segstudio.session.late_steps import LateStep, prepared

ORIGIN = "segment"


@dataclass(frozen=True)
class Proposal:
    """What the model says of an image, and how it is to be put under what is there."""

    options: Options
    proposed: LabelMap
    confidence: Confidence
    reply: SegmentReply
    match: ClassMatch
    locked: NDArray[np.bool_]

    def late_step(self, document: Document) -> LateStep:
        """Return the edit of a document in memory."""
        writing = model_writing(self.proposed, self.match, self.locked)
        info = SegmentInfo(
            model=self.options.model,
            ms=sum(self.reply.stages.values()),
            sure=self.reply.sure,
            kept_pixels=int(np.count_nonzero(document.ink == Ink.PERSON)),
            refined_by=self.reply.refined_by,
            facts=self.reply.facts,
        )
        step = prepared(document, writing, self.origin())
        return replace(step, confidence=self.confidence, info=info)

    def look(self) -> tuple[str, LabelMap, ClassMatch]:
        """Return model, its map, and what its classes become, for `FirstLooks`."""
        return self.options.model, self.proposed, self.match

    def origin(self) -> Origin:
        """Return where its steps come from."""
        return Origin(ORIGIN, Ink.MODEL, detail=self.options.model)


@dataclass(frozen=True)
class StoredStep:
    """The step of an image that is not open: the patch, and what is known of it afterwards."""

    patch: Patch | None
    record: ImageRecord


def propose(
    client: EngineClient,
    path: Path,
    options: Options,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    job: Job,
) -> Proposal:
    """Have an image segmented; an engine that ends under it is tried once more."""
    request = SegmentFileRequest(
        path=str(path),
        options=options,
    )
    try:
        reply = client.request(request, cancelled=job.stop)
    except EngineError:
        # Perhaps for another image that was under way beside this one.
        reply = client.request(request, cancelled=job.stop)
    assert isinstance(reply, SegmentReply)
    try:
        proposed: LabelMap = reply.label_map.open()
        confidence: Confidence = reply.confidence.open()
    finally:
        reply.label_map.remove()
        reply.confidence.remove()
    return Proposal(options, proposed, confidence, reply, match, locked)


def stored_step(proposal: Proposal, project: Project, record: ImageRecord) -> StoredStep:
    """Merge a proposal with the labels that a project keeps of an image.

    Raises
    ------
    StorageError
        When those cannot be read.
    """
    height, width = proposal.proposed.shape
    stored = project.load(record.name, (height, width))
    planes = stored.planes if stored is not None else Planes.blank((height, width))
    versions = np.zeros(grid_shape(height, width), np.int64)
    writing = model_writing(proposal.proposed, proposal.match, proposal.locked)
    made = merge(planes, versions, writing)
    patch = finish(made, planes, versions, writing, proposal.origin())
    if patch is None:
        return StoredStep(None, record)
    patch.apply(planes)
    return StoredStep(patch, record_after(record, planes, proposal))


def record_after(record: ImageRecord, planes: Planes, proposal: Proposal) -> ImageRecord:
    """Return what is known of an image whose planes are now these."""
    height, width = planes.labels.shape
    counts = class_counts(planes.labels, planes.ink)
    is_new = record.state is ImageState.NEW and counts[IGNORE_INDEX] < height * width
    return replace(
        record,
        state=ImageState.SEGMENTED if is_new else record.state,
        model=proposal.options.model,
        unsure=1.0 - proposal.reply.sure,
        classes=tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts)),
        ink=ink_counts(planes.ink),
        width=width,
        height=height,
        changed_at=time.time(),
    )

"""What a Segment brings: merged in the thread of its job, applied in the window's."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document, SegmentInfo
from segstudio.core.errors import SegstudioError
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.merge import (
    ClassMatch,
    Merge,
    Reach,
    Writing,
    finish,
    merge,
    model_writing,
)
from segstudio.core.patch import Origin
from segstudio.core.region import Region
from segstudio.engine.messages import SegmentReply
from segstudio.engine.options import Options
from segstudio.session.jobs import Job

MOST_BLOCKS_AT_ONCE = 8
"""Blocks that the GUI thread may merge again; each takes about 1 ms."""


@dataclass(frozen=True)
class Result:
    """What came back for one document, merged against its labels at that moment.

    Attributes
    ----------
    proposed : (H, W) uint8
        The model's class indices.
    confidence : (H, W) uint8
    kept_pixels : int
        Pixels of a person, which stay as they are.
    reach : Reach
        Which part of the image it may change.
    kind : {"segment", "refine"}
    replaces : Step or None
        The refinement before, if it was the last step: one step stands for all of them.
    """

    document: Document
    options: Options
    reply: SegmentReply
    proposed: LabelMap
    confidence: Confidence
    merge: Merge
    match: ClassMatch
    locked: NDArray[np.bool_]
    kept_pixels: int
    reach: Reach
    kind: str
    replaces: Step | None

    @property
    def writing(self) -> Writing:
        """The edit that it makes."""
        return _writing(self.reply, self.proposed, self.match, self.locked, self.reach)

    def is_ready(self) -> bool:
        """Tell whether so little was edited since that `apply` is cheap."""
        return int(np.count_nonzero(self._outdated())) <= MOST_BLOCKS_AT_ONCE

    def apply(self) -> tuple[Region, ...]:
        """Make a step of it, against the labels as they are now; for the GUI thread.

        Returns
        -------
        tuple of Region
            What looks different now; empty when the result changes nothing.
        """
        document, outdated = self.document, self._outdated()
        undone: tuple[Region, ...] = ()
        if self.replaces is not None and document.history.last is self.replaces:
            patch = document.undo()
            undone = patch.regions if patch is not None else ()
        origin = Origin(self.kind, Ink.MODEL, detail=self.options.model)
        planes, versions = document.planes, document.versions
        # Taking a step back has changed versions too, and that was reckoned with.
        made = replace(self.merge, versions=versions - outdated)
        step = finish(made, planes, versions, self.writing, origin)
        return undone + (document.do(step) if step is not None else ())

    def _outdated(self) -> NDArray[np.bool_]:
        """Return the blocks that have to be merged again, (rows, columns) bool."""
        document, replaced = self.document, self.replaces
        outdated: NDArray[np.bool_] = self.merge.versions != document.versions
        if replaced is not None and document.history.last is not replaced:
            # Made for the labels without a step that stays, or that is gone already.
            for region in replaced.form.regions:
                for block in region.blocks(document.height, document.width):
                    outdated[block] = True
        return outdated

    def info(self) -> SegmentInfo:
        """Return what the Model panel shows of it."""
        return SegmentInfo(
            model=self.options.model,
            ms=sum(self.reply.stages.values()),
            sure=self.reply.sure,
            kept_pixels=self.kept_pixels,
            refined_by=self.reply.refined_by,
            reach=self.reach,
            facts=self.reply.facts,
        )


def merged(
    reply: SegmentReply,
    job: Job,
    document: Document,
    options: Options,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    reach: Reach,
) -> Result:
    """Take the arrays out of an answer and merge them, in the thread of the job that asked."""
    try:
        proposed: LabelMap = reply.label_map.open()
        confidence: Confidence = reply.confidence.open()
    finally:
        reply.label_map.remove()
        reply.confidence.remove()
    job.check()
    if proposed.shape != document.label_map.shape:
        # The engine keeps images by path: the file was replaced by one of another size.
        raise SegstudioError(f"{document.path.name} is another image now. Click Segment again.")
    last = _replaced(document, job.kind)
    replaced = last.ready() if last is not None else None
    writing = _writing(reply, proposed, match, locked, reach)
    return Result(
        document=document,
        options=options,
        reply=reply,
        proposed=proposed,
        confidence=_within(confidence, proposed, document, reach),
        merge=merge(document.planes, document.versions, writing, replaced=replaced),
        match=match,
        locked=locked,
        kept_pixels=int(np.count_nonzero(document.ink == Ink.PERSON)),
        reach=reach,
        kind=job.kind,
        replaces=last,
    )


def _writing(
    reply: SegmentReply,
    proposed: LabelMap,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    reach: Reach,
) -> Writing:
    return model_writing(proposed, match, locked, reach, is_partial=reply.facts.is_stopped)


def _within(
    confidence: Confidence, proposed: LabelMap, document: Document, reach: Reach
) -> Confidence:
    """Return what is known of the whole image's confidence after a result for a part of it."""
    before = document.confidence
    if before is None or before.shape != confidence.shape:
        return confidence
    if reach.region is None:
        return np.where(proposed == IGNORE_INDEX, before, confidence)
    mixed = before.copy()
    mixed[reach.region.slices] = confidence[reach.region.slices]
    return mixed


def merged_again(result: Result, job: Job) -> Result:
    """Merge a result with the labels as they are now, in the thread of a job."""
    document = result.document
    last = _replaced(document, job.kind)
    made = merge(
        document.planes,
        document.versions,
        result.writing,
        replaced=last.ready() if last is not None else None,
    )
    kept = int(np.count_nonzero(document.ink == Ink.PERSON))
    return replace(result, merge=made, kept_pixels=kept, replaces=last)


def _replaced(document: Document, kind: str) -> Step | None:
    """Return the refinement that another one takes the place of."""
    last = document.history.last if kind == "refine" else None
    return last if last is not None and last.origin.tool == "refine" else None


def would_change(result: Result) -> float:
    """Return which share of the image a result would change."""
    pixels = sum(difference.pixels for difference in result.merge.changes.values())
    return pixels / max(1, result.document.height * result.document.width)


def is_protected(document: Document) -> bool:
    """Whether no machine may change a document."""
    return document.state.is_finished

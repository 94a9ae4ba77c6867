"""An image on the desk of the simulated annotator, corrected through the program's own ways."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from segstudio.cli.benchmarks.annotator import Gesture
from segstudio.core import shared
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.merge import finish, merge
from segstudio.core.patch import Origin
from segstudio.core.shared import SharedArray
from segstudio.editing.requests import Scribble
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.selection import paint_selections
from segstudio.engine.messages import ScribbleReply, ScribbleRequest
from segstudio.engine.replies import Kept
from segstudio.session import scribble_result

Ask = Callable[[ScribbleRequest], ScribbleReply]

_SCOPE = Scope()
_SAME = tuple(range(IGNORE_INDEX))


@dataclass(frozen=True, eq=False)
class Draft:
    """What an annotator begins with.

    Attributes
    ----------
    labels : (H, W) uint8
        By the model; 255 everywhere without one.
    model : str
        Empty for none; its class indices are those of the labels.
    kept : Kept or None
        What Segment left of the image.
    """

    image: Image
    labels: LabelMap
    model: str = ""
    kept: Kept | None = None


@dataclass
class Desk:
    """One image with its labels and ink.

    Attributes
    ----------
    ask : callable
        The engine, or what stands for it.
    """

    draft: Draft
    ask: Ask
    everywhere: bool = True
    scribble_s: list[float] = field(default_factory=list)
    """Seconds that each scribble took to compute."""

    def __post_init__(self) -> None:
        labels = self.draft.labels.copy()
        ink = np.where(labels == IGNORE_INDEX, Ink.NOBODY, Ink.MODEL).astype(np.uint8)
        self._document = Document(Path("desk"), self.draft.image, labels=labels, ink=ink)

    def paint(self, _labels: LabelMap, gesture: Gesture) -> LabelMap:
        """Paint the pixels of a gesture."""
        patch = paint_selections(
            self._document.planes,
            None,
            (gesture.selection,),
            paint=Paint.of_class(gesture.label),
            scope=_SCOPE,
            first=None,
            tool="brush",
        )
        if patch is not None:
            self._document.do(patch)
        return self._document.label_map

    def scribble(self, labels: LabelMap, gesture: Gesture) -> LabelMap:
        """Paint the pixels of a gesture and what follows from them."""
        self.paint(labels, gesture)
        started = time.perf_counter()
        paint = Paint.of_class(gesture.label)
        request = Scribble((gesture.selection,), paint, self.everywhere, refine=True)
        document = self._document
        posed = scribble_result.question(document, request, has_model=bool(self.draft.model))
        found = scribble_result.answer(self._reply(request, posed), document, posed.step)
        edit = scribble_result.writing(request, found, None, draws=False)
        made = merge(document.planes, document.versions, edit)
        origin = Origin("scribble", Ink.REFINEMENT, gesture.label)
        patch = finish(made, document.planes, document.versions, edit, origin)
        self.scribble_s.append(time.perf_counter() - started)
        if patch is not None:
            document.do(patch)
        return document.label_map

    def _reply(self, request: Scribble, posed: scribble_result.Question) -> ScribbleReply:
        draft = self.draft

        def asked(planes: SharedArray, image: SharedArray | None) -> ScribbleReply:
            return self.ask(
                ScribbleRequest(
                    key="desk",
                    stamp=str(id(self)),
                    is_segmented=bool(draft.model),
                    image=image,
                    planes=planes,
                    stroke=posed.stroke,
                    ink=posed.ink,
                    label=request.paint.label,
                    model=draft.model,
                    targets=_SAME,
                    everywhere=request.everywhere,
                    refine=request.refine,
                )
            )

        with shared.shared(posed.planes) as planes:
            reply = asked(planes, None)
            if not reply.is_image_wanted:
                return reply
            with shared.shared(draft.image) as image:
                return asked(planes, image)

"""A scribble on its way: what the engine is told of an image, and what its answer changes in it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.labels import Ink, is_ignored, is_unlabelled
from segstudio.core.merge import Writing
from segstudio.core.patch import Difference, Planes, difference
from segstudio.core.region import Region
from segstudio.editing.requests import Scribble
from segstudio.editing.selection import Selection
from segstudio.editing.trace import masked
from segstudio.engine.messages import DRAWN, FREE, ScribbleReply

MOST_PIXELS = 1_100_000
"""A larger image is thinned: the hand waits for the answer."""

MOST_INK = 400
"""Pixels of each class that a person's ink is told by."""

UNLABEL = 256
"""As in `segstudio.inference.scribble`, which the window must not import."""


@dataclass(frozen=True, eq=False)
class Question:
    """What the engine has to know of the labels.

    Attributes
    ----------
    planes : (2, h, w) uint8
        As `engine.messages.ScribbleRequest` has it.
    stroke, ink : (M, 3) float32
    step : int
        Every how many pixels of the image there is one of `planes`.
    """

    planes: NDArray[np.uint8]
    stroke: NDArray[np.float32]
    ink: NDArray[np.float32]
    step: int


def question(document: Document, request: Scribble, *, has_model: bool) -> Question:
    """Look at the labels of a document as they are, the stroke already in them.

    Parameters
    ----------
    has_model : bool
        Whether the image is seen through a model. Without one, what was concluded from scribbles
        is no evidence for the next one: only a model's or an import's labels are told.
    """
    height, width = document.height, document.width
    step = max(1, math.ceil(math.sqrt(height * width / MOST_PIXELS)))
    thin = slice(None, None, step), slice(None, None, step)
    labels, ink = document.label_map[thin], document.ink[thin]
    confidence = None if document.confidence is None else document.confidence[thin]
    free = _may_change(Planes(labels, ink), confidence, request)
    own = _pixels(request.stroke)
    drawn = _thinned(own, labels.shape, step)
    told = labels if has_model else np.where(ink == Ink.MODEL, labels, np.uint8(IGNORE_INDEX))
    planes = np.stack([free.view(np.uint8) * np.uint8(FREE), told])
    planes[0][drawn], planes[1][drawn] = DRAWN, IGNORE_INDEX
    number = UNLABEL if request.paint.class_index is None else request.paint.class_index
    person = (ink == Ink.PERSON) & ~drawn
    return Question(
        planes,
        _places(own, np.full(len(own), number), (height, width)),
        _sampled(labels, person),
        step,
    )


def answer(reply: ScribbleReply, document: Document, step: int) -> Selection:
    """Take the pixels out of an answer, at the size of the image."""
    assert reply.taken is not None
    try:
        taken = reply.taken.open()
    finally:
        reply.taken.remove()
    inner = reply.region
    region = Region(inner.top * step, inner.left * step, inner.bottom * step, inner.right * step)
    if step > 1 and taken.size:
        size = region.width, region.height
        taken = np.asarray(cv2.resize(taken, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    inside = region.clipped(document.height, document.width)
    return Selection(inside, taken[: inside.height, : inside.width] >= 128)


def writing(
    request: Scribble, taken: Selection, confidence: Confidence | None, *, draws: bool
) -> Writing:
    """Return the edit that follows from a scribble.

    A person's pixels, locked classes and whatever the scope leaves out stay. What is written is
    refinement's: a machine concluded it from what a person painted.

    Parameters
    ----------
    taken : Selection
        The pixels that take the class.
    draws : bool
        Whether the stroke itself is part of the edit.
    """
    paint = request.paint

    def write(before: Planes, region: Region) -> Difference | None:
        drawn = masked(request.stroke, region)
        follows = masked((taken,), region)
        if not (follows.any() or (draws and drawn.any())):
            return None
        here = None if confidence is None else confidence[region.slices]
        follows &= _may_change(before, here, request) & ~drawn
        ink = Ink.REFINEMENT if paint.ink == Ink.PERSON else Ink.NOBODY
        after = _painted(before, follows, paint.label, ink)
        if draws:
            inner = Region(0, 0, region.height, region.width)
            allowed = request.scope.allowed(before, here, inner, first=request.first)
            drawn = drawn if allowed is None else drawn & allowed
            after = _painted(after, drawn, paint.label, paint.ink)
        return difference(region, before, after)

    return write


def _may_change(planes: Planes, confidence: Confidence | None, request: Scribble) -> Mask:
    """Return the pixels that may follow from a scribble: no person's, no Ignore, in the scope."""
    height, width = planes.labels.shape
    free: Mask = (planes.ink != Ink.PERSON) & ~is_ignored(planes.labels, planes.ink)
    if request.paint.ink == Ink.NOBODY:
        free &= ~is_unlabelled(planes.labels, planes.ink)
    elif request.paint.label != IGNORE_INDEX:
        free &= planes.labels != request.paint.label
    region = Region(0, 0, height, width)
    allowed = request.scope.allowed(planes, confidence, region, first=request.first)
    return free if allowed is None else free & allowed


def _painted(planes: Planes, mask: Mask, label: int, ink: Ink) -> Planes:
    return Planes(
        np.where(mask, np.uint8(label), planes.labels), np.where(mask, np.uint8(ink), planes.ink)
    )


def _pixels(stroke: tuple[Selection, ...]) -> NDArray[np.int64]:
    """Return row and column of each pixel of a stroke, (M, 2)."""
    return np.concatenate(
        [np.argwhere(part.mask) + np.array([part.region.top, part.region.left]) for part in stroke]
    )


def _thinned(pixels: NDArray[np.int64], shape: tuple[int, ...], step: int) -> Mask:
    """Return the pixels of a thinned image that a stroke touches, so that none is lost."""
    drawn = np.zeros(shape, np.bool_)
    rows, columns = np.minimum(pixels // step, np.array(shape) - 1).T
    drawn[rows, columns] = True
    return drawn


def _sampled(labels: LabelMap, person: Mask) -> NDArray[np.float32]:
    """Return some pixels of each class that a person has painted."""
    places = np.flatnonzero(person)
    found = labels[person]
    order = np.random.default_rng(0).permutation(len(places))
    places, found = places[order], found[order]
    chosen = [np.flatnonzero(found == label)[:MOST_INK] for label in np.unique(found)]
    kept = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
    rows, columns = np.divmod(places[kept], labels.shape[1])
    return _places(np.stack([rows, columns], axis=1), found[kept], labels.shape)


def _places(
    places: NDArray[np.int64], labels: NDArray[np.integer], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return places of pixels, as shares of height and width, beside their labels."""
    shares = (places + 0.5) / np.array(shape)
    return np.column_stack([shares, labels]).astype(np.float32)

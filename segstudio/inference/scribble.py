"""Scribble correct: from a few strokes to the pixels that should have the class of the last one.

What a model believed of an image is a prior; a person's strokes say where it is wrong. By how much
the logarithm of a belief has to rise there is carried to the cells that look alike by Gaussian
process regression (Rasmussen, Williams, "Gaussian Processes for Machine Learning", 2006,
section 2.2) with a rational quadratic kernel: alike in the decoder's features, in colour, in what
the model believes, and in place. The same regression of a constant 1 says how far the evidence
reaches. The class of the last stroke takes the pixels where it is ahead of all others then, as far
as the evidence reaches, along the edges of the image. Apart from the stroke it does so only where
it is clearly ahead, and in no strip too narrow for the cells to tell.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, LabelMap, Mask
from segstudio.inference import guided
from segstudio.inference.guided import GuidedSettings
from segstudio.inference.prior import Prior
from segstudio.inference.progress import Progress
from segstudio.inference.slivers import without_slivers
from segstudio.inference.traits import Cells

UNLABEL = 256
"""Stands for the class of a stroke that unlabels."""

MOST_CELLS = 300
"""Inked cells that are compared with all others."""
NOISE = 0.6
"""Variance of what an inked cell says."""
STROKE_NOISE = 0.2
"""The same for the last stroke, which says most."""
LEAST_EVIDENCE, LEAST_EVIDENCE_NEAR = 0.05, 0.2
"""Below it nothing is changed, 0 to 1: in the whole image, and around the stroke."""
LEAST_ALONE, LEAST_ALONE_NEAR = 0.35, 0.5
"""The same while no other class is known, which could hold what is not alike."""

LEAD = 3.0
"""How far a class is ahead where a person has drawn it, in logarithms of beliefs.

In logarithms what a model is sure of yields only to a stroke over what it was as sure of.
"""
LEAST_BELIEF = 0.03
"""What every class may be, whatever the model says."""
NOBODY = math.log(LEAST_BELIEF)

LEAST_WIDTH, MOST_WIDTH = 0.015, 0.07
"""Half width of the window that follows edges, as a share of the image's short side.

As wide as what is taken around the stroke is deep: a window wider than a thin thing loses it.
"""
REFINED_EPSILON = 1e-4
REFINED_RADIUS = 16
"""See `guided.smooth`: a window as wide as the widest one crosses fine edges."""

CLEAR = 0.6
"""What lies apart from the stroke changes where some of it is taken by so much, of 0.5 to 1."""


@dataclass(frozen=True, eq=False)
class Ink:
    """Some of the pixels that a person has decided.

    Attributes
    ----------
    rows, columns : (M,) float32
        Places as shares of the image's height and width, 0 to 1.
    labels : (M,) int
        Class indices, 255 for Ignore.
    """

    rows: NDArray[np.float32]
    columns: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stroke:
    """The last stroke.

    Attributes
    ----------
    mask : (h, w) bool
        Its pixels, on the grid of the answer.
    ink : Ink
        Its own pixels.
    label : int
        Its class, 255 for Ignore, `UNLABEL` to unlabel.
    """

    mask: Mask
    ink: Ink
    label: int


def correct(
    image: Image,
    cells: Cells,
    prior: Prior,
    stroke: Stroke,
    others: Ink,
    free: Mask,
    labels: LabelMap,
    *,
    everywhere: bool,
    refine: bool,
) -> Generator[Progress, None, NDArray[np.uint8]]:
    """Find the pixels that should have the class of a stroke.

    Parameters
    ----------
    image : (h, w, 3) uint8, RGB
    others : Ink
        What else a person has decided in this image.
    free : (h, w) bool
        Pixels that may change: no person's, not locked, not of the class already.
    labels : (h, w) uint8
        Class indices as they are; 255 where nothing is said.
    everywhere : bool
        Whether the whole image may change, not just what hangs together with the stroke.
    refine : bool
        Whether the result follows the edges of the image.

    Returns
    -------
    (h, w) uint8
        From 128 on the pixel takes the class; values between tell where a border passes between
        two pixels, for whoever enlarges it. 0 outside of `free` and of the stroke; 255 in the
        stroke.
    """
    share = margins(cells, prior, stroke, others, everywhere=everywhere)
    yield Progress(0.5, "scribble")
    height, width = image.shape[:2]
    wide = cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR)
    taken = np.asarray(wide, np.float32) * np.float32(0.5) + np.float32(0.5)
    if refine:
        _follow_edges(image, taken, _depth(share, stroke))
        yield Progress(0.9, "scribble")
    result = np.asarray(cv2.convertScaleAbs(np.clip(taken, 0.0, 1.0), alpha=255.0), np.uint8)
    result[~free] = 0
    result[stroke.mask] = 255
    changed = without_slivers(result >= 128, labels == stroke.label, stroke.mask)
    start = stroke.mask | (changed & (taken >= CLEAR)) if everywhere else stroke.mask
    kept = reached(changed, start)
    result[~kept & ((result >= 128) | (not everywhere))] = 0
    return result


def _depth(share: NDArray[np.float32], stroke: Stroke) -> float:
    """Return how deep the stroke lies in what is taken, as a share of the short side."""
    inside = np.pad((share > 0).view(np.uint8), 1, constant_values=1)  # goes on outside the image
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    places = _inked(share.shape, stroke.ink, MOST_CELLS)[0]
    deepest: float = max(depth.ravel()[places].tolist(), default=0.0)
    relative: float = deepest / min(share.shape)
    return relative


def _follow_edges(image: Image, taken: NDArray[np.float32], depth: float) -> None:
    share = min(max(depth, LEAST_WIDTH), MOST_WIDTH)
    radius = max(2, round(share * min(image.shape[:2])))
    # The image is reduced as far for a narrow window as for the widest: it takes no longer.
    least = max(2, round(REFINED_RADIUS * share / MOST_WIDTH))
    guided.smooth(image, taken, GuidedSettings(radius, REFINED_EPSILON), least_radius=least)


def reached(changed: Mask, stroke: Mask) -> Mask:
    """Return the changed pixels that hang together with a stroke, (h, w) bool.

    4-connected, so that nothing leaks between two pixels that touch at a corner.
    """
    _, pieces = cv2.connectedComponents((changed | stroke).view(np.uint8), connectivity=4)
    touched = np.zeros(int(pieces.max()) + 1, np.bool_)
    touched[pieces[stroke]] = True
    found: Mask = touched[pieces]
    return found


def margins(
    cells: Cells, prior: Prior, stroke: Stroke, others: Ink, *, everywhere: bool
) -> NDArray[np.float32]:
    """Return by how much the stroke's class is ahead of all others, by cell.

    Returns
    -------
    (rows, columns) float32
        -1 to 1; above 0 the cell takes the class.
    """
    places, labels, noise = _evidence(cells.shape, stroke, others)
    columns = np.union1d(np.union1d(prior.labels, labels), [stroke.label])
    scores = np.full((len(cells.traits), len(columns)), NOBODY, np.float32)
    scores[:, np.searchsorted(columns, prior.labels)] = np.log(prior.beliefs + LEAST_BELIEF)
    wanted = np.ones((len(places), len(columns) + 1), np.float32)  # the last: evidence
    wanted[:, :-1] = _raised(scores[places], np.searchsorted(columns, labels))
    carried = regression(cells.traits, places, wanted, noise)
    scores += carried[:, :-1]
    own = int(np.searchsorted(columns, stroke.label))
    mine = scores[:, own].copy()
    scores[:, own] = NOBODY
    ahead = np.clip((mine - scores.max(axis=1)) / np.float32(LEAD), -1.0, 1.0)
    least = LEAST_EVIDENCE if everywhere else LEAST_EVIDENCE_NEAR
    if len(columns) == 1:
        least = LEAST_ALONE if everywhere else LEAST_ALONE_NEAR
    ahead[carried[:, -1] < least] = -1.0
    plane: NDArray[np.float32] = ahead.reshape(cells.shape)
    return plane


def _raised(scores: NDArray[np.float32], own: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return by how much inked cells' own class has to rise to be well ahead, (M, C) float32."""
    rows = np.arange(len(scores))
    mine, rivals = scores[rows, own], scores.copy()
    rivals[rows, own] = NOBODY
    raised = np.zeros_like(scores)
    raised[rows, own] = np.maximum(rivals.max(axis=1) + np.float32(LEAD) - mine, 0.0)
    return raised


def regression(
    traits: NDArray[np.float32],
    places: NDArray[np.int64],
    wanted: NDArray[np.float32],
    noise: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Carry values known in a few rows of `traits` to all of them.

    Parameters
    ----------
    traits : (N, D) float32
    places : (M,) int
        The rows that are known.
    wanted : (M, C) float32
    noise : (M,) float32
        Variance of each known row's values.

    Returns
    -------
    (N, C) float32
        Near 0 where nothing alike is known.
    """
    kernel = _alike(traits, traits[places])  # (N, M)
    known = kernel[places].astype(np.float64)
    known[np.diag_indices(len(places))] += noise
    # numpy's solver divides even this little among threads: 300 ms where others want the cores.
    _, weights = cv2.solve(known, wanted.astype(np.float64), flags=cv2.DECOMP_CHOLESKY)
    carried: NDArray[np.float32] = kernel @ np.asarray(weights, np.float32)
    return carried


def _alike(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    distances = rows @ (-2.0 * others.T)
    distances += np.square(rows).sum(axis=1)[:, None]
    distances += np.square(others).sum(axis=1)
    np.maximum(distances, 0.0, out=distances)
    distances += 1.0
    return np.reciprocal(distances, out=distances)


def _evidence(
    shape: tuple[int, int], stroke: Stroke, others: Ink
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return the inked cells, their classes and their noise, the last stroke's first."""
    drawn, drawn_labels = _inked(shape, stroke.ink, MOST_CELLS // 2)
    older, older_labels = _inked(shape, others, MOST_CELLS - len(drawn))
    outdated = np.isin(older, drawn)
    older, older_labels = older[~outdated], older_labels[~outdated]
    noise = np.full(len(drawn) + len(older), NOISE, np.float32)
    noise[: len(drawn)] = STROKE_NOISE
    return np.concatenate([drawn, older]), np.concatenate([drawn_labels, older_labels]), noise


def _inked(
    shape: tuple[int, int], ink: Ink, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells of some pixels and their classes, at most some of each."""
    rows = np.minimum((ink.rows * shape[0]).astype(np.int64), shape[0] - 1)
    columns = np.minimum((ink.columns * shape[1]).astype(np.int64), shape[1] - 1)
    pairs = np.unique((rows * shape[1] + columns) * (UNLABEL + 1) + ink.labels)
    if len(pairs) > most:
        # The same choice every time: a scribble done again has the same consequence.
        pairs = np.random.default_rng(0).permutation(pairs)[:most]
    return pairs // (UNLABEL + 1), pairs % (UNLABEL + 1)

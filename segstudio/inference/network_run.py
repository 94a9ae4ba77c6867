"""A network over one image: whole or in tiles, once or several times, as memory allows."""

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Mask
from segstudio.core.run_facts import RunFacts
from segstudio.inference import memory, preprocess, tiling
from segstudio.inference import way as ways
from segstudio.inference.blend import Blend
from segstudio.inference.clock import StageClock
from segstudio.inference.feature_cache import FeatureCache
from segstudio.inference.passes import PASSES, Augment, Pass
from segstudio.inference.precision import Precision
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import Progress
from segstudio.inference.way import Way

log = logging.getLogger(__name__)

BEFORE, SHARE = 0.05, 0.5
"""Of all the work of a Segment: what comes before the network, and the network."""

_LIKE_THE_REST = 8
"""How many runs of the network over a tile take about as long as all that comes after them."""


@dataclass(frozen=True)
class Look:
    """How a network is to look at an image.

    Attributes
    ----------
    finer : bool
        Closer than it was trained to, which it does in tiles.
    augment : {"none", "flip", "scales"}
    precision : {"auto", "full", "half"}
    side : int
        Of a tile that somebody asked for; 0 for none.
    """

    finer: bool = False
    augment: Augment = "none"
    precision: Precision = "auto"
    side: int = 0


@dataclass(frozen=True)
class Found:
    """What a network found.

    Attributes
    ----------
    probabilities : (K, h, w) float32 or float16
        At working size.
    facts : RunFacts
    features : (D, h2, w2) float16 or None
        What its last layer reads, where the image was looked at whole.
    covered : (h, w) bool or None
        What is segmented, where it ended early.
    blend : Blend or None
        Of the tiles, which may still be asked for an early end.
    """

    probabilities: NDArray[np.floating]
    facts: RunFacts
    features: NDArray[np.float16] | None = None
    covered: Mask | None = None
    blend: Blend | None = None


Run = Generator[Progress, None, Found]


def found(
    image: Image,
    size: tuple[int, int],
    predictor: Predictor,
    look: Look,
    clock: StageClock,
    *,
    cache: FeatureCache | None = None,
    sharers: int = 1,
) -> Run:
    """Run a network over an image; where memory is not enough, in an easier way.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    size : (height, width)
        The working size.
    cache : FeatureCache, optional
        Asked first for what the encoder sees in the whole image.
    sharers : int
        How many run beside each other and share the memory that is free.

    Raises
    ------
    MemoryError
        When there is no easier way any more.
    """
    clock.resume()
    asked, ran_out = (size, look), ""
    way = predictor.known_ways.get(asked) or _first(predictor, size, look, sharers)
    while True:
        runner = predictor.on_cpu() if way.on_cpu else predictor
        steps = _steps(image, size, runner, look, way, clock, cache)
        result = yield from _tried(steps)
        if result is not None:
            return replace(result, facts=replace(result.facts, ran_out=ran_out))
        ran_out = ran_out or runner.device.type
        if cache is not None:
            cache.clear()
        memory.release(runner.device)
        easier = ways.easier(way, size, predictor.spec, predictor.means())
        if easier is None:
            raise MemoryError
        if easier.on_cpu and not way.on_cpu:
            easier = replace(_first(predictor.on_cpu(), size, look, sharers), on_cpu=True)
        log.warning("%s was too much, trying %s", way, easier)
        way = predictor.known_ways[asked] = easier


def _first(predictor: Predictor, size: tuple[int, int], look: Look, sharers: int) -> Way:
    half = predictor.runs_half(look.precision)
    means = predictor.means(sharers)
    return ways.first(size, predictor.spec, means, finer=look.finer, half=half, side=look.side)


def _tried(steps: Run) -> Generator[Progress, None, Found | None]:
    """Return what some steps found; None where memory was not enough.

    The error has to be gone before the next try: it holds all arrays of the one before.
    """
    try:
        return (yield from steps)
    except Exception as error:
        if not memory.is_shortage(error):
            raise
        log.warning("memory was not enough: %s", error)
    return None


def _steps(
    image: Image,
    size: tuple[int, int],
    runner: Predictor,
    look: Look,
    way: Way,
    clock: StageClock,
    cache: FeatureCache | None,
) -> Run:
    passes = PASSES[look.augment]
    if not way.side:
        return _whole(image, size, runner, passes, way, clock, cache)
    return _in_tiles(image, size, runner, passes, way, clock)


def _whole(
    image: Image,
    size: tuple[int, int],
    runner: Predictor,
    passes: Sequence[Pass],
    way: Way,
    clock: StageClock,
    cache: FeatureCache | None,
) -> Run:
    total: NDArray[np.float32] | None = None
    features = None
    for number, one in enumerate(passes):
        clock.resume()
        seen = one.seen(image, size)
        yield clock.mark("scale", BEFORE)
        clock.resume()
        if cache is not None and number == 0:
            encoded = cache.encoded(runner, seen, half=way.half)
        else:
            encoded = runner.encode(seen, half=way.half)
        yield clock.mark("encoder", BEFORE + SHARE * (number + 0.6) / len(passes))
        clock.resume()
        decoded = runner.decode(encoded)
        del encoded
        planes = one.straightened(decoded.probabilities, size)
        total = planes if total is None else np.add(total, planes, out=total)
        features = decoded.features if number == 0 else features
        yield clock.mark("decoder", BEFORE + SHARE * (number + 1) / len(passes))
    assert total is not None
    if len(passes) > 1:
        total /= len(passes)
    facts = RunFacts(str(runner.device), passes=len(passes), half=way.half)
    return Found(total, facts, features)


def _in_tiles(
    image: Image,
    size: tuple[int, int],
    runner: Predictor,
    passes: Sequence[Pass],
    way: Way,
    clock: StageClock,
) -> Run:
    clock.resume()
    working = preprocess.scaled(image, size)
    pieces = tiling.tiles(*size, way.side)
    blend = Blend(runner.spec.classes.indices, size, way.side, len(pieces))
    runs = len(pieces) * len(passes)
    clock.stretch(BEFORE + SHARE, max(BEFORE + SHARE, runs / (runs + _LIKE_THE_REST)))
    yield clock.mark("scale", BEFORE)
    for group in _groups(pieces, way.at_once):
        clock.resume()
        parts = [np.ascontiguousarray(working[tile.region]) for tile in group]
        for tile, planes in zip(group, _mean(parts, runner, passes, way), strict=True):
            blend.add(tile, planes)
        yield clock.mark("tiles", BEFORE + SHARE * blend.finished / blend.total, blend)
        if blend.ends_early:
            break
    probabilities, covered = blend.result()
    facts = RunFacts(
        str(runner.device),
        tiles=blend.total,
        side=way.side,
        finished=blend.finished,
        passes=len(passes),
        half=way.half,
    )
    return Found(probabilities, facts, covered=covered if facts.is_stopped else None, blend=blend)


def _mean(
    parts: list[Image], runner: Predictor, passes: Sequence[Pass], way: Way
) -> list[NDArray[np.float32]]:
    """Return the mean probabilities of some tiles of one size over all passes."""
    size = parts[0].shape[0], parts[0].shape[1]
    total: list[NDArray[np.float32]] = []
    for one in passes:
        seen = [one.seen(part, size) for part in parts]
        planes = [one.straightened(p, size) for p in runner.predict_all(seen, half=way.half)]
        total = [a + b for a, b in zip(total, planes, strict=True)] if total else planes
    if len(passes) > 1:
        for summed in total:
            summed /= len(passes)
    return total


def _groups(pieces: list[tiling.Tile], at_once: int) -> Iterator[list[tiling.Tile]]:
    for start in range(0, len(pieces), at_once):
        yield pieces[start : start + at_once]

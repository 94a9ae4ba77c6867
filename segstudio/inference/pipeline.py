"""Many files at once: reading, network, refinement and labels of several images overlap.

Each image goes its whole way in one *lane*, a thread with its share of the processor's cores; what
is computed there lets go of Python's global lock. While one lane reads or refines, the others keep
the cores busy. A network gains little from a second core within one image (97 ms instead of
158 ms on two), so that two lanes of one core each are faster than one of two.

Lanes stop between short steps, and between the layers of the network, while they are held: who
is waited for by a person gets all cores at once.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import torch

from segstudio.core.arrays import Image
from segstudio.core.errors import Cancelled
from segstudio.formats.images import read_reduced
from segstudio.inference import segmenter
from segstudio.inference.predictor import Predictor
from segstudio.inference.segmenter import Segmentation, SegmentSettings

MOST_LANES = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class FileSegmentation:
    """The result for one file.

    Attributes
    ----------
    image : (h, w, 3) uint8, RGB
        What was looked at: the image, or a smaller copy.
    segmentation : Segmentation
        At the image's own size.
    read_ms : float
    """

    image: Image
    segmentation: Segmentation
    read_ms: float


class Lanes:
    """Threads that work beside each other and stop while somebody more urgent works."""

    def __init__(self, count: int | None = None) -> None:
        cores = os.cpu_count() or 1
        self.count = count or min(cores, MOST_LANES)
        threads = max(1, cores // self.count)
        self._open = threading.Event()
        self._open.set()
        self._here = threading.local()
        self._pool = ThreadPoolExecutor(
            self.count, "lane", initializer=partial(self._begin, threads)
        )

    def submit(self, work: Callable[[], Result], stop: threading.Event) -> "Future[Result]":
        """Have some work done in a lane; it ends with `Cancelled` soon after `stop` is set."""
        return self._pool.submit(self._run, work, stop)

    def hold(self, held: bool) -> None:
        """Stop the lanes at their next step, or let them go on."""
        if held:
            self._open.clear()
        else:
            self._open.set()

    def step(self) -> None:
        """Wait here while the lanes are held; for the lanes' own threads, nothing elsewhere.

        Raises
        ------
        Cancelled
            When the work of this lane is to end.
        """
        stop: threading.Event | None = getattr(self._here, "stop", None)
        if stop is None:
            return
        while not self._open.wait(0.02) and not stop.is_set():
            pass
        if stop.is_set():
            raise Cancelled

    def watch(self, predictor: Predictor) -> None:
        """Make a network's layers stopping places of the lanes."""
        for layer in predictor.network.modules():
            if next(layer.children(), None) is None:
                layer.register_forward_pre_hook(self._on_layer)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        self.hold(False)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, threads: int) -> None:
        torch.set_num_threads(threads)  # of this thread: every thread of OpenMP's has its own

    def _run(self, work: Callable[[], Result], stop: threading.Event) -> Result:
        self._here.stop = stop
        self.step()
        return work()

    def _on_layer(self, _layer: torch.nn.Module, _inputs: object) -> None:
        self.step()


def segment_file(
    path: Path, predictor: Predictor, settings: SegmentSettings, lanes: Lanes
) -> FileSegmentation:
    """Segment one file, in a lane.

    The file is decoded no finer than the model and the refinement look at it.

    Raises
    ------
    ImageError
        When the file cannot be read.
    Cancelled
        When the work of the lane is to end.
    """
    started = perf_counter()
    needed = partial(segmenter.needed_size, spec=predictor.spec, settings=settings)
    image, size = read_reduced(path, needed)
    read_ms = (perf_counter() - started) * 1000.0
    steps = segmenter.segment(image, predictor, settings, size=size, sharers=lanes.count)
    try:
        while True:
            lanes.step()
            next(steps)
    except StopIteration as end:
        return FileSegmentation(image, end.value, read_ms)
    finally:
        steps.close()


def in_order(
    items: Iterable[Item], work: Callable[[Item], Result], lanes: Lanes
) -> "Iterator[Future[Result]]":
    """Yield the finished work for each item, in order, while the next ones are under way.

    One item more than there are lanes is under way, so that no lane waits for the caller.
    Closing the iterator stops what is under way.
    """
    stop = threading.Event()
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(lanes.submit(partial(work, item), stop))
            if len(pending) > lanes.count + 1:
                yield _finished(pending.popleft())
        while pending:
            yield _finished(pending.popleft())
    finally:
        stop.set()


def _finished(future: "Future[Result]") -> "Future[Result]":
    future.exception()
    return future

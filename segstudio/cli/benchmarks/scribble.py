"""What follows from a scribble, by the real engine: alone, beside a batch, and during a lesson.

Counted is everything from the finished stroke to the patch: looking at the labels, the way to the
engine and back, and merging the answer.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from segstudio.cli.benchmarks import lesson_beside, pictures
from segstudio.cli.benchmarks.annotator import Gesture
from segstudio.cli.benchmarks.desk import Ask, Desk, Draft
from segstudio.cli.benchmarks.figure import Figure, Plan, summary
from segstudio.core import shared
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.region import Region
from segstudio.editing.selection import Selection
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import (
    FILES_UNDER_WAY,
    ScribbleReply,
    ScribbleRequest,
    SegmentFileRequest,
    SegmentReply,
    SegmentRequest,
)
from segstudio.engine.options import Options
from segstudio.models import catalogue

SIZE = (1000, 1000)
GOAL_IDLE_MS = 150.0
GOAL_BESIDE_MS = 300.0
CALLS = 20
PAUSE_S = 0.05
BATCH_SIZE = (480, 640)


def run(plan: Plan) -> Iterator[Figure]:
    """Scribble on a photo again and again: through a model, without one, and beside a batch."""
    image = pictures.photo(*plan.pick(SIZE, (90, 120)))
    client = EngineClient()
    calls = plan.pick(CALLS, 2)
    try:
        labels = _segmented(client, image)
        seen = Desk(Draft(image, labels, catalogue.DEFAULT), _asker(client))
        blank = Desk(Draft(image, np.full(labels.shape, 255, np.uint8)), _asker(client))
        yield _figure("scribble", _times(seen, calls), GOAL_IDLE_MS)
        yield _figure("scribble-no-model", _times(blank, calls), GOAL_IDLE_MS)
        with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
            paths = _photos(Path(folder), plan)
            stop = threading.Event()
            with ThreadPoolExecutor(FILES_UNDER_WAY) as pool:
                lanes = [pool.submit(_segment_files, client, path, stop) for path in paths]
                try:
                    beside = _times(seen, calls)
                finally:
                    stop.set()
                for lane in lanes:
                    lane.result()
        yield _figure("scribble-beside", beside, GOAL_BESIDE_MS)
        with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
            size = plan.pick(lesson_beside.SIZE, (90, 120))
            with lesson_beside.lesson_beside(client, Path(folder), size):
                during = _times(seen, calls)
        yield _figure("scribble-teach", during, GOAL_BESIDE_MS)
    finally:
        client.stop()


def _figure(name: str, times_ms: list[float], goal: float) -> Figure:
    first, *others = times_ms
    detail = {"ours": summary(others), "first_ms": round(first), "value": "median"}
    return Figure(name, statistics.median(others), "ms", goal, None, detail)


def _times(desk: Desk, calls: int) -> list[float]:
    """Return milliseconds a scribble; the first looks at the image anew."""
    labels, before = desk.draft.labels, len(desk.scribble_s)
    for number in range(calls + 1):
        time.sleep(PAUSE_S)  # a batch goes on between two scribbles, as beside a person
        labels = desk.scribble(labels, _gesture(number, *labels.shape))
    return [1000 * seconds for seconds in desk.scribble_s[before:]]


def _gesture(number: int, height: int, width: int) -> Gesture:
    """Return a line of a sixth of the image's width, always the same for a number."""
    rng = np.random.default_rng(number)
    length = width // 6
    top, left = int(rng.integers(0, height - 3)), int(rng.integers(0, width - length))
    mask = np.ones((3, length), np.bool_)
    region = Region(top, left, top + 3, left + length)
    return Gesture(Selection(region, mask), number % 5, (top, left), length, is_scribble=True)


def _asker(client: EngineClient) -> Ask:
    def ask(request: ScribbleRequest) -> ScribbleReply:
        reply = client.request(request)
        assert isinstance(reply, ScribbleReply)
        return reply

    return ask


def _segmented(client: EngineClient, image: Image) -> LabelMap:
    with shared.shared(image) as block:
        request = SegmentRequest(block, "desk", Options(catalogue.DEFAULT))
        reply = client.request(request)
    assert isinstance(reply, SegmentReply)
    labels: LabelMap = reply.label_map.open()
    reply.label_map.remove()
    reply.confidence.remove()
    return labels


def _segment_files(client: EngineClient, path: Path, stop: threading.Event) -> None:
    while not stop.is_set():
        reply = client.request(SegmentFileRequest(str(path), Options(catalogue.DEFAULT)))
        assert isinstance(reply, SegmentReply)
        reply.label_map.remove()
        reply.confidence.remove()


def _photos(folder: Path, plan: Plan) -> list[Path]:
    picture = cv2.cvtColor(pictures.photo(*plan.pick(BATCH_SIZE, (120, 160))), cv2.COLOR_RGB2BGR)
    content = cv2.imencode(".jpg", picture)[1].tobytes()
    paths = [folder / f"{number}.jpg" for number in range(FILES_UNDER_WAY)]
    for path in paths:
        path.write_bytes(content)
    return paths

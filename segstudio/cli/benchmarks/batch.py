"""Segment all: many files through the engine, against the network alone on the same images."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from segstudio.cli.benchmarks import pictures
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded, summary
from segstudio.core import shared
from segstudio.core.arrays import Image
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import (
    FILES_UNDER_WAY,
    RefineRequest,
    SegmentFileRequest,
    SegmentReply,
    SegmentRequest,
)
from segstudio.engine.options import Options
from segstudio.formats.images import read_image
from segstudio.inference import predictor as predictors
from segstudio.inference import preprocess
from segstudio.inference.predictor import Predictor
from segstudio.models import catalogue

GOAL_RATIO = 0.85
GOAL_HAND_MS = 300.0
ROUNDS = 5
PHOTO = (480, 640)
LARGE = (3000, 4000)
ROWS = (
    ("batch", PHOTO, "none", 12),
    ("batch-guided", PHOTO, "guided", 12),
    ("batch-crf", PHOTO, "crf", 4),
    ("batch-12mpx", LARGE, "none", 6),
)
HAND_CALLS = 20
PAUSE_S = 0.05


def run(plan: Plan) -> Iterator[Figure]:
    """Segment files by the real engine and run the bare network on them, in turn."""
    predictor = predictors.load(catalogue.find(catalogue.DEFAULT))
    client = EngineClient()
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
        try:
            for name, size, refine, count in ROWS:
                paths = _photos(Path(folder), plan.pick(size, (120, 160)), plan.pick(count, 2))
                yield _throughput(name, paths, refine, client, predictor, plan)
            yield _hand(_photos(Path(folder), plan.pick(PHOTO, (120, 160)), 12), client, plan)
        finally:
            client.stop()


def _throughput(
    name: str,
    paths: Sequence[Path],
    refine: str,
    client: EngineClient,
    predictor: Predictor,
    plan: Plan,
) -> Figure:
    seen = [_as_seen(path, predictor) for path in paths]
    bare: list[float] = []
    ours: list[float] = []
    for number in range(plan.pick(ROUNDS, 1) + 1):
        started = time.perf_counter()
        for image in seen:
            predictor.predict(image, half=predictor.runs_half("auto"))
        between = time.perf_counter()
        stages = _segment_all(paths, refine, client)
        ended = time.perf_counter()
        if number:  # the first round starts processes and lanes
            bare.append((between - started) * 1000 / len(paths))
            ours.append((ended - between) * 1000 / len(paths))
    ratios = [b / o for b, o in zip(bare, ours, strict=True)]
    detail = {
        "refine": refine,
        "ms_an_image": summary(ours),
        "bare_ms_an_image": summary(bare),
        "ratio_of_each_round": [rounded(ratio) for ratio in ratios],
        "stages_in_a_lane": {stage: rounded(ms) for stage, ms in stages.items()},
        "reference": "forward passes at the working size, one image after the other, all cores",
    }
    value = statistics.median(ratios)
    return Figure(name, value, "x", GOAL_RATIO, 1.0, detail, more_is_better=True)


def _hand(paths: Sequence[Path], client: EngineClient, plan: Plan) -> Figure:
    """Refine an open image again and again, with nothing else to do and beside a batch."""
    image, key = read_image(paths[0]), "open"
    with shared.shared(image) as block:
        request = SegmentRequest(block, key, Options(catalogue.DEFAULT, "none"))
        _drop(client.request(request))
    calls = plan.pick(HAND_CALLS, 2)
    idle = [_refined(client, key) for _ in range(calls)]
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            _segment_all(paths[:FILES_UNDER_WAY], "guided", client)

    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(work)
        try:
            beside = []
            for _ in range(calls):
                time.sleep(PAUSE_S)  # the batch goes on between two requests, as beside a person
                beside.append(_refined(client, key))
        finally:
            stop.set()
        batch.result()
    detail = {"beside": summary(beside), "idle": summary(idle), "reference": "without a batch"}
    return Figure("batch-hand", max(beside), "ms", GOAL_HAND_MS, max(idle), detail)


def _refined(client: EngineClient, key: str) -> float:
    started = time.perf_counter()
    _drop(client.request(RefineRequest(key, "guided", 0.5)))
    return (time.perf_counter() - started) * 1000


def _segment_all(paths: Sequence[Path], refine: str, client: EngineClient) -> dict[str, float]:
    """Have files segmented as Segment all does; return the stages of the last one."""
    with ThreadPoolExecutor(FILES_UNDER_WAY) as pool:
        return list(pool.map(partial(_segment_file, refine=refine, client=client), paths))[-1]


def _segment_file(path: Path, refine: str, client: EngineClient) -> dict[str, float]:
    reply = client.request(SegmentFileRequest(str(path), Options(catalogue.DEFAULT, refine)))
    return _drop(reply)


def _drop(reply: object) -> dict[str, float]:
    assert isinstance(reply, SegmentReply)
    reply.label_map.remove()
    reply.confidence.remove()
    return reply.stages


def _photos(folder: Path, size: tuple[int, int], count: int) -> list[Path]:
    picture = cv2.cvtColor(pictures.photo(*size), cv2.COLOR_RGB2BGR)
    content = cv2.imencode(".jpg", picture)[1].tobytes()
    paths = [folder / f"{size[1]}x{size[0]}-{number}.jpg" for number in range(count)]
    for path in paths:
        path.write_bytes(content)
    return paths


def _as_seen(path: Path, predictor: Predictor) -> Image:
    image = read_image(path)
    size = preprocess.working_size(image.shape[0], image.shape[1], predictor.spec)
    return preprocess.scaled(image, size)

"""The engine's own side: it owns torch and runs requests step by step.

Started by name from `segstudio.engine.process`; nothing else may import it.
"""

import logging
import multiprocessing
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

import numpy as np

from segstudio.core import logs, shared
from segstudio.core.arrays import Confidence, Image, LabelMap
from segstudio.core.errors import EngineError, SegstudioError
from segstudio.engine.messages import (
    BACKGROUND,
    Answer,
    Ask,
    Cancel,
    Failed,
    ModelInfo,
    ModelsReply,
    ModelsRequest,
    Quit,
    RefineRequest,
    Reply,
    SegmentReply,
    SegmentRequest,
    Update,
    WarmRequest,
)
from segstudio.inference.progress import Progress
from segstudio.models import catalogue
from segstudio.models.spec import ModelSpec

log = logging.getLogger(__name__)

Steps = Generator[Progress, None, Reply]

KEPT_IMAGES = 3
"""Images whose probabilities are kept for refining again."""

KEPT_MODELS = 2
_UPDATE_S = 0.03


@dataclass(frozen=True)
class _Kept:
    image: Image
    probabilities: "np.ndarray[Any, np.dtype[np.float16]]"
    spec: ModelSpec


def serve(connection: Connection, parent: int) -> None:
    """Answer requests until the pipe is closed; leave no shared memory behind."""
    logs.log_to_file(logs.ENGINE)
    log.info("engine %d of %d started", os.getpid(), parent)
    try:
        Server(connection).run()
    finally:
        shared.remove_blocks_of(os.getpid())
        window = multiprocessing.parent_process()
        # By its sentinel: the number of a process that ended may be another one's by now.
        if window is not None and not window.is_alive():
            shared.remove_blocks_of(parent)


class Server:
    """Runs the requests of one window: those of the hand first, one step at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._quits = False
        self._jobs: dict[int, tuple[Ask, Steps]] = {}
        self._last_update: dict[int, float] = {}
        self._predictors: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._handlers: dict[type, Callable[[Any], Steps]] = {
            ModelsRequest: self._models,
            WarmRequest: self._warm,
            SegmentRequest: self._segment,
            RefineRequest: self._refine,
        }

    def run(self) -> None:
        """Serve until the other side closes the pipe."""
        try:
            while not self._quits:
                while not self._quits and self._connection.poll(0 if self._jobs else None):
                    self._accept(self._connection.recv())
                if self._jobs and not self._quits:
                    self._step(self._next_job())
        except (EOFError, OSError):
            log.info("the window is gone")
        for _, steps in self._jobs.values():
            steps.close()

    def _accept(self, message: object) -> None:
        match message:
            case Quit():
                self._quits = True
            case Ask(job=job, request=request):
                self._jobs[job] = (message, self._handlers[type(request)](request))
            case Cancel(job=job) if job in self._jobs:
                _, steps = self._jobs[job]
                steps.close()
                self._end(job, Failed(job, "Cancelled.", cancelled=True))

    def _next_job(self) -> int:
        waiting = self._jobs.items()
        hand = (job for job, (ask, _) in waiting if not isinstance(ask.request, BACKGROUND))
        return next(hand, next(iter(self._jobs)))

    def _step(self, job: int) -> None:
        steps = self._jobs[job][1]
        try:
            progress = next(steps)
        except StopIteration as end:
            self._end(job, Answer(job, end.value))
        except SegstudioError as error:
            self._end(job, Failed(job, str(error)))
        except MemoryError:
            self._end(job, Failed(job, _MEMORY_SENTENCE))
        except Exception as error:
            log.exception("a request failed")
            self._end(job, Failed(job, _sentence(error)))
        else:
            now = time.monotonic()
            if now - self._last_update.get(job, 0.0) >= _UPDATE_S:
                self._last_update[job] = now
                self._send(Update(job, progress.done, progress.stage))

    def _end(self, job: int, message: object) -> None:
        self._jobs.pop(job)
        self._last_update.pop(job, None)
        self._send(message)

    def _send(self, message: object) -> None:
        self._connection.send(message)

    def _models(self, _request: ModelsRequest) -> Steps:
        from segstudio.inference import crf

        models = tuple(_info(entry) for entry in catalogue.embedded())
        return ModelsReply(models, crf.is_installed())
        yield

    def _warm(self, request: WarmRequest) -> Steps:
        yield Progress(0.0, "model")
        predictor = self._predictor(request.model, request.device)
        yield Progress(0.5, "model")
        # The first run of a network is slower: memory formats and kernels are chosen in it.
        predictor.predict(np.zeros((64, 64, 3), np.uint8))
        return str(predictor.device)

    def _segment(self, request: SegmentRequest) -> Steps:
        from segstudio.inference import segmenter

        yield Progress(0.0, "model")
        image: Image = request.image.open()
        predictor = self._predictor(request.model, request.device)
        settings = segmenter.SegmentSettings(
            refine=cast(Any, request.refine),
            detail=cast(Any, request.detail),
            sharpness=request.sharpness,
        )
        result = yield from segmenter.segment(image, predictor, settings)
        self._keep(request.key, _Kept(image, result.probabilities, predictor.spec))
        return _reply(result, str(predictor.device))

    def _refine(self, request: RefineRequest) -> Steps:
        from segstudio.inference import segmenter

        kept = self._kept.get(request.key)
        if kept is None:
            raise EngineError("This image was segmented too long ago. Click Segment again.")
        settings = segmenter.SegmentSettings(
            refine=cast(Any, request.refine), sharpness=request.sharpness
        )
        result = yield from segmenter.refine_again(
            kept.image, kept.probabilities, kept.spec, settings
        )
        return _reply(result, "")

    def _predictor(self, model: str, device: str) -> Any:
        from segstudio.inference import predictor

        path = catalogue.find(model)
        key = (f"{path}:{path.stat().st_mtime_ns}", device)
        if key not in self._predictors:
            self._predictors[key] = predictor.load(path, device)
            while len(self._predictors) > KEPT_MODELS:
                self._predictors.popitem(last=False)
        self._predictors.move_to_end(key)
        return self._predictors[key]

    def _keep(self, key: str, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_IMAGES:
            self._kept.popitem(last=False)


def _info(entry: catalogue.ModelEntry) -> ModelInfo:
    miou = entry.spec.metrics.get("miou")
    return ModelInfo(
        name=entry.name,
        title=entry.spec.title or entry.spec.name,
        path=str(entry.path),
        classes=entry.spec.classes,
        miou=float(miou) if miou is not None else None,
        refine=entry.spec.refine,
    )


def _reply(result: Any, device: str) -> SegmentReply:
    label_map: LabelMap = result.label_map
    confidence: Confidence = result.confidence
    first = shared.share(label_map)
    try:
        second = shared.share(confidence)
    except SegstudioError:
        first.remove()
        raise
    sure = float(confidence.mean(dtype=np.float64)) / 255 if confidence.size else 0.0
    return SegmentReply(first, second, result.stages, result.refined_by, result.tiled, device, sure)


_MEMORY_SENTENCE = (
    "There is not enough memory to segment this image. Close other programs or choose a "
    "coarser detail; your labels are untouched."
)


def _sentence(error: Exception) -> str:
    if "memory" in str(error).lower():
        return _MEMORY_SENTENCE
    return f"The model failed: {error}. Your labels are untouched; Help > Log has the details."

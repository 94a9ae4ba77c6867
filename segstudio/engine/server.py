"""The engine's own side: it owns torch and runs requests step by step.

Started by name from `segstudio.engine.process`; nothing else may import it.
"""

import logging
import multiprocessing
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection, wait
from typing import Any, cast

import numpy as np

from segstudio.core import logs, shared
from segstudio.core.arrays import Image
from segstudio.core.errors import EngineError, SegstudioError
from segstudio.engine.bell import Bell
from segstudio.engine.envelopes import (
    Answer,
    Ask,
    Cancel,
    Failed,
    Finish,
    News,
    Quit,
    Update,
)
from segstudio.engine.evaluation_messages import EvaluateRequest
from segstudio.engine.file_work import FileWork
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.lesson_work import LessonWork
from segstudio.engine.messages import (
    QUICK,
    DoubtReply,
    DoubtRequest,
    PrepareRequest,
    RefineRequest,
    ScribbleRequest,
    SegmentFileRequest,
    SegmentRequest,
    SnapReply,
    SnapRequest,
    WarmRequest,
    urgency,
)
from segstudio.engine.model_work import ModelWork
from segstudio.engine.options import Options
from segstudio.engine.predictors import Predictors
from segstudio.engine.previews import Previews
from segstudio.engine.replies import Kept, Steps, reply_of, settings_of
from segstudio.engine.scribbles import Scribbles
from segstudio.inference.progress import Progress

log = logging.getLogger(__name__)

KEPT_IMAGES = 3
"""Images whose probabilities are kept for refining again."""

_UPDATE_S = 0.03


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
        self._waits_for: dict[int, Future[Any]] = {}
        self._bell = Bell()
        self._files = FileWork(self._bell)
        self._models = ModelWork(self._bell)
        self._lessons = LessonWork(self._bell)
        self._last_update: dict[int, float] = {}
        self._finishers: dict[int, Callable[[], None]] = {}
        """By request, what ends it early with the part that is done."""
        self._predictors = Predictors()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._previews = Previews(connection.send)
        self._scribbles = Scribbles(self._predictors.get, self._predictors.encoded)
        self._handlers: dict[type, Callable[[Any], Steps]] = {
            WarmRequest: self._warm,
            SegmentRequest: self._segment,
            SegmentFileRequest: self._segment_file,
            PrepareRequest: self._prepare,
            EvaluateRequest: self._evaluate,
            RefineRequest: self._refine,
            DoubtRequest: self._doubt,
            ScribbleRequest: self._scribble,
            SnapRequest: self._snap,
            TeachRequest: self._lessons.teach,
            **self._models.handlers(),
        }

    def run(self) -> None:
        """Serve until the other side closes the pipe."""
        try:
            while not self._quits:
                self._listen()
                job = self._next_job()
                self._hold(any(not urgency(ask.request) for ask, _ in self._jobs.values()))
                if self._quits:
                    break
                if job is None:
                    wait([self._connection, self._bell.heard])
                    self._bell.silence()
                else:
                    self._step(job)
        except (EOFError, OSError):
            log.info("the window is gone")
        for _, steps in self._jobs.values():
            steps.close()
        self._files.close()

    def _hold(self, held: bool) -> None:
        """Stop what runs in threads for a request of the hand, or let it go on."""
        self._files.hold(held)
        self._lessons.hold(held)

    def _listen(self) -> None:
        while not self._quits and self._connection.poll(0):
            self._accept(self._connection.recv())

    def _accept(self, message: object) -> None:
        match message:
            case Quit():
                self._quits = True
            case Ask(job=job, request=request):
                self._jobs[job] = (message, self._handlers[type(request)](request))
            case Finish(job=job) if job in self._finishers:
                self._finishers[job]()
            case Cancel(job=job) | Finish(job=job) if job in self._jobs:
                _, steps = self._jobs[job]
                steps.close()
                self._end(job, Failed(job, "Cancelled.", cancelled=True))

    def _next_job(self) -> int | None:
        """Return the most urgent request that can go on now."""
        ready = [
            (urgency(ask.request), not isinstance(ask.request, QUICK), job)
            for job, (ask, _) in self._jobs.items()
            if job not in self._waits_for or self._waits_for[job].done()
        ]
        return min(ready)[-1] if ready else None

    def _step(self, job: int) -> None:
        steps = self._jobs[job][1]
        self._waits_for.pop(job, None)
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
            if isinstance(progress, Future):
                self._waits_for[job] = progress
                return
            if progress.partial is not None:
                self._finishers[job] = progress.partial.finish
                self._previews.show(job, progress.partial)
            if progress.finish is not None:
                self._finishers[job] = progress.finish
            if progress.news is not None:
                self._send(News(job, progress.news))
            now = time.monotonic()
            if now - self._last_update.get(job, 0.0) >= _UPDATE_S:
                self._last_update[job] = now
                self._send(Update(job, progress.done, progress.stage))

    def _end(self, job: int, message: object) -> None:
        self._jobs.pop(job)
        self._previews.end(job)
        self._last_update.pop(job, None)
        self._waits_for.pop(job, None)
        self._finishers.pop(job, None)
        self._send(message)

    def _send(self, message: object) -> None:
        self._connection.send(message)

    def _warm(self, request: WarmRequest) -> Steps:
        yield Progress(0.0, "model")
        predictor = self._predictors.get(request.model, request.device)
        yield Progress(0.5, "model")
        # The first run of a network is slower: memory formats and kernels are chosen in it.
        predictor.predict(np.zeros((64, 64, 3), np.uint8))
        yield Progress(0.8, "model")
        predictor.get_ready(cast(Any, request.precision))  # tried now, not when somebody waits
        return str(predictor.device)

    def _segment(self, request: SegmentRequest) -> Steps:
        from segstudio.inference import segmenter

        yield Progress(0.0, "model")
        image: Image = request.image.open()
        prepared = self._files.prepared.take(request, (image.shape[0], image.shape[1]))
        if prepared is not None:
            self._keep(request.key, prepared.kept)
            return prepared.reply()
        predictor = self._predictor_of(request.options)
        result = yield from segmenter.segment(
            image, predictor, settings_of(request.options), cache=self._predictors.features
        )
        size = (image.shape[0], image.shape[1])
        kept = Kept(
            image,
            size,
            result.probabilities,
            predictor.spec,
            request.options.model,
            result.features,
        )
        if result.facts.is_stopped:
            self._kept.pop(request.key, None)  # a part cannot be refined as a whole
        elif request.key:
            self._keep(request.key, kept)
        return reply_of(result, result.facts.device)

    def _segment_file(self, request: SegmentFileRequest) -> Steps:
        yield Progress(0.0, "model")
        return (yield from self._files.segment(request, self._predictor_of(request.options)))

    def _prepare(self, request: PrepareRequest) -> Steps:
        yield Progress(0.0, "model")
        return (
            yield from self._files.prepare(request.file, self._predictor_of(request.file.options))
        )

    def _evaluate(self, request: EvaluateRequest) -> Steps:
        yield Progress(0.0, "model")
        return (yield from self._files.evaluate(request, self._predictor_of(request.options)))

    def _predictor_of(self, options: Options) -> Any:
        return self._predictors.get(options.model, options.device)

    def _refine(self, request: RefineRequest) -> Steps:
        from segstudio.inference import segmenter

        kept = self._kept.get(request.key)
        if kept is None:
            raise EngineError("This image was segmented too long ago. Click Segment again.")
        settings = segmenter.SegmentSettings(
            refine=cast(Any, request.refine), sharpness=request.sharpness
        )
        result = yield from segmenter.refine_again(
            kept.image, kept.probabilities, kept.spec, settings, size=kept.size
        )
        return reply_of(result, "")

    def _doubt(self, request: DoubtRequest) -> Steps:
        from segstudio.inference import doubt

        kept = self._kept.get(request.key)
        if kept is None:
            raise EngineError("This image was segmented too long ago. Click Segment again.")
        yield Progress(0.0, "doubt")
        return DoubtReply(
            shared.share(doubt.sureness(kept.probabilities, request.measure, kept.size))
        )

    def _scribble(self, request: ScribbleRequest) -> Steps:
        return self._scribbles.answer(request, self._kept.get(request.key))

    def _snap(self, request: SnapRequest) -> Steps:
        from segstudio.inference import snap

        inside = snap.snapped(request.image.open(), request.marks.open(), request.reach)
        return SnapReply(shared.share(inside.view(np.uint8)))
        yield

    def _keep(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_IMAGES:
            self._kept.popitem(last=False)


_MEMORY_SENTENCE = (
    "There is not enough memory to segment this image. Close other programs or choose a "
    "coarser detail; your labels are untouched."
)


def _sentence(error: Exception) -> str:
    if "memory" in str(error).lower():
        return _MEMORY_SENTENCE
    return f"The model failed: {error}. Your labels are untouched; Help > Log has the details."

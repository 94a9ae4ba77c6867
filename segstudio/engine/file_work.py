"""Files that the engine segments by itself: in lanes beside the hand, for batches and ahead."""

import threading
import weakref
from collections.abc import Callable, Generator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segstudio.core import png
from segstudio.engine.bell import Bell
from segstudio.engine.evaluation_messages import EvaluateReply, EvaluateRequest
from segstudio.engine.messages import SegmentFileRequest, SegmentReply
from segstudio.engine.prepared import Prepared, PreparedImages, stamp_of, stamp_of_model
from segstudio.engine.replies import Kept, Steps, reply_of, settings_of

if TYPE_CHECKING:
    from segstudio.inference.pipeline import FileSegmentation, Lanes
    from segstudio.inference.predictor import Predictor

Result = TypeVar("Result")


class FileWork:
    """The lanes of an engine, and what they prepared; the bell rings when work has ended."""

    def __init__(self, bell: Bell) -> None:
        self.prepared = PreparedImages()
        self._bell = bell
        self._lanes: Lanes | None = None
        self._watched: weakref.WeakSet[Predictor] = weakref.WeakSet()

    def hold(self, held: bool) -> None:
        """Stop the lanes for a request of the hand, or let them go on."""
        if self._lanes is not None:
            self._lanes.hold(held)

    def close(self) -> None:
        """End the lanes."""
        if self._lanes is not None:
            self._lanes.close()

    def segment(self, request: SegmentFileRequest, predictor: "Predictor") -> Steps:
        """Segment a file and answer with its labels."""

        def work() -> SegmentReply:
            result = self._segmented(request, predictor)
            return reply_of(result.segmentation, result.segmentation.facts.device)

        predictor.get_ready(settings_of(request.options).precision)
        return (yield from self._in_lane(work, predictor))

    def prepare(self, request: SegmentFileRequest, predictor: "Predictor") -> Steps:
        """Segment a file and keep the result for the moment that it is asked for."""
        model_stamp = stamp_of_model(request.options.model)

        def work() -> Prepared:
            stamp = stamp_of(request.path)
            found = self._segmented(request, predictor)
            result = found.segmentation
            size = (result.label_map.shape[0], result.label_map.shape[1])
            spec, model = predictor.spec, request.options.model
            kept = Kept(found.image, size, result.probabilities, spec, model, result.features)
            return Prepared(stamp, model_stamp, result, kept, result.facts.device)

        predictor.get_ready(settings_of(request.options).precision)
        self.prepared.keep(request, (yield from self._in_lane(work, predictor)))
        return ""

    def evaluate(self, request: EvaluateRequest, predictor: "Predictor") -> Steps:
        """Segment a file and answer with how far that is from what a person says of it."""
        file = SegmentFileRequest(request.path, request.options)
        truth = request.truth.open()

        def work() -> EvaluateReply:
            from segstudio.training import evaluate

            result = self._segmented(file, predictor).segmentation
            name, spec = Path(request.path).name, predictor.spec
            wanted = request.indices, request.targets
            score, said = evaluate.compared(name, result, spec.classes.indices, truth, *wanted)
            return EvaluateReply(score, png.encode(said))

        predictor.get_ready(settings_of(file.options).precision)
        return (yield from self._in_lane(work, predictor))

    def _segmented(self, request: SegmentFileRequest, predictor: "Predictor") -> "FileSegmentation":
        from segstudio.inference import pipeline

        settings, lanes = settings_of(request.options), self._open_lanes()
        return pipeline.segment_file(Path(request.path), predictor, settings, lanes)

    def _in_lane(
        self, work: Callable[[], Result], predictor: "Predictor"
    ) -> Generator["Future[Result]", None, Result]:
        """Yield the future of some work until it is done; closing stops the work."""
        lanes, stop = self._open_lanes(), threading.Event()
        if predictor not in self._watched:
            lanes.watch(predictor)
            self._watched.add(predictor)
        future = lanes.submit(work, stop)
        future.add_done_callback(self._bell.ring)
        taken = False
        try:
            while not future.done():
                yield future
            taken = True
            return future.result()
        finally:
            stop.set()
            if not taken:
                future.add_done_callback(_discard)

    def _open_lanes(self) -> "Lanes":
        if self._lanes is None:
            from segstudio.inference.pipeline import Lanes

            self._lanes = Lanes()
        return self._lanes


def _discard(future: "Future[Any]") -> None:
    """Remove the shared blocks of an answer that nobody waits for any more."""
    if future.cancelled() or future.exception() is not None:
        return
    reply = future.result()
    if isinstance(reply, SegmentReply):
        reply.label_map.remove()
        reply.confidence.remove()

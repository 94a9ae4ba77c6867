"""An engine without a process and without a model: the client's protocol, answered at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from stub_lessons import StubLessons
from stub_shelf import Gate, StubShelf

from segstudio.core import evaluation, png, shared
from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, EngineError, SegstudioError
from segstudio.core.merge import ClassMatch
from segstudio.core.region import Region, whole
from segstudio.core.run_facts import RunFacts
from segstudio.core.temperature import Samples
from segstudio.engine.envelopes import Preview
from segstudio.engine.evaluation_messages import (
    CalibrateRequest,
    EvaluateReply,
    EvaluateRequest,
)
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.messages import (
    DoubtReply,
    DoubtRequest,
    PrepareRequest,
    RefineRequest,
    ScribbleReply,
    ScribbleRequest,
    SegmentFileRequest,
    SegmentReply,
    SegmentRequest,
    SnapReply,
    SnapRequest,
    WarmRequest,
)
from segstudio.engine.model_messages import ModelInfo, ModelsReply, ModelsRequest
from segstudio.formats.images import image_size
from segstudio.inference import snap

NAMES = "person animal vehicle vegetation sky water road building food furniture object ground"
MODEL_CLASSES = ClassTable.named(NAMES.split())
DOUBT = 90
"""Of every pixel, by any other measure than the confidence."""
SURE = 200
"""Confidence of every pixel, of 255."""


def halves(shape):
    """The model's answer: class 0 at the left, class 1 at the right."""
    label_map = np.zeros(shape, np.uint8)
    label_map[:, shape[1] // 2 :] = 1
    return label_map


def all_that_may(planes):
    """The answer to a scribble: the stroke and everything that may change."""
    return np.where(planes[0] > 0, 255, 0).astype(np.uint8)


class StubClient:
    """Stands in for `EngineClient`.

    `answer` and `refined` make label maps from a shape, in `tiles` if there are any; `error` is
    raised instead of a result, and for a file whose name is in `broken` another one.
    """

    def __init__(self) -> None:
        self.models = (ModelInfo("scenes", "Scenes", "scenes", MODEL_CLASSES, 0.5, "guided"),)
        self.answer: Callable[[tuple[int, int]], np.ndarray] = halves
        self.refined: Callable[[tuple[int, int]], np.ndarray] = halves
        self.taken: Callable[[np.ndarray], np.ndarray] = all_that_may
        self.error: Exception | None = None
        self.broken: set[str] = set()
        self.tiles = 0
        self.gate = Gate()
        self.models_gate = Gate()
        self.shelf = StubShelf(self)
        self.lessons = StubLessons()
        self.requests: list[object] = []
        self.stopped = False
        self._scribbled_on: set[str] = set()
        self._shapes: dict[str, tuple[int, int]] = {}

    pid = None

    def start(self) -> None:
        pass

    def stop(self) -> None:
        self.stopped = True
        self.gate.open()
        self.models_gate.open()
        self.shelf.gate.open()
        self.lessons.gate.open()

    def request(self, request, *, report=None, cancelled=None, finish=None, show=None, tell=None):
        self.requests.append(request)
        match request:
            case ModelsRequest():
                self.models_gate.pass_through(cancelled)
                return ModelsReply((*self.models, *self.lessons.models(request.taught)))
            case TeachRequest(lesson=lesson):
                return self.lessons.give(lesson, tell, cancelled, finish)
            case WarmRequest():
                return "cpu"
            case SegmentRequest():
                self._shapes[request.key] = request.image.open().shape[:2]
                if self.tiles:
                    return self._in_tiles(request.key, cancelled, finish, show)
                return self._result(
                    request.key, self.answer, request.options.refine, report, cancelled
                )
            case SegmentFileRequest(path=path):
                if Path(path).name in self.broken:
                    raise SegstudioError(f"{Path(path).name} could not be read.")
                width, height = image_size(Path(path))
                self._shapes[path] = (height, width)
                return self._result(path, self.answer, request.options.refine, report, cancelled)
            case EvaluateRequest():
                self.gate.pass_through(cancelled)
                return self._evaluated(request)
            case CalibrateRequest():
                return self.models[0]
            case DoubtRequest(key=key):
                if key not in self._shapes:
                    raise EngineError("This image was segmented too long ago.")
                return DoubtReply(shared.share(np.full(self._shapes[key], DOUBT, np.uint8)))
            case PrepareRequest():
                self.gate.pass_through(cancelled)
                return ""
            case ScribbleRequest():
                return self._scribbled(request, cancelled)
            case SnapRequest():
                self.gate.pass_through(cancelled)
                marks = request.marks.open()
                inside = snap.snapped(request.image.open(), marks, request.reach)
                return SnapReply(shared.share(inside.view(np.uint8)))
            case RefineRequest():
                return self._result(request.key, self.refined, request.refine, report, cancelled)
        return self.shelf.answer(request, report, cancelled)

    def _result(self, key, make, refine, report, cancelled):
        if report is not None:
            report(0.5, "encoder")
        self.gate.pass_through(cancelled)
        if self.error is not None:
            raise self.error
        label_map = make(self._shapes[key])
        return SegmentReply(
            label_map=shared.share(label_map),
            confidence=shared.share(np.full(label_map.shape, SURE, np.uint8)),
            stages={"encoder": 80.0, "refine": 20.0},
            refined_by=refine,
            facts=RunFacts("cpu"),
            device="cpu",
            sure=SURE / 255,
        )

    def _evaluated(self, request):
        """The answer compared with the labels; it says to be surer than it is right."""
        name = Path(request.path).name
        if name in self.broken:
            raise SegstudioError(f"{name} could not be read.")
        truth = request.truth.open()
        said = ClassMatch(request.targets).tables()[0][self.answer(truth.shape)]
        said[truth == 255] = 255
        places = np.full(256, 255, np.uint8)
        places[list(request.indices)] = range(len(request.indices))
        count = len(request.indices)
        score = evaluation.score(name, places[truth], places[said], classes=count)
        right = np.arange(500) % 5 < 3
        samples = Samples(
            np.tile(np.array([[0.99, 0.01]], np.float16), (len(right), 1)),
            np.stack([right, ~right], axis=1),
        )
        return EvaluateReply(replace(score, samples=samples), png.encode(said))

    def _in_tiles(self, key, cancelled, finish, show):
        """Answer column by column; the gate is in the middle, where it may be ended early."""
        height, width = self._shapes[key]
        whole_map = self.answer((height, width))
        half, finished = self.tiles // 2, self.tiles
        part = np.where(np.arange(width) < width * half // self.tiles, whole_map, 255)
        part = part.astype(np.uint8)
        with shared.shared(part[::2, ::2]) as labels:
            show(Preview(0, labels, half, self.tiles))
        while not self.gate.is_open:
            self.gate.waiting.set()
            if cancelled.is_set():
                raise Cancelled
            if finish.is_set():
                whole_map, finished = part, half
                break
            threading.Event().wait(0.005)
        return SegmentReply(
            label_map=shared.share(whole_map),
            confidence=shared.share(np.full(whole_map.shape, SURE, np.uint8)),
            stages={"tiles": 80.0},
            refined_by="none",
            facts=RunFacts("cpu", self.tiles, 64, finished),
            device="cpu",
            sure=SURE / 255,
        )

    def _scribbled(self, request, cancelled):
        if request.image is None and request.key not in self._scribbled_on:
            return ScribbleReply(None, Region(0, 0, 0, 0), is_image_wanted=True)
        self._scribbled_on.add(request.key)
        planes = request.planes.open()
        self.gate.pass_through(cancelled)
        if self.error is not None:
            raise self.error
        taken = self.taken(planes)
        return ScribbleReply(shared.share(taken), whole(taken))

    def asked(self, kind: type) -> list:
        """The requests of a kind so far."""
        return [request for request in self.requests if isinstance(request, kind)]

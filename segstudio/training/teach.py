"""Teaching a model from the labels of a project."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from segstudio.core.errors import ModelError
from segstudio.core.lesson import Lesson, LessonNews, LessonResult, Verdict
from segstudio.inference import device as devices
from segstudio.inference import memory
from segstudio.inference.predictor import Predictor
from segstudio.models import catalogue, checkpoint
from segstudio.project.reader import Reader
from segstudio.training import (
    lesson_images,
    lesson_network,
    lesson_outcome,
    record,
)
from segstudio.training.cached_crops import CachedCrops
from segstudio.training.crops import CropSettings, LiveCrops, Source
from segstudio.training.examples import Example
from segstudio.training.group import Group
from segstudio.training.learner import Learner
from segstudio.training.lesson_course import Course
from segstudio.training.lesson_images import LessonImages
from segstudio.training.lesson_network import Beginning
from segstudio.training.lesson_outcome import Said
from segstudio.training.lesson_run import SHOWN, LessonRun
from segstudio.training.measure import HeldOut
from segstudio.training.pauses import between_layers
from segstudio.training.talk import Control, Talk, Tell

_READ_SHOWN = 0.05
"""Of the progress shown."""

READ_SHARE = 0.3
"""Of the time, for reading images at most."""

FEATURES_SHARE = 0.35
"""Of the time, for the features of crops at most."""

AFTERWARDS_SHARE = 0.1
"""Of the time, kept for measuring and writing."""

USUAL_MINUTES = 0.75
"""What numbers of crops and steps are for; in more time there are more of both."""

MOST_CROPS, LEAST_AN_IMAGE, MOST_AN_IMAGE = 320, 4, 24
"""Whose features are computed: of all images together, and of each."""


def teach(lesson: Lesson, tell: Tell, control: Control) -> LessonResult:
    """Have a model learn from a project, measure it and write its file.

    Raises
    ------
    Cancelled
        When nobody wants the result any more.
    SegstudioError
        When nothing can be learned, the model to begin with cannot be used, learning fails, or
        the file cannot be written. There is no file then.
    """
    reader = Reader(Path(lesson.project))
    try:
        training = lesson_images.of_project(lesson, lesson.training, reader)
        held_out = lesson_images.of_project(lesson, lesson.held_out, reader)
        return learn(lesson, training, held_out, tell, control)
    finally:
        reader.close()


def learn(
    lesson: Lesson,
    training: Sequence[Example],
    held_out: Sequence[Example],
    tell: Tell,
    control: Control,
) -> LessonResult:
    """Have a model learn from labelled images, wherever they are; see `teach`."""
    started = time.monotonic()
    talk = Talk(tell, control, started + 60.0 * lesson.minutes)
    with torch.random.fork_rng(devices=[]), _enough_memory():
        images = lesson_images.read(
            training,
            held_out,
            lesson.classes,
            lambda done: talk.early("read", _READ_SHOWN * done),
            READ_SHARE * 60.0 * lesson.minutes,
        )
        return _Lesson(lesson, images, talk, started).learn()


@contextmanager
def _enough_memory() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not memory.is_shortage(error):
            raise
        raise ModelError(
            "There is not enough memory to teach like this. Close other programs, or teach the "
            "last layers only."
        ) from error


@dataclass(frozen=True, eq=False)
class _Lesson:
    """One lesson, after its images were read."""

    lesson: Lesson
    images: LessonImages
    talk: Talk
    started: float

    def learn(self) -> LessonResult:
        lesson, images = self.lesson, self.images
        torch.manual_seed(lesson.seed)
        device = devices.pick(lesson.device)
        start = catalogue.find(lesson.start) if lesson.start else None
        beginning = lesson_network.begin(lesson, start, len(images.training))
        network = Predictor(beginning.spec, beginning.network, device).network
        held_out = HeldOut(
            images.photos, images.held_out, Group(), keep_features=beginning.settings.frozen
        )
        with self._source(beginning, device) as source:
            run = LessonRun(
                beginning.spec,
                source,
                images,
                held_out,
                self.talk,
                lesson.seed,
                is_frozen=beginning.settings.frozen,
            )
            course = Course(beginning, images, run, self.talk.pause, self._plenty)
            learner, is_stopped = course.follow(network, self._seconds())
        self.talk.say(LessonNews("measure", SHOWN[1], run.steps), always=True)
        old = self._old(beginning, start, held_out)
        predictor = Predictor(beginning.spec, learner.averaged, device)
        new = lesson_outcome.of_new(predictor, images, held_out, self.talk)
        return self._result(beginning, run, learner, old, new, is_stopped=is_stopped)

    @contextmanager
    def _source(self, beginning: Beginning, device: torch.device) -> Iterator[Source]:
        photos, spec = self.images.photos, beginning.spec
        each = round(self._plenty * MOST_CROPS) // len(self.images.training)
        crops = CropSettings(
            beginning.settings.crop,
            beginning.settings.short_side,
            max(LEAST_AN_IMAGE, min(round(self._plenty * MOST_AN_IMAGE), each)),
            beginning.settings.batch,
            self.lesson.seed,
            variety=beginning.settings.recipe.variety,
            is_aimed=True,
        )
        if not beginning.settings.frozen:
            yield LiveCrops(photos, spec, device, crops, Group())
            return

        def report(done: float) -> None:
            self.talk.early("features", _READ_SHOWN + (SHOWN[0] - _READ_SHOWN) * done)

        seconds = FEATURES_SHARE * 60.0 * self.lesson.minutes
        with between_layers(beginning.network, self.talk.pause):
            cached = CachedCrops(
                photos,
                Predictor(spec, beginning.network, device),
                crops,
                report,
                Group(),
                images=self.images.training,
                seconds=seconds,
            )
        try:
            yield cached
        finally:
            cached.close()

    @property
    def _plenty(self) -> float:
        """How many times as much time there is as usual, at least once."""
        return max(1.0, self.lesson.minutes / USUAL_MINUTES)

    def _seconds(self) -> float:
        whole = 60.0 * self.lesson.minutes
        return max(self.talk.seconds_left - AFTERWARDS_SHARE * whole, 0.2 * whole)

    def _old(self, beginning: Beginning, start: Path | None, held_out: HeldOut) -> Said | None:
        if start is None or not self.images.held_out:
            return None
        given = checkpoint.read_spec(start)
        is_same = beginning.settings.frozen and beginning.settings.start == start
        return lesson_outcome.of_old(
            start,
            self.lesson.targets,
            self.lesson.classes,
            self.images,
            held_out if is_same and given.short_side == beginning.spec.short_side else None,
            self.talk,
            self.lesson.device,
        )

    def _result(
        self,
        beginning: Beginning,
        run: LessonRun,
        learner: Learner,
        old: Said | None,
        new: Said,
        *,
        is_stopped: bool,
    ) -> LessonResult:
        lesson, images = self.lesson, self.images
        judgement = lesson_outcome.judged(old, new, lesson)
        pixels = images.pixels[images.training].sum(axis=0)
        outcomes = lesson_outcome.classes_of(old, new, lesson.classes, pixels)
        seconds = time.monotonic() - self.started
        metrics: dict[str, Any] = {
            "images": len(images.training),
            "steps": run.best_step,
            "seconds": round(seconds, 1),
        }
        if judgement.verdict is not Verdict.UNSCORED:
            metrics |= {
                "miou": round(judgement.after or 0.0, 4),
                "held_out_images": len(images.held_out),
                "measured": "held-out images",
                "per_class": {
                    lesson.classes.name_of(o.index): None if o.after is None else round(o.after, 4)
                    for o in outcomes
                },
            }
        if beginning.notes:
            metrics["notes"] = list(beginning.notes)
        settings = beginning.settings
        told = record.of(settings, images.photos, images.pixels, learner.device, Group())
        self.talk.pause()
        checkpoint.save(
            Path(lesson.out), replace(beginning.spec, metrics=metrics), learner.averaged, told
        )
        names = [images.names[number] for number in images.held_out]
        return LessonResult(
            judgement.verdict,
            judgement.before,
            judgement.after,
            judgement.change,
            outcomes,
            lesson_outcome.pictures(old, new, names),
            images.skipped,
            metrics,
            run.steps,
            seconds,
            is_stopped,
            (*(beginning.notes[:1] if beginning.is_other else ()), *images.told),
        )

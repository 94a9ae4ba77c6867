"""Training a network on labelled images, measured on images it has not seen."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from segstudio.core import class_balance, metrics
from segstudio.core.errors import ModelError
from segstudio.core.image_record import Part
from segstudio.inference import device as devices
from segstudio.inference import memory
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint, encoders, networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.training import dataset, record, repeatable, resume, start
from segstudio.training.cached_crops import CachedCrops
from segstudio.training.crops import CropSettings, LiveCrops, Photos, Source
from segstudio.training.description import describe
from segstudio.training.division import Division, divide
from segstudio.training.examples import Example
from segstudio.training.group import Group, joined
from segstudio.training.learner import Learner
from segstudio.training.measure import HeldOut
from segstudio.training.resume import State
from segstudio.training.run import Run
from segstudio.training.settings import TrainProgress, TrainResult, TrainSettings

Report = Callable[[TrainProgress], None]

_FEATURES_AT_MOST = 0.5
"""Of the given minutes: then the features of fewer crops have to do."""

_LEAST_TRAINING_SHARE = 0.2
"""Of the given minutes: kept for steps even where computing the features took longer."""

_FEATURES_SHARE = 0.2
"""Of the progress shown."""


def train(
    settings: TrainSettings, report: Report, examples: Sequence[Example] | None = None
) -> TrainResult:
    """Train a network and write its model file.

    Started by torchrun, all its processes share each batch, and the first one writes.

    Parameters
    ----------
    settings : TrainSettings
    report : callable
        Told of the progress about once a second. Whatever it raises ends the training after the
        state has been written, so that it can be resumed.
    examples : sequence of Example, optional
        What to learn from; without them, the pairs of the two folders of the settings.

    Raises
    ------
    SegstudioError
        When images, masks or settings cannot be used, a file cannot be written, memory is not
        enough on whatever device, or another process of this training ended.
    """
    if examples is None:
        examples = dataset.find_pairs(settings.images, settings.masks)
    examples = [example for example in examples if example.part is not Part.TEST]
    photos = Photos(examples, settings.classes)
    divisions = divide([example.part for example in examples], settings)
    spec = describe(settings)
    state = resume.read(settings) if settings.resume else None
    with (
        torch.random.fork_rng(devices=[]),
        _enough_memory(),
        joined(devices.pick(settings.device)) as (group, device),
        repeatable.on(device, wanted=settings.steps is not None),
    ):
        if settings.batch % group.size:
            raise ModelError(
                f"A batch of {settings.batch} crops cannot be shared by {group.size} processes "
                f"alike. Choose a multiple of {group.size}."
            )
        return _Trainer(settings, spec, photos, divisions, report, group, device).train(state)


@contextmanager
def _enough_memory() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not memory.is_shortage(error):
            raise
        raise ModelError(
            "There is not enough memory to train like this. Choose a smaller --batch, which "
            "--accumulate can make up for, smaller parts (--crop) or a smaller network (--preset)."
        ) from error


class _Trainer:
    """All runs of one training, over one set of crops."""

    def __init__(
        self,
        settings: TrainSettings,
        spec: ModelSpec,
        photos: Photos,
        divisions: list[Division],
        report: Report,
        group: Group,
        device: torch.device,
    ) -> None:
        self.settings = settings
        self.spec = spec
        self.photos = photos
        self.divisions = divisions
        self.report = report
        self._is_told = False
        self.group = group
        self.device = device
        self.crops = CropSettings(
            settings.crop,
            settings.short_side,
            settings.crops_per_image,
            settings.batch,
            settings.seed,
            variety=settings.recipe.variety,
        )
        self.pixels = photos.pixel_counts()  # reads and so checks every pair before any work
        for division in divisions:
            dataset.check_variety(self.pixels[division.train].sum(axis=0), settings.classes)

    def train(self, state: State | None) -> TrainResult:
        classes = len(self.spec.classes)
        started = time.monotonic()
        with self._cached() as cached:
            spent = time.monotonic() - started
            if state is None:
                confusion = torch.zeros(classes, classes + 1, dtype=torch.int64)
                state = State(budget_s=self._budget(spent), confusion=confusion)
            while state.run < len(self.divisions):
                last = self._train_run(state, cached)
                if state.run + 1 == len(self.divisions):
                    break
                state.run, state.step = state.run + 1, 0
                state.earlier_s, state.elapsed_s = state.earlier_s + state.elapsed_s, 0.0
                state.best_miou, state.best_step, state.tensors = -1.0, 0, {}
                if self.group.is_first:
                    resume.write(self.settings, state)
        return self._finish(state, last)

    def _train_run(self, state: State, cached: CachedCrops | None) -> Run:
        division = self.divisions[state.run]
        torch.manual_seed(self.settings.seed + 1000 * state.run)
        network, taken = self._build()
        source: Source = cached or LiveCrops(
            self.photos, self.spec, self.device, self.crops, self.group, self._shares()
        )
        held_out = HeldOut(
            self.photos, division.held_out, self.group, keep_features=self.settings.frozen
        )
        pixels = self.pixels[division.train].sum(axis=0)
        if self.settings.recipe.class_weights == "even":
            pixels = np.minimum(pixels, 1)
        weights = class_balance.class_weights(pixels)
        learner = Learner(self.settings, network.to(self.device), weights, self.group, taken=taken)
        run = Run(
            self.settings,
            self.spec,
            learner,
            source,
            division.train,
            held_out=held_out,
            group=self.group,
        )
        several = len(self.divisions) > 1
        run.train(state, self._tell(state), measure_between=not several)
        if division.held_out:
            state.confusion += torch.from_numpy(run.confusion())
        return run

    def _shares(self) -> NDArray[np.int64] | None:
        """Return how often each image is to be drawn, compared with the others."""
        return self.pixels.sum(axis=1) if self.settings.recipe.draw == "pixels" else None

    def _build(self) -> tuple[SegmentationNetwork, nn.Module | None]:
        """Return a network to train and the part of it that does not begin at random."""
        network = networks.build(self.spec)
        settings = self.settings
        if settings.start is not None:
            taken = start.fill(network, self.spec, settings.start)
            if not self._is_told:
                self._is_told = True
                self.report(TrainProgress("start", 0.0, note=taken.sentence))
            return network, network if taken.is_whole else network.encoder
        # An encoder that is trained starts from the embedded weights where there are any.
        encoder = self.spec.encoder
        has_weights = encoders.is_embedded(encoder) or settings.pretrained
        if not networks.find(self.spec.architecture).has_encoder or not has_weights:
            return network, None
        encoders.fill(network.encoder, encoders.pretrained_state(encoder))
        return network, network.encoder

    @contextmanager
    def _cached(self) -> Iterator[CachedCrops | None]:
        if not self.settings.frozen:
            yield None
            return

        def report(done: float) -> None:
            share = _FEATURES_SHARE * done
            self.report(TrainProgress("features", share, runs=len(self.divisions)))

        network, _ = self._build()
        limited = self.settings.steps is None
        cached = CachedCrops(
            self.photos,
            Predictor(self.spec, network, self.device),
            self.crops,
            report,
            self.group,
            images=sorted({number for division in self.divisions for number in division.train}),
            seconds=_FEATURES_AT_MOST * self.settings.minutes * 60.0 if limited else math.inf,
        )
        try:
            yield cached
        finally:
            cached.close()

    def _budget(self, spent: float) -> float:
        if self.settings.steps is not None:
            return math.inf
        whole = self.settings.minutes * 60.0
        spent = self.group.agreed(spent, self.device)
        return max(whole - spent, _LEAST_TRAINING_SHARE * whole) / len(self.divisions)

    def _tell(self, state: State) -> Report:
        runs = len(self.divisions)
        before = _FEATURES_SHARE if self.settings.frozen else 0.0

        def tell(progress: TrainProgress) -> None:
            share = (state.run + progress.done) / runs
            done = before + (1.0 - before) * share
            self.report(replace(progress, done=done, run=state.run + 1, runs=runs))

        return tell

    def _finish(self, state: State, run: Run) -> TrainResult:
        measured = metrics.scores(state.confusion.numpy())
        held = sum(len(d.held_out) for d in self.divisions)
        found: dict[str, object] = {
            "images": len(self.photos),
            "steps": state.best_step or state.step,
        }
        if held:
            folds = self.settings.folds
            found |= {
                "miou": round(measured.miou, 4),
                "pixel_accuracy": round(measured.pixel_accuracy, 4),
                "classes_averaged": measured.classes_averaged,
                "held_out_images": held,
                "measured": f"{folds}-fold cross-validation" if folds else "held-out images",
            }
        spec = replace(self.spec, metrics=found)
        if self.group.is_first:
            repeat = record.of(self.settings, self.photos, self.pixels, self.device, self.group)
            checkpoint.save(
                self.settings.out, spec, run.averaged, repeat, compact=self.settings.compact
            )
            resume.remove(self.settings)
        names = [c.name for c in spec.classes]
        per_class = {
            name: None if math.isnan(iou) else round(float(iou), 4)
            for name, iou in zip(names, measured.iou, strict=True)
        }
        return TrainResult(
            path=self.settings.out,
            metrics=found,
            per_class=per_class if held else {},
            steps=state.step,
            seconds=state.earlier_s + state.elapsed_s,
        )

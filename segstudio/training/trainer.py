"""Training a network on labelled images, measured on images it has not seen."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch

from segstudio.core import metrics
from segstudio.core.errors import ModelError
from segstudio.inference import device as devices
from segstudio.inference import memory
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint, encoders, networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.training import dataset, resume
from segstudio.training.crops import CachedCrops, CropSettings, LiveCrops, Photos, Source
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


@dataclass(frozen=True)
class Division:
    """Images by number of one run; what is held out is measured at its end."""

    train: list[int]
    held_out: list[int]


def train(settings: TrainSettings, report: Report) -> TrainResult:
    """Train a network and write its model file.

    Parameters
    ----------
    settings : TrainSettings
    report : callable
        Told of the progress about once a second. Whatever it raises ends the training after the
        state has been written, so that it can be resumed.

    Raises
    ------
    SegstudioError
        When images, masks or settings cannot be used, or a file cannot be written.
    MemoryError
        When memory is not enough, on whatever device.
    """
    pairs = dataset.find_pairs(settings.images, settings.masks)
    photos = Photos(pairs, settings.classes)
    divisions = divide(len(pairs), settings)
    spec = describe(settings)
    state = resume.read(settings) if settings.resume else None
    with torch.random.fork_rng(devices=[]):
        try:
            return _Trainer(settings, spec, photos, divisions, report).train(state)
        except Exception as error:
            if not memory.is_shortage(error):
                raise
            raise MemoryError from error


def divide(count: int, settings: TrainSettings) -> list[Division]:
    """Return what each run trains on and what it measures on.

    Raises
    ------
    ImageError
        When there are fewer images than folds.
    """
    if settings.folds:
        parts = dataset.folds(count, settings.folds, settings.seed)
        return [*(Division(*part) for part in parts), Division(list(range(count)), [])]
    return [Division(*dataset.held_out_split(count, settings.held_out, settings.seed))]


def describe(settings: TrainSettings) -> ModelSpec:
    """Return the description of the model to be trained, still without metrics.

    Raises
    ------
    ModelError
        When architecture or encoder are unknown or arguments do not fit, or an encoder that the
        program does not bring is to be kept frozen.
    """
    row = networks.find(settings.architecture)
    frozen = settings.frozen
    if frozen and not row.has_encoder:
        raise ModelError(
            f"A {row.title} has no encoder that could be kept as it is: leave out --frozen."
        )
    if frozen and not encoders.is_embedded(settings.encoder):
        raise ModelError(
            f"A model file leaves out only an encoder that comes with the program, which "
            f"“{settings.encoder}” does not. Use lite0, or train it as well: leave out --frozen."
        )
    try:
        arguments = row.completed(settings.arguments)
    except ValueError as error:
        raise ModelError(str(error)) from error
    mean, std = encoders.normalisation(settings.encoder)
    name = settings.name or settings.out.stem
    return ModelSpec(
        name=name,
        title=settings.title or name,
        architecture=settings.architecture,
        arguments=arguments,
        encoder=settings.encoder,
        encoder_inside=not frozen,
        encoder_sha256=encoders.embedded_sha256(settings.encoder) if frozen else "",
        short_side=settings.short_side,
        classes=settings.classes,
        mean=mean,
        std=std,
        multiple=row.multiple_of(arguments),
        licence=settings.licence,
        refine=settings.refine,
        note=settings.note,
    )


class _Trainer:
    """All runs of one training, over one set of crops."""

    def __init__(
        self,
        settings: TrainSettings,
        spec: ModelSpec,
        photos: Photos,
        divisions: list[Division],
        report: Report,
    ) -> None:
        self.settings = settings
        self.spec = spec
        self.photos = photos
        self.divisions = divisions
        self.report = report
        self.device = devices.pick(settings.device)
        self.crops = CropSettings(
            settings.crop,
            settings.short_side,
            settings.crops_per_image,
            settings.batch,
            settings.seed,
        )
        self.pixels = photos.pixel_counts()  # reads and so checks every pair before any work

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
                resume.write(self.settings, state)
        return self._finish(state, last)

    def _train_run(self, state: State, cached: CachedCrops | None) -> Run:
        division = self.divisions[state.run]
        torch.manual_seed(self.settings.seed + 1000 * state.run)
        network = self._build()
        source: Source = cached or LiveCrops(
            self.photos, Predictor(self.spec, network, self.device), self.crops
        )
        held_out = HeldOut(
            self.photos, division.held_out, keep_features=not self.spec.encoder_inside
        )
        run = Run(
            self.settings,
            self.spec,
            network.to(self.device),
            source,
            division.train,
            weights=dataset.class_weights(self.pixels[division.train].sum(axis=0)),
            held_out=held_out,
        )
        several = len(self.divisions) > 1
        run.train(state, self._tell(state), measure_between=not several)
        if division.held_out:
            state.confusion += torch.from_numpy(run.confusion())
        return run

    def _build(self) -> SegmentationNetwork:
        # An encoder that is trained starts from the embedded weights where there are any.
        network = networks.build(self.spec)
        encoder = self.spec.encoder
        has_weights = encoders.is_embedded(encoder) or self.settings.pretrained
        if networks.find(self.spec.architecture).has_encoder and has_weights:
            encoders.fill(network.encoder, encoders.pretrained_state(encoder))
        return network

    @contextmanager
    def _cached(self) -> Iterator[CachedCrops | None]:
        if self.spec.encoder_inside:
            yield None
            return

        def report(done: float) -> None:
            share = _FEATURES_SHARE * done
            self.report(TrainProgress("features", share, runs=len(self.divisions)))

        predictor = Predictor(self.spec, self._build(), self.device)
        limited = self.settings.steps is None
        cached = CachedCrops(
            self.photos,
            predictor,
            self.crops,
            report,
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
        return max(whole - spent, _LEAST_TRAINING_SHARE * whole) / len(self.divisions)

    def _tell(self, state: State) -> Report:
        runs = len(self.divisions)
        before = 0.0 if self.spec.encoder_inside else _FEATURES_SHARE

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
        checkpoint.save(self.settings.out, spec, run.averaged)
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

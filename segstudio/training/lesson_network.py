"""The network that a lesson begins with, and how it is taught."""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from segstudio.core.lesson import Lesson, Reach
from segstudio.models import checkpoint, encoders, networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec
from segstudio.training import blocks, start
from segstudio.training.description import describe
from segstudio.training.recipe import Recipe
from segstudio.training.settings import TrainSettings

BATCH = 4
LARGEST_CROP = 256
LEAST_CROP = 64

SCORING_RATE = 1e-2
"""Learning rate of the layers that score classes, while the rest stays as it is."""

FEW_IMAGES = 5
"""Of fewer the batch norms of weights that were taken over keep their statistics."""

_LAST_BLOCKS = 2
_ENCODER_RATE = 0.1
"""Of the learning rate of the rest: what was learned from millions of images is to stay."""

RATE = 2e-3


@dataclass(frozen=True, eq=False)
class Beginning:
    """What a lesson begins with.

    Attributes
    ----------
    taken : Module, optional
        The part of the network that does not begin at random.
    notes : tuple of str
        Sentences about what was taken.
    is_other : bool
        The first of them says that another model is begun with than was asked for.
    """

    spec: ModelSpec
    network: SegmentationNetwork
    settings: TrainSettings
    taken: nn.Module | None
    notes: tuple[str, ...]
    is_other: bool = False

    def scoring(self) -> list[nn.Parameter]:
        """Return the weights that score the classes."""
        names = start.scoring_names(self.spec, self.network.state_dict())
        return [values for name, values in self.network.named_parameters() if name in names]


def begin(lesson: Lesson, model: Path | None, images: int) -> Beginning:
    """Build the network of a lesson.

    It has the architecture and the encoder of the model that it begins with. Where that one
    cannot be trained, a new head on the embedded encoder takes its place.

    Parameters
    ----------
    model : Path, optional
        The file of the model to begin with.
    images : int
        How many there are to learn from.

    Raises
    ------
    ModelError
        When that file is missing or damaged.
    """
    given = checkpoint.read_spec(model) if model is not None else None
    notes: list[str] = []
    is_other = False
    if given is not None and given.architecture not in networks.ARCHITECTURES:
        title = given.title or given.name
        notes.append(
            f"“{title}” runs here but cannot be taught; a new head on the encoder that comes with "
            "the program was taught instead."
        )
        given, model, is_other = None, None, True
    settings = _settings(lesson, given, model, images)
    spec = describe(settings)
    network = networks.build(spec)
    if given is None or model is None:
        if spec.encoder_inside:  # else the network was built with them
            encoders.fill(network.encoder, encoders.pretrained_state(spec.encoder))
        return Beginning(spec, network, settings, network.encoder, tuple(notes), is_other)
    taken = start.fill(network, spec, model, lesson.targets)
    notes.append(taken.sentence)
    return Beginning(spec, network, settings, network, tuple(notes))


def _settings(
    lesson: Lesson, given: ModelSpec | None, model: Path | None, images: int
) -> TrainSettings:
    reach = _reach(lesson, given)
    short_side = given.short_side if given else 448
    settings = TrainSettings(
        images=Path(lesson.root),
        masks=Path(lesson.project),
        classes=lesson.classes,
        out=Path(lesson.out),
        start=model,
        frozen=reach == "head",
        minutes=lesson.minutes,
        seed=lesson.seed,
        short_side=short_side,
        crop=_crop(short_side),
        batch=BATCH,
        learning_rate=RATE,
        recipe=Recipe(
            encoder_rate=1.0 if reach == "head" else _ENCODER_RATE,
            norms="frozen" if images < FEW_IMAGES or reach != "head" else "trained",
        ),
        device=lesson.device,
        name=lesson.name,
        title=lesson.title,
        refine=given.refine if given else "guided",
    )
    if given is not None:
        settings = replace(
            settings,
            architecture=given.architecture,
            arguments=given.arguments,
            encoder=given.encoder,
        )
        if reach == "last":
            last = min(_LAST_BLOCKS, len(blocks.blocks_of(networks.build(given).encoder)))
            settings = replace(settings, recipe=replace(settings.recipe, last_blocks=last))
    elif reach == "last":
        settings = replace(settings, recipe=replace(settings.recipe, last_blocks=_LAST_BLOCKS))
    return settings


def _reach(lesson: Lesson, given: ModelSpec | None) -> Reach:
    if given is not None and not networks.find(given.architecture).has_encoder:
        return "all"  # there is nothing that could be kept
    return lesson.reach


def _crop(short_side: int) -> int:
    """Return the side of crops, a multiple of 32, that leaves room for all scales."""
    fitting = round(LARGEST_CROP / 448 * short_side / 32) * 32
    return max(LEAST_CROP, min(LARGEST_CROP, fitting))

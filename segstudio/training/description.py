"""The description of a model that is going to be trained."""

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, encoders, foreign_networks, networks
from segstudio.models.spec import ModelSpec
from segstudio.training import start
from segstudio.training.settings import TrainSettings


def describe(settings: TrainSettings) -> ModelSpec:
    """Return the description of the model to be trained, still without metrics.

    Raises
    ------
    ModelError
        When architecture or encoder are unknown or arguments do not fit, there are no weights
        that could be kept frozen, or the model to start from cannot be used.
    """
    given = checkpoint.read_spec(settings.start) if settings.start else None
    if settings.architecture in foreign_networks.FOREIGN:
        return _foreign(settings, given)
    row = networks.find(settings.architecture)
    embedded = encoders.is_embedded(settings.encoder)
    _check_frozen(settings, has_encoder=row.has_encoder)
    try:
        arguments = row.completed(settings.arguments)
    except ValueError as error:
        raise ModelError(str(error)) from error
    mean, std = encoders.normalisation(settings.encoder)
    outside = settings.frozen and embedded and not (given and given.encoder_inside)
    name = settings.name or settings.out.stem
    spec = ModelSpec(
        name=name,
        title=settings.title or name,
        architecture=settings.architecture,
        arguments=arguments,
        encoder=settings.encoder,
        encoder_inside=not outside,
        encoder_sha256=encoders.embedded_sha256(settings.encoder) if outside else "",
        short_side=settings.short_side,
        classes=settings.classes,
        mean=mean,
        std=std,
        multiple=row.multiple_of(arguments),
        licence=settings.licence,
        refine=settings.refine,
        note=settings.note,
    )
    return start.continued(given, spec) if given else spec


def _check_frozen(settings: TrainSettings, *, has_encoder: bool) -> None:
    recipe, title = settings.recipe, networks.find(settings.architecture).title
    if not has_encoder and (settings.frozen or recipe.last_blocks is not None):
        raise ModelError(
            f"A {title} has no encoder that could be kept as it is: leave out --frozen and "
            "--last-blocks."
        )
    has_weights = (
        encoders.is_embedded(settings.encoder) or settings.pretrained or settings.start is not None
    )
    if not has_weights and (settings.frozen or recipe.last_blocks is not None):
        raise ModelError(
            f"Encoder “{settings.encoder}” has no weights yet that could be kept: only lite0 comes "
            "with the program. Add --pretrained or --from, or train all of it."
        )


def _foreign(settings: TrainSettings, given: ModelSpec | None) -> ModelSpec:
    """Describe a network from elsewhere, which only its own weights can start."""
    if given is None or given.architecture != settings.architecture:
        raise ModelError(
            f"“{settings.architecture}” is built from a model only: start from one with --from."
        )
    if given.architecture == "onnx":
        raise ModelError(
            f"“{given.title or given.name}” is an ONNX file, which runs but cannot be trained. "
            "Start from another model."
        )
    name = settings.name or settings.out.stem
    spec = ModelSpec(
        name=name,
        title=settings.title or name,
        architecture=given.architecture,
        arguments=given.arguments,
        encoder=given.encoder,
        encoder_inside=True,
        short_side=settings.short_side,
        classes=settings.classes,
        multiple=given.multiple,
        licence=settings.licence,
        refine=settings.refine,
        note=settings.note,
        input_size=given.input_size,
    )
    return start.continued(given, spec)

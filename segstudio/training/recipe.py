"""How a network learns: what its loss is, what is trained, how fast, and how images vary."""

from dataclasses import dataclass
from typing import Literal, get_args

from segstudio.core.errors import ModelError

Optimizer = Literal["adamw", "sgd"]
Schedule = Literal["cosine", "poly"]
Norms = Literal["auto", "trained", "frozen"]
Variety = Literal["light", "turned", "microscope", "strong"]
Weights = Literal["rare", "even"]
Draw = Literal["images", "pixels"]

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
NORMS: tuple[Norms, ...] = get_args(Norms)
VARIETIES: tuple[Variety, ...] = get_args(Variety)
WEIGHTS: tuple[Weights, ...] = get_args(Weights)
DRAWS: tuple[Draw, ...] = get_args(Draw)

LOSSES = ("ce", "focal", "dice", "lovasz", "bce")
"""Terms of a loss, as in `segstudio.training.losses`."""

Terms = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Recipe:
    """How a network learns.

    Attributes
    ----------
    loss : str
        Terms of `LOSSES`, each perhaps with a factor, such as ``"ce+0.5*dice"``.
    optimizer : {"adamw", "sgd"}
        The latter with a momentum of 0.9.
    schedule : {"cosine", "poly"}
        How the learning rate falls after the warm-up: half a cosine, or (1 - x) to the 0.9.
    warm_up : float
        Share of a run in which the learning rate rises, 0 to below 1.
    encoder_rate : float
        The learning rate of the encoder as a share of that of the rest.
    last_blocks : int, optional
        How many of the encoder's last blocks are trained; without it all.
    norms : {"auto", "trained", "frozen"}
        Whether batch norms of weights that were taken over keep their statistics. ``auto``
        freezes them where a process has fewer than `SMALL_BATCH` crops at a time.
    half : bool
        Mixed precision, where the device has one.
    accumulate : int
        Batches whose gradients are added up before a step.
    average : float
        Decay of the running mean of the weights, which is what is kept; 0 for none.
    variety : {"light", "turned", "microscope", "strong"}
        How much crops vary: scale, mirror and colour; turned as well, for pictures without an
        up; lit and stained in many ways besides, for pictures of cells; or turned a little,
        blurred, grey and with parts missing.
    class_weights : {"rare", "even"}
        Whether cross entropy weighs rare classes more, which finds more of them and says them more
        often than they are there.
    draw : {"images", "pixels"}
        Whether every image gives as many crops, or each as many as it has labelled pixels: for
        pictures of very different sizes. An encoder that is kept as it is takes images.
    """

    loss: str = "ce"
    optimizer: Optimizer = "adamw"
    schedule: Schedule = "cosine"
    warm_up: float = 0.05
    encoder_rate: float = 1.0
    last_blocks: int | None = None
    norms: Norms = "auto"
    half: bool = False
    accumulate: int = 1
    average: float = 0.98
    variety: Variety = "light"
    class_weights: Weights = "rare"
    draw: Draw = "images"

    def __post_init__(self) -> None:
        terms(self.loss)
        checks = {
            f"“{self.optimizer}” is no optimizer: adamw or sgd.": self.optimizer in OPTIMIZERS,
            f"“{self.schedule}” is no schedule: cosine or poly.": self.schedule in SCHEDULES,
            f"“{self.norms}” is no way to treat norms: {', '.join(NORMS)}.": self.norms in NORMS,
            f"“{self.variety}” is no variety: {', '.join(VARIETIES)}.": self.variety in VARIETIES,
            f"“{self.draw}” is no way to draw crops: {', '.join(DRAWS)}.": self.draw in DRAWS,
            f"“{self.class_weights}” is no way to weigh classes: {', '.join(WEIGHTS)}.": (
                self.class_weights in WEIGHTS
            ),
            "The warm-up must be at least 0 and below 1.": 0 <= self.warm_up < 1,
            "The encoder's share of the learning rate must be above 0.": self.encoder_rate > 0,
            "At least one block of the encoder must be trained, or use --frozen.": (
                self.last_blocks is None or self.last_blocks >= 1
            ),
            "At least one batch a step is needed.": self.accumulate >= 1,
            "The decay of the mean must be at least 0 and below 1.": 0 <= self.average < 1,
        }
        for sentence, holds in checks.items():
            if not holds:
                raise ModelError(sentence)


SMALL_BATCH = 8
"""Statistics of fewer crops say too little of all images."""


def terms(loss: str) -> Terms:
    """Read a loss: its terms with their factors.

    Raises
    ------
    ModelError
        When it is not a sum of known terms with positive factors.
    """
    found = []
    for text in loss.split("+"):
        factor, sign, name = text.rpartition("*")
        try:
            value = float(factor) if sign else 1.0
        except ValueError:
            value = -1.0
        name = name.strip()
        if name not in LOSSES or not 0 < value < float("inf"):
            raise ModelError(
                f"“{loss}” is no loss: write a sum of {', '.join(LOSSES)} such as ce+0.5*dice."
            )
        found.append((value, name))
    return tuple(found)

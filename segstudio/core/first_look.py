"""How well a model did on images that it had not seen, as people found when they were done."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstLook:
    """The map that a person found an image with, compared with what they made of it.

    That is the last one that a model made of it before anybody touched it. The score leans to the
    machine: what a person did not look at closely counts as right.

    Attributes
    ----------
    name : str
        Of the image.
    model : str
        Name of the model.
    made_at : float
        Seconds since 1970.
    scored_at : float
        When the image was marked done; 0 while it is not.
    miou, accuracy : float or None
        0 to 1, over the pixels that have a class at the end.
    """

    name: str
    model: str
    made_at: float
    scored_at: float = 0.0
    miou: float | None = None
    accuracy: float | None = None

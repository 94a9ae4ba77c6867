"""What a person may say of a model's input: which numbers it wants, and how large an image."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelValues:
    """What a model expects of its input, beside the channels that it was built with.

    Attributes
    ----------
    mean, std : tuple of float
        By channel, for inputs of 0 to 1.
    channel_order : {"rgb", "bgr"}
        `mean` and `std` follow it.
    short_side : int
        Working short side in pixels.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    channel_order: str
    short_side: int

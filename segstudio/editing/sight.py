"""Places in an image, and which part of it is looked at."""

from dataclasses import dataclass, field

from segstudio.core.region import Region

Point = tuple[float, float]
"""x and y in image pixels; the centre of the first pixel is (0.5, 0.5)."""


@dataclass(frozen=True)
class Sight:
    """What the person sees of the image.

    Attributes
    ----------
    region : Region
        The part in the window.
    scale : float
        Screen pixels per image pixel.
    """

    region: Region = field(default_factory=lambda: Region(0, 0, 0, 0))
    scale: float = 1.0

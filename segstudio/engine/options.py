"""How an image is to be segmented, as the window asks for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What every request to segment carries.

    Attributes
    ----------
    model : str
        Name of a model, or path of a model file.
    refine, detail, device, augment, precision : str
        See `segstudio.inference.segmenter.SegmentSettings` and `segstudio.inference.device`.
    sharpness : float
        0 to 1.
    tile : int
        Side of a tile in pixels; 0 for what memory allows.
    """

    model: str
    refine: str = "guided"
    sharpness: float = 0.5
    detail: str = "1"
    device: str = "auto"
    augment: str = "none"
    precision: str = "auto"
    tile: int = 0

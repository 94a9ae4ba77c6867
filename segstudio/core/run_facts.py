"""How a network ran over one image: what a person is told of it afterwards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunFacts:
    """How a network ran.

    Attributes
    ----------
    device : str
        As torch calls it; empty where no network ran.
    tiles : int
        How many the image was cut into; 1 when it was looked at whole.
    side : int
        Of a tile, in pixels of the image at working size; 0 for the whole.
    finished : int
        Tiles that were done when somebody stopped it; else all of them.
    passes : int
        How often each place was looked at, flipped or at other scales.
    half : bool
        Whether it ran in half precision.
    ran_out : str
        The kind of device whose memory was too small for an easier way to be needed, such as
        ``"cuda"``; empty where it was enough.
    """

    device: str = ""
    tiles: int = 1
    side: int = 0
    finished: int = 1
    passes: int = 1
    half: bool = False
    ran_out: str = ""

    @property
    def is_tiled(self) -> bool:
        """Whether the image was cut into tiles."""
        return self.side > 0

    @property
    def is_stopped(self) -> bool:
        """Whether only a part of the image was segmented."""
        return self.finished < self.tiles

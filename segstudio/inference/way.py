"""Which way a network goes over an image: whole or in tiles, how large, how many at a time."""

from dataclasses import dataclass, replace

from segstudio.models.spec import ModelSpec

LARGEST_WHOLE_PIXELS = 2_500_000
"""On a processor a larger image is cut even where memory is enough: whoever waits for the hand's
next request would wait for seconds."""

LARGEST_TILE_PIXELS = 1_000_000
"""Of such tiles, for the same reason."""

SMALLEST_SIDE = 128
"""Smaller tiles see too little to know what they see."""

MEMORY_SHARE = 0.5
"""How much of what is free may be taken; others want some too."""

HALF_SHARE = 0.6
"""What half precision needs of the memory of full."""

MOST_TILES_AT_ONCE = 8
"""On a graphics card; a processor gains nothing by more than one."""


@dataclass(frozen=True)
class Means:
    """What there is to run a network with.

    Attributes
    ----------
    free_bytes : int
        Of the device.
    bytes_per_pixel : float
        What the network takes in full precision.
    is_processor : bool
        Whether the device is the CPU.
    can_half : bool
        Whether it has a half precision.
    """

    free_bytes: int
    bytes_per_pixel: float
    is_processor: bool = True
    can_half: bool = False

    def fitting_pixels(self, *, half: bool) -> int:
        """Return how many pixels fit into memory at a time."""
        needed = self.bytes_per_pixel * (HALF_SHARE if half else 1.0)
        return max(1, int(self.free_bytes * MEMORY_SHARE / needed))


@dataclass(frozen=True)
class Way:
    """How a network runs over an image.

    Attributes
    ----------
    side : int
        Of a tile in pixels, a multiple of what the network asks for; 0 for the whole image.
    at_once : int
        Tiles at a time.
    half : bool
        In half precision.
    on_cpu : bool
        On the processor, though the model lies on another device.
    """

    side: int = 0
    at_once: int = 1
    half: bool = False
    on_cpu: bool = False


def first(
    size: tuple[int, int], spec: ModelSpec, means: Means, *, finer: bool, half: bool, side: int = 0
) -> Way:
    """Return the way to begin with.

    Whole where that fits. Tiles have the side that the model was trained at where somebody asked
    for more detail than that, else the largest side that fits: the more a tile sees, the better.

    Parameters
    ----------
    size : (height, width)
        Of the image at working size.
    finer : bool
        Whether that is finer than the model's own.
    side : int
        The side that somebody asked for; 0 for none.
    """
    height, width = size
    fits = means.fitting_pixels(half=half)
    whole = min(fits, LARGEST_WHOLE_PIXELS) if means.is_processor else fits
    if not finer and not side and height * width <= whole:
        return Way(half=half)
    largest = min(fits, LARGEST_TILE_PIXELS) if means.is_processor else fits
    if side:
        wanted = _at_least(side, spec.multiple)
    elif finer:
        wanted = min(_at_least(spec.short_side, spec.multiple), _fitting(largest, spec.multiple))
    else:
        wanted = _fitting(largest, spec.multiple)
    if wanted >= max(size):
        return Way(half=half)
    room = 1 if means.is_processor else fits // (wanted * wanted)
    return Way(wanted, min(max(1, room), MOST_TILES_AT_ONCE), half)


def easier(way: Way, size: tuple[int, int], spec: ModelSpec, means: Means) -> Way | None:
    """Return the next easier way after memory was not enough; None where there is none.

    One tile at a time, then smaller tiles, half precision, and at last the processor.
    """
    if way.at_once > 1:
        return replace(way, at_once=1)
    side = min(way.side or max(size), max(size))
    smaller = max(_at_most(side // 2, spec.multiple), smallest(spec).side)
    if smaller < side:
        return replace(way, side=smaller)
    if not way.half and means.can_half and not way.on_cpu:
        return replace(way, half=True)
    if not means.is_processor and not way.on_cpu:
        return Way(on_cpu=True)
    return None


def smallest(spec: ModelSpec) -> Way:
    """Return the way with the smallest tiles, one at a time."""
    return Way(_at_least(SMALLEST_SIDE, spec.multiple))


def _fitting(pixels: int, multiple: int) -> int:
    side = _at_most(int(pixels**0.5), multiple)
    return max(side, _at_least(SMALLEST_SIDE, multiple))


def _at_least(side: int, multiple: int) -> int:
    return -(-side // multiple) * multiple


def _at_most(side: int, multiple: int) -> int:
    return max(1, side // multiple) * multiple

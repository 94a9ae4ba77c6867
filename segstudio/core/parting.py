"""Which images are learned from and which are held out: chosen once, for whole images."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping

from segstudio.core.image_record import Part

LEAST_IMAGES = 3
"""Of fewer none is held out: there would be too little to learn from."""

SHARE = 0.2
"""Of the images, held out."""

_MOST_SHARE = 1 / 3
"""Of the images, where that many are needed for every class to be held out."""


def parted(pixels: Mapping[str, Mapping[int, int]], parts: Mapping[str, Part]) -> dict[str, Part]:
    """Choose the parts of images that have none yet; the same images give the same parts.

    About one image in five is held out (`Part.VALIDATION`), from three images on at least one,
    such that classes of several images are on both sides. An image is never held out if no other
    one would teach a class of it.

    Parameters
    ----------
    pixels : mapping of str to mapping of int to int
        By image with labels, its labelled pixels by class.
    parts : mapping of str to Part
        What was chosen before, which stays as it is.

    Returns
    -------
    dict of str to Part
        Of the images without a part only: training or validation.
    """
    kinds = {name: {c for c, count in found.items() if count} for name, found in pixels.items()}
    chosen = {name: parts.get(name, Part.NONE) for name in pixels}
    free = sorted((n for n, part in chosen.items() if part is Part.NONE), key=_mixed)
    held = [name for name, part in chosen.items() if part is Part.VALIDATION]
    teaching = [name for name, part in chosen.items() if part is Part.TRAINING] + free
    count = len(held) + len(teaching)
    if count >= LEAST_IMAGES:
        wanted, most = max(1, round(SHARE * count)), max(1, int(_MOST_SHARE * count))
        while len(held) < most:
            name = _next(kinds, free, held, teaching, is_short=len(held) < wanted)
            if name is None:
                break
            for names in (free, teaching):
                names.remove(name)
            held.append(name)
    new = {name for name, part in chosen.items() if part is Part.NONE}
    return {n: Part.VALIDATION if n in held else Part.TRAINING for n in pixels if n in new}


def _next(
    kinds: Mapping[str, set[int]],
    free: list[str],
    held: list[str],
    teaching: list[str],
    *,
    is_short: bool,
) -> str | None:
    """Return the free image that is held out best, or None where none has to be or can be."""
    taught, tested = _counted(kinds, teaching), _counted(kinds, held)
    spared = [n for n in free if len(teaching) > 1 and all(taught[c] > 1 for c in kinds[n])]
    if not spared:
        return None

    def new(name: str) -> int:
        return sum(not tested[c] for c in kinds[name])

    best = max(new(name) for name in spared)
    if not best and not is_short:
        return None

    def crowding(name: str) -> float:
        return sum((tested[c] + 1) / (tested[c] + taught[c]) for c in kinds[name])

    return min((n for n in spared if new(n) == best), key=crowding)


def _counted(kinds: Mapping[str, set[int]], names: Iterable[str]) -> Counter[int]:
    return Counter(index for name in names for index in kinds[name])


def _mixed(name: str) -> tuple[int, str]:
    """Return what orders names without regard to how they follow each other in a series."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")), name

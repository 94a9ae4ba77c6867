"""Which images are learned from and which are held out: chosen once, for whole images."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from segstudio.core.image_record import Part

LEAST_IMAGES = 3
"""Of fewer none is held out: there would be too little to learn from."""

SHARE = 0.2
"""Of the images, held out."""

_MOST_SHARE = 1 / 3
"""Of the images, where that many are needed for every class to be held out."""

MOST_IMAGES = 40
"""That are held out for the share, and that a lesson is measured on: with more it would take
longer to measure than to learn, and hardly be more certain."""


def parted(pixels: Mapping[str, Mapping[int, int]], parts: Mapping[str, Part]) -> dict[str, Part]:
    """Choose the parts of images that have none yet; the same images give the same parts.

    About one image in five is held out (`Part.VALIDATION`), from three images on at least one and
    of hundreds about `MOST_IMAGES`, such that classes of several images are on both sides. An
    image is never held out if no other one would teach a class of it.

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
    kinds = {name: frozenset(c for c, n in found.items() if n) for name, found in pixels.items()}
    chosen = {name: parts.get(name, Part.NONE) for name in pixels}
    free = sorted((n for n, part in chosen.items() if part is Part.NONE), key=_mixed)
    held = [name for name, part in chosen.items() if part is Part.VALIDATION]
    teaching = [name for name, part in chosen.items() if part is Part.TRAINING] + free
    taught, tested = _counted(kinds, teaching), _counted(kinds, held)
    groups: _Groups = {}
    for name in reversed(free):
        groups.setdefault(kinds[name], []).append(name)
    count = len(held) + len(teaching)
    wanted, most = min(MOST_IMAGES, round(SHARE * count)), int(_MOST_SHARE * count)
    new: set[str] = set()
    # One is always left to learn from.
    for number in range(len(held), max(1, most) if count >= LEAST_IMAGES else 0):
        is_short = number < max(1, wanted)
        kind = (
            _next(groups, taught, tested, is_short=is_short)
            if len(new) + 1 < len(teaching)
            else None
        )
        if kind is None:
            break
        new.add(groups[kind].pop())
        if not groups[kind]:
            del groups[kind]
        taught.subtract(kind)
        tested.update(kind)
    return {
        n: Part.VALIDATION if n in new else Part.TRAINING for n in pixels if chosen[n] is Part.NONE
    }


def measured(names: Sequence[str]) -> tuple[str, ...]:
    """Return the held-out images that a lesson is measured on: of many the same in every round."""
    some = set(sorted(names, key=_mixed)[:MOST_IMAGES])
    return tuple(name for name in names if name in some)


_Groups = dict[frozenset[int], list[str]]
"""Images that can be held out, by the classes that they have, each group's next one last."""


def _next(
    groups: _Groups, taught: Counter[int], tested: Counter[int], *, is_short: bool
) -> frozenset[int] | None:
    """Return of which group an image is held out best, or None where none has to be or can be.

    Images of the same classes are all as good, and there may be thousands of them.
    """
    spared = [kind for kind in groups if all(taught[c] > 1 for c in kind)]
    if not spared:
        return None

    def new(kind: frozenset[int]) -> int:
        return sum(not tested[c] for c in kind)

    best = max(new(kind) for kind in spared)
    if not best and not is_short:
        return None

    def crowding(kind: frozenset[int]) -> tuple[float, tuple[int, str]]:
        crowded = sum((tested[c] + 1) / (tested[c] + taught[c]) for c in kind)
        return crowded, _mixed(groups[kind][-1])

    return min((kind for kind in spared if new(kind) == best), key=crowding)


def _counted(kinds: Mapping[str, frozenset[int]], names: Iterable[str]) -> Counter[int]:
    return Counter(index for name in names for index in kinds[name])


def _mixed(name: str) -> tuple[int, str]:
    """Return what orders names without regard to how they follow each other in a series."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")), name

"""Dividing images into training, validation and test: whole groups, classes spread alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.image_record import Part


@dataclass(frozen=True)
class Candidate:
    """An image that belongs to no part yet.

    Attributes
    ----------
    group : str
        Images of one group, such as frames of one film, come into one part.
    classes : frozenset of int
        That occur in it.
    """

    name: str
    group: str
    classes: frozenset[int]


def split(
    candidates: Sequence[Candidate], shares: Mapping[Part, float], seed: int
) -> dict[str, Part]:
    """Return the part of every image; the same for the same seed.

    Groups are dealt out one by one, those with the rarest classes first, each to the part that
    lacks most of what it has (after Sechidis, Tsoumakas and Vlahavas 2011, iterative
    stratification).

    Parameters
    ----------
    shares : mapping of Part to float
        Of the images, not below 0; they need not sum to 1.
    """
    parts = [part for part in shares if shares[part] > 0]
    if not parts:
        raise ValueError("at least one share must be above 0")
    weights = np.array([shares[part] for part in parts], np.float64)
    weights /= weights.sum()
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.group, []).append(candidate)
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    order = [sorted(groups)[place] for place in shuffled]
    wanted = {index: weights * count for index, count in _images_by_class(candidates).items()}
    wanted[_ANY] = weights * len(candidates)
    rarity = _images_by_class(candidates)
    ranked = sorted(
        order,
        key=lambda name: min((rarity[i] for c in groups[name] for i in c.classes), default=1 << 30),
    )
    found: dict[str, Part] = {}
    for name in ranked:
        place = _neediest(groups[name], wanted, rarity)
        for candidate in groups[name]:
            found[candidate.name] = parts[place]
            for index in (*candidate.classes, _ANY):
                wanted[index][place] -= 1
    return found


def prefix_of(name: str) -> str:
    """Return a name without its last digits and what parts them: frames of a film share it."""
    return re.sub(r"[\s._-]*\d+$", "", name) or name


_ANY = -1
"""Stands for an image of whatever classes."""


def _images_by_class(candidates: Sequence[Candidate]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for candidate in candidates:
        for index in candidate.classes:
            counts[index] = counts.get(index, 0) + 1
    return counts


def _neediest(
    members: Sequence[Candidate],
    wanted: Mapping[int, NDArray[np.float64]],
    rarity: Mapping[int, int],
) -> int:
    """Return the place of the part that lacks most of the rarest class of a group."""
    present = sorted({i for c in members for i in c.classes}, key=lambda i: (rarity[i], i))
    lacks = [tuple(wanted[i][place] for i in (*present[:1], _ANY)) for place in _places(wanted)]
    return max(_places(wanted), key=lambda place: (lacks[place], -place))


def _places(wanted: Mapping[int, NDArray[np.float64]]) -> range:
    return range(wanted[_ANY].size)

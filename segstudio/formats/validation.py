"""Looking through a whole dataset for what a training would stumble over."""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import label_checks, orienting, twins
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.findings import Finding, Kind

RARE_SHARE = 0.001
"""Of the labelled pixels: a class with less is hard to learn."""

Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one image has shown."""

    findings: tuple[Finding, ...]
    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    print: int | None = None


def validate(dataset: Dataset, report: Report = lambda _done, _total: None) -> list[Finding]:
    """Return what is wrong with a dataset, or may be, the worst first.

    Parameters
    ----------
    report : callable
        Called with done and total after each image; what it raises ends the work.
    """
    seen: list[_Seen] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        look = partial(_look, classes=dataset.classes)
        for done, found in enumerate(pool.map(look, dataset.images), start=1):
            seen.append(found)
            report(done, len(dataset.images))
    findings = [finding for found in seen for finding in found.findings]
    findings += _rare(dataset, seen)
    findings += _one_sided(dataset, seen)
    findings += _twins(dataset.images, seen)
    order = list(Kind)
    return sorted(findings, key=lambda finding: order.index(finding.kind))


def _look(image: LabelledImage, classes: ClassTable) -> _Seen:
    found: list[Finding] = []
    try:
        labels = image.read()
    except SegstudioError as error:
        return _Seen((Finding(Kind.UNREADABLE, image.name, str(error)),))
    code = None
    if image.image is None:
        found.append(Finding(Kind.NO_PICTURE, image.name, "There is no picture to these labels."))
    else:
        try:
            labels = orienting.upright(labels, image.image)
            code = twins.fingerprint(image.image)
        except SegstudioError as error:
            found.append(Finding(Kind.SIZE, image.name, str(error)))
    found += label_checks.check(image.name, labels, classes)
    return _Seen(tuple(found), np.bincount(labels.ravel(), minlength=256), code)


def _rare(dataset: Dataset, seen: Sequence[_Seen]) -> list[Finding]:
    pixels = sum((found.pixels for found in seen), np.zeros(256, np.int64))
    total = sum(int(pixels[entry.index]) for entry in dataset.classes)
    found = []
    for entry in dataset.classes:
        count = int(pixels[entry.index])
        if count and count < RARE_SHARE * total:
            found.append(
                Finding(
                    Kind.RARE, "", f"“{entry.name}” has only {count:,} px, {_share(count, total)}."
                )
            )
        elif not count:
            found.append(Finding(Kind.RARE, "", f"“{entry.name}” does not occur."))
    return found


def _share(count: int, total: int) -> str:
    places = max(0, -math.floor(math.log10(100 * count / total)))
    return f"{100 * count / total:.{places}f} % of what is labelled"


def _one_sided(dataset: Dataset, seen: Sequence[_Seen]) -> list[Finding]:
    """Name classes that are measured but never learned, or learned but never measured."""
    by_part = {part: np.zeros(256, np.int64) for part in Part}
    for image, found in zip(dataset.images, seen, strict=True):
        by_part[image.part] += found.pixels
    learned = by_part[Part.TRAINING]
    measured = by_part[Part.VALIDATION] + by_part[Part.TEST]
    if not learned.any() or not measured.any():
        return []
    told = []
    for entry in dataset.classes:
        has_learned, has_measured = bool(learned[entry.index]), bool(measured[entry.index])
        if has_learned != has_measured:
            where = "training images" if has_learned else "validation or test images"
            told.append(Finding(Kind.ONE_SIDED, "", f"“{entry.name}” occurs only in {where}."))
    return told


def _twins(images: Sequence[LabelledImage], seen: Sequence[_Seen]) -> list[Finding]:
    """Name pictures of different parts that show nearly the same: they flatter a model."""
    known = [place for place, found in enumerate(seen) if found.print is not None]
    prints = [code for found in seen if (code := found.print) is not None]

    def may_pair(one: int, other: int) -> bool:
        return images[known[one]].part is not images[known[other]].part

    return [
        Finding(
            Kind.TWIN,
            images[known[one]].name,
            f"{images[known[other]].name} shows nearly the same and is in another part.",
        )
        for one, other in twins.twins(prints, may_pair)
    ]

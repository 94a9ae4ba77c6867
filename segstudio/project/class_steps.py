"""Class steps: merging and deleting classes in all images of a project at once.

No label map is rewritten. A class step is a mapping of class indices; whatever was stored before
it is read through it, and taking the step back is to read without it.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.history import Form, ready
from segstudio.core.labels import IGNORE_COUNT, Ink
from segstudio.core.patch import Change, Patch, Planes, StoredPatch

UNLABELLED = -1
"""As the target of a class: its pixels become unlabelled, as if nobody had written them."""

_PLACES = {UNLABELLED: IGNORE_INDEX, IGNORE_INDEX: IGNORE_COUNT}
"""Where counts have the pixels of a target that is no class."""


@dataclass(frozen=True)
class Mapping:
    """What the indices of some classes become.

    Attributes
    ----------
    pairs : tuple of (int, int)
        Class index before and after; 255 after makes Ignore, `UNLABELLED` makes unlabelled.
    """

    pairs: tuple[tuple[int, int], ...]

    def planes(self, planes: Planes) -> Planes:
        """Return label map and ink after the step."""
        table, clears = self._tables()
        labels = table[planes.labels]
        ink = planes.ink
        if clears.any():
            ink = np.where(clears[planes.labels], np.uint8(Ink.NOBODY), ink)
        return Planes(labels, ink)

    def labels(self, labels: LabelMap) -> LabelMap:
        """Return a label map after the step."""
        return self._tables()[0][labels]

    def counts(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the class counts of a label map, or what a step adds to them, after this step."""
        result = counts.copy()
        for before, after in self.pairs:
            target = _PLACES.get(after, after)
            result[target] += counts[before]
            result[before] -= counts[before]
        return result

    def class_index(self, index: int | None) -> int | None:
        """Return what one class becomes; None when it becomes unlabelled."""
        after = dict(self.pairs).get(index, index) if index is not None else None
        return None if after == UNLABELLED else after

    def _tables(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        table = np.arange(256, dtype=np.uint8)
        clears = np.zeros(256, np.bool_)
        for before, after in self.pairs:
            table[before] = IGNORE_INDEX if after == UNLABELLED else after
            clears[before] = after == UNLABELLED
        return table, clears


@dataclass(frozen=True)
class ClassStep:
    """One class step that is in force.

    Attributes
    ----------
    number : int
        Class steps are numbered through; what has an `epoch` below it was stored before it.
    kind : {"merge", "delete"}
    title : str
        What to show of it, such as ``person → human``.
    """

    number: int
    kind: str
    title: str
    mapping: Mapping


def read_active(connection: sqlite3.Connection) -> tuple[ClassStep, ...]:
    """Return the class steps in force, the oldest first."""
    rows = connection.execute(
        "SELECT id, kind, title, mapping FROM class_step WHERE is_active ORDER BY id"
    )
    return tuple(ClassStep(row[0], row[1], row[2], from_text(row[3])) for row in rows)


def read_permanent(connection: sqlite3.Connection) -> tuple[Mapping, ...]:
    """Return the mappings that compacting has made permanent, the oldest first."""
    rows = connection.execute(
        "SELECT mapping FROM class_step WHERE NOT is_active AND counts_before = '{}' ORDER BY id"
    )
    return tuple(from_text(text) for (text,) in rows)


def add(
    connection: sqlite3.Connection, kind: str, title: str, mapping: Mapping, classes_before: str
) -> None:
    """Put a class step in force, and count the pixels of each image anew through it."""
    counts_before: dict[int, str] = {}
    for before, _ in mapping.pairs:
        found = connection.execute(
            "SELECT id, classes FROM image WHERE classes LIKE ?", (f"%[{before},%",)
        )
        counts_before.update(found)
    connection.executemany(
        "UPDATE image SET classes = ? WHERE id = ?",
        ((_mapped_text(text, mapping), image) for image, text in counts_before.items()),
    )
    connection.execute(
        "INSERT INTO class_step (kind, title, mapping, classes_before, counts_before, is_active, "
        "time) VALUES (?, ?, ?, ?, ?, 1, ?)",
        (kind, title, to_text(mapping), classes_before, json.dumps(counts_before), time.time()),
    )


def take_back(connection: sqlite3.Connection) -> tuple[int, str, list[int]] | None:
    """Put the last class step out of force, and count as before it.

    Returns
    -------
    (number, classes_before, images) or None
        The images that were changed since, whose steps and counts are still those under the step.
        None when no class step is in force.
    """
    row = connection.execute(
        "SELECT id, classes_before, counts_before FROM class_step WHERE is_active "
        "ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    number, classes_before, counts_before = row
    connection.execute("UPDATE class_step SET is_active = 0 WHERE id = ?", (number,))
    connection.executemany(
        "UPDATE image SET classes = ? WHERE id = ?",
        ((text, int(image)) for image, text in json.loads(counts_before).items()),
    )
    changed = connection.execute(
        "SELECT DISTINCT image FROM journal WHERE epoch >= ?1 UNION "
        "SELECT image FROM checkpoint WHERE epoch >= ?1",
        (number,),
    )
    return number, classes_before, [int(image) for (image,) in changed.fetchall()]


def _mapped_text(text: str, mapping: Mapping) -> str:
    """Return the counts of an image's row after a step; a person waits for 100,000 of them."""
    counts: dict[int, int] = dict(json.loads(text))
    for before, after in mapping.pairs:
        pixels, target = counts.pop(before, 0), _PLACES.get(after, after)
        counts[target] = counts.get(target, 0) + pixels
    return _text((index, pixels) for index, pixels in sorted(counts.items()) if pixels)


def counts_text(counts: NDArray[np.int64]) -> str:
    """Return class counts as an image's row holds them."""
    return _text((index, int(counts[index])) for index in np.flatnonzero(counts).tolist())


def _text(pairs: Iterable[tuple[int, int]]) -> str:
    return f"[{','.join(f'[{index},{pixels}]' for index, pixels in pairs)}]"


def to_text(mapping: Mapping) -> str:
    """Return a mapping as it is stored."""
    return json.dumps(mapping.pairs)


def from_text(text: str) -> Mapping:
    """Return a stored mapping."""
    return Mapping(tuple((int(before), int(after)) for before, after in json.loads(text)))


def between(steps: Sequence[ClassStep], after: int, until: int) -> list[Mapping]:
    """Return the mappings that came after one epoch and until another, in order."""
    return [step.mapping for step in steps if after < step.number <= until]


def map_planes(planes: Planes, mappings: Iterable[Mapping]) -> Planes:
    """Return planes after some class steps."""
    for mapping in mappings:
        planes = mapping.planes(planes)
    return planes


def map_labels(labels: LabelMap, mappings: Iterable[Mapping]) -> LabelMap:
    """Return a label map after some class steps."""
    for mapping in mappings:
        labels = mapping.labels(labels)
    return labels


def map_patch(patch: Patch, mappings: Sequence[Mapping]) -> Patch:
    """Return the step as it would have been made after some class steps."""
    if not mappings:
        return patch
    changes = tuple(
        Change(c.region, map_planes(c.before, mappings), map_planes(c.after, mappings))
        for c in patch.changes
    )
    origin, counts = patch.origin, patch.counts
    for mapping in mappings:
        origin = replace(origin, class_index=mapping.class_index(origin.class_index))
        counts = mapping.counts(counts)
    return Patch(changes, origin, counts, patch.pixels)


def map_form(form: Form, mappings: Sequence[Mapping]) -> Form:
    """Return a stored step as it looks after some class steps; its pixels are mapped when read."""
    if not mappings:
        return form
    origin, counts = form.origin, form.counts
    for mapping in mappings:
        origin = replace(origin, class_index=mapping.class_index(origin.class_index))
        counts = mapping.counts(counts)
    return StoredPatch(
        form.regions, origin, counts, form.pixels, lambda: map_patch(ready(form), mappings)
    )

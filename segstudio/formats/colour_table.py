"""Which class a colour of a mask stands for, as the tables beside datasets say it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import ImageError
from segstudio.core.palette import Colour, next_colour
from segstudio.formats import class_files, class_lists, colour_mask, images, texts
from segstudio.formats.numbering import Numbering

LABEL_COLOURS = "label_colors.txt"
_NAMES = (LABEL_COLOURS, "label_color.txt", "label_colours.txt")
_TABLES = (
    class_lists.LABELMAP.file_name,
    class_lists.TABLE.file_name,
    *("class_dict.csv", "class_dict_seg.csv", "label_colors.csv", "class_palette.csv"),
    *("labels.csv", "palette.csv", "colors.csv", "colours.csv"),
)

VOID_NAMES = frozenset({"void", "ignore", "ignored", "unlabelled", "unlabeled"})
"""What tables call that which counts for nothing."""

_LINE = re.compile(r"(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\S.*)")
_BLACK, _VOID = (0, 0, 0), (224, 224, 192)


@dataclass(frozen=True, eq=False)
class ColourTable:
    """Classes, and what colours and numbers in masks mean.

    Attributes
    ----------
    colours : mapping of colour to int
        Class index, or 255 for what counts for nothing.
    numbers : mapping of int to int
        The same for masks of numbers.
    source : str
        The file it was read from.
    """

    classes: ClassTable
    colours: Mapping[Colour, int]
    numbers: Mapping[int, int]
    source: str

    def read(self, path: Path) -> LabelMap:
        """Read a mask: by its colours where the table has all of them, and else by its numbers.

        Colours count first since many programs write masks of few colours, or of greys, with a
        palette of their own making.

        Raises
        ------
        ImageError
            When it cannot be read, or has what the table lacks; none is guessed.
        """
        seen = colour_mask.read_colours(path)
        try:
            return colour_mask.resolved(seen, self.colours, path.name)
        except ImageError:
            numbers = colour_mask.read_picture(path)
            is_grey = (seen == seen[..., :1]).all()
            if numbers.ndim == 3 or not (is_grey or self._has_all(numbers)):
                raise
        return self._by_number(numbers, path.name)

    def _has_all(self, numbers: NDArray[np.uint8]) -> bool:
        return {*np.unique(numbers).tolist()} <= {*self.numbers}

    def _by_number(self, numbers: NDArray[np.uint8], name: str) -> LabelMap:
        used = np.flatnonzero(np.bincount(numbers.ravel(), minlength=256)).tolist()
        strange = [value for value in used if value not in self.numbers]
        if strange:
            raise ImageError(
                f"{name} has the number {strange[0]}, which is no class of {self.source}. Add the "
                "class, or correct the mask."
            )
        values = np.full(256, IGNORE_INDEX, np.uint8)
        values[list(self.numbers)] = list(self.numbers.values())
        return values[numbers]


class Coding:
    """Label maps of some classes as pictures of their colours, and back."""

    def __init__(self, classes: ClassTable, nothing: Colour | None = None) -> None:
        """`nothing` is the colour of 255; without it, the one that `write` lists."""
        void = void_colour(classes) if nothing is None else nothing
        self._colours = classes.colour_table()
        self._colours[IGNORE_INDEX] = void
        self._table = of_classes(classes, [void], class_files.OURS)

    def png(self, labels: LabelMap) -> bytes:
        """Return a PNG of colours."""
        return images.encode_png(colour_mask.painted(labels, self._colours))

    def labels(self, picture: NDArray[np.uint8], name: str) -> LabelMap:
        """Return the labels of a picture (H, W, 3) uint8."""
        return colour_mask.resolved(picture, self._table.colours, name)


def found(folder: Path) -> ColourTable | None:
    """Read the table of a folder, whichever of the usual ones it has.

    Raises
    ------
    SegstudioError
        When it cannot be used.
    """
    ours = class_files.ours(folder)
    listed = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    rows = [] if listed is None else _rows(listed)
    if ours is not None:
        # The list of colours beside it says how nothing looks, which no class does.
        void = [row.colour for row in rows if _is_void(row)]
        return of_classes(ours, void, class_files.OURS)
    if listed is not None:
        return _of_rows(rows, listed.name)
    other = next((folder / name for name in _TABLES if (folder / name).is_file()), None)
    return None if other is None else _of_rows(class_lists.read(other), other.name)


def of_classes(classes: ClassTable, void: Iterable[Colour], source: str) -> ColourTable:
    """Return the table of classes by their colours, and of colours that count for nothing.

    Raises
    ------
    ImageError
        When two classes have the same colour.
    """
    colours: dict[Colour, int] = {}
    for entry in classes:
        if entry.colour in colours:
            other = classes.name_of(colours[entry.colour])
            raise ImageError(
                f"{source} gives “{other}” and “{entry.name}” the same colour {entry.colour}, so "
                "that they cannot be told apart. Correct it."
            )
        colours[entry.colour] = entry.index
    for colour in void:
        colours.setdefault(colour, IGNORE_INDEX)
    numbers = {index: index for index in (*classes.indices, IGNORE_INDEX)}
    return ColourTable(classes, colours, numbers, source)


def write(folder: Path, classes: ClassTable) -> None:
    """Write classes.json and the list of colours, with one for what counts for nothing."""
    names = {entry.name.casefold() for entry in classes}
    nothing = next(
        name for name in ("Void", "Ignore", "Unlabelled", "-") if name.casefold() not in names
    )
    rows = [(void_colour(classes), nothing), *((entry.colour, entry.name) for entry in classes)]
    lines = (f"{' '.join(map(str, colour))} {' '.join(name.split())}\n" for colour, name in rows)
    atomic.write_text(folder / LABEL_COLOURS, "".join(lines))
    class_files.write(folder, classes)


def void_colour(classes: ClassTable) -> Colour:
    """Return the colour of what counts for nothing: black, or else one that no class has."""
    used = {entry.colour for entry in classes}
    return next((colour for colour in (_BLACK, _VOID) if colour not in used), _unused(used))


def told_apart(numbering: Numbering, reserved: Iterable[Colour] = ()) -> Numbering:
    """Return a numbering whose classes have a colour each; of equal ones the first stays."""
    used = set(reserved)
    rows = []
    for entry in numbering.classes:
        colour = _unused(used) if entry.colour in used else entry.colour
        used.add(colour)
        rows.append(replace(entry, colour=colour))
    return Numbering(ClassTable(tuple(rows)), numbering.table)


def _unused(used: set[Colour]) -> Colour:
    colour = next_colour(sorted(used))
    red = 0
    while colour in used:  # only where hundreds are
        colour, red = (red, 255, 1), red + 1
    return colour


def _rows(path: Path) -> list[LabelClass]:
    """Read lines of red, green, blue and name; the number of a line is the index."""
    found: list[LabelClass] = []
    for line in texts.lines(path, class_lists.MAX_BYTES):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        levels = [int(level) for level in match.groups()[:3]] if match else []
        if match is None or max(levels) > 255:
            raise ImageError(
                f"“{line[:40]}” in {path.name} is not of the form red green blue name."
            )
        found.append(LabelClass(len(found), match[4].strip(), (levels[0], levels[1], levels[2])))
    return found


def _of_rows(rows: Iterable[LabelClass], source: str) -> ColourTable:
    listed = list(rows)
    void = [row for row in listed if _is_void(row)]
    kept = [row for row in listed if not _is_void(row)]
    if len(kept) > MAX_CLASSES:
        raise ImageError(f"{source} has {len(kept)} classes; at most {MAX_CLASSES} fit.")
    if any(row.index >= MAX_CLASSES for row in kept):
        kept = [replace(row, index=number) for number, row in enumerate(kept)]
    table = of_classes(ClassTable(tuple(kept)), [row.colour for row in void], source)
    numbers = {**table.numbers, **{row.index: IGNORE_INDEX for row in void}}
    return replace(table, numbers=numbers)


def _is_void(row: LabelClass) -> bool:
    return row.role is Role.IGNORE or row.name.casefold() in VOID_NAMES

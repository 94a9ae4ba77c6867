"""The class table: what a label map's numbers mean, how they look, and which key picks them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core import atomic
from segstudio.core.errors import SegstudioError
from segstudio.core.palette import Colour, is_told_apart, next_colour

IGNORE_INDEX = 255
"""The value in a label map that counts for nothing: unlabelled or Ignore, told apart by ink."""

MAX_CLASSES = 255


class Role(StrEnum):
    """What a class stands for; an export writes classes of the role ignore as 255."""

    NORMAL = "normal"
    BACKGROUND = "background"
    IGNORE = "ignore"


@dataclass(frozen=True)
class LabelClass:
    """One class. Its index is what label maps hold and never changes.

    Attributes
    ----------
    key : str
        The key that was chosen by hand, one of `class_keys.KEYS`; empty to follow the order.
    """

    index: int
    name: str
    colour: Colour
    hidden: bool = False
    locked: bool = False
    role: Role = Role.NORMAL
    description: str = ""
    key: str = ""


_EXTRA_FIELDS: tuple[tuple[str, Any], ...] = (
    ("role", Role.NORMAL),
    ("description", ""),
    ("key", ""),
)
"""Fields that a row has only where they differ from these, so that older readers read it too."""


@dataclass(frozen=True)
class ClassTable:
    """Ordered classes. Every change returns a new table; an index is never given out twice.

    Attributes
    ----------
    classes : tuple of LabelClass
        In the order in which they are shown; keys follow it (`class_keys`).
    next_index : int
        The index that the next new class gets.
    """

    classes: tuple[LabelClass, ...] = ()
    next_index: int = 0
    ignore_index: int = IGNORE_INDEX

    def __post_init__(self) -> None:
        indices = [c.index for c in self.classes]
        if len(set(indices)) != len(indices):
            raise SegstudioError("Two classes have the same index. Give each class its own.")
        names = [c.name.casefold() for c in self.classes]
        if len(set(names)) != len(names):
            twice = next(n for n in names if names.count(n) > 1)
            raise SegstudioError(f"Two classes are called “{twice}”. Rename one of them.")
        for entry in self.classes:
            if not 0 <= entry.index < MAX_CLASSES:
                raise SegstudioError(
                    f"Class “{entry.name}” has index {entry.index}; 0 to 254 are possible."
                )
            if not entry.name.strip():
                raise SegstudioError("A class needs a name.")
        object.__setattr__(self, "next_index", max([self.next_index, *(i + 1 for i in indices)]))

    @classmethod
    def named(cls, names: Iterable[str]) -> "ClassTable":
        """Build a table of `names` with default colours, numbered from 0."""
        table = cls()
        for name in names:
            table = table.with_class(name)
        return table

    def __len__(self) -> int:
        return len(self.classes)

    def __iter__(self) -> Iterator[LabelClass]:
        return iter(self.classes)

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices in display order."""
        return tuple(c.index for c in self.classes)

    def get(self, index: int) -> LabelClass | None:
        """Return the class with this index, or None."""
        return next((c for c in self.classes if c.index == index), None)

    def find(self, name: str) -> LabelClass | None:
        """Return the class of this name, upper and lower case alike, or None."""
        wanted = name.strip().casefold()
        return next((c for c in self.classes if c.name.casefold() == wanted), None)

    def name_of(self, index: int) -> str:
        """Return the name to show for a pixel of this index."""
        entry = self.get(index)
        return entry.name if entry else f"class {index}"

    def with_class(self, name: str, colour: Colour | None = None) -> "ClassTable":
        """Return the table with one more class at its end.

        Raises
        ------
        SegstudioError
            When the name is empty or taken, or 255 classes have been used.
        """
        if self.next_index >= MAX_CLASSES:
            raise SegstudioError(
                "A label map holds at most 255 classes, and all numbers have been given out."
            )
        if self.find(name) is not None:
            raise SegstudioError(
                f"There is a class “{name.strip()}” already. Use it, or take another name."
            )
        chosen = colour or next_colour([c.colour for c in self.classes])
        added = LabelClass(self.next_index, name.strip(), chosen)
        return replace(self, classes=(*self.classes, added))

    def with_index(self, index: int, name: str) -> "ClassTable":
        """Return the table with a class of this index, such as one found in a label map."""
        while self.find(name) is not None:
            name += "'"
        colour = next_colour([c.colour for c in self.classes])
        return replace(self, classes=(*self.classes, LabelClass(index, name, colour)))

    def changed(self, index: int, **fields: Any) -> "ClassTable":
        """Return the table with other fields, any but `index`, for one class."""
        assert "index" not in fields
        if "name" in fields:
            fields["name"] = str(fields["name"]).strip()
        return replace(
            self,
            classes=tuple(replace(c, **fields) if c.index == index else c for c in self.classes),
        )

    def with_missing(self, other: "ClassTable") -> "ClassTable":
        """Return the table with those classes of another one added whose names it lacks.

        They keep colour, role and description; a colour that is taken is replaced.

        Raises
        ------
        SegstudioError
            When more than 255 numbers would have been given out.
        """
        table = self
        for entry in other:
            if table.find(entry.name) is None:
                is_free = is_told_apart(entry.colour, [c.colour for c in table])
                table = table.with_class(entry.name, entry.colour if is_free else None)
                added = table.classes[-1].index
                table = table.changed(added, role=entry.role, description=entry.description)
        return table

    def moved(self, index: int, position: int) -> "ClassTable":
        """Return the table with one class at another place in the order."""
        entry = self.get(index)
        if entry is None:
            return self
        others = [c for c in self.classes if c.index != index]
        others.insert(max(0, min(position, len(others))), entry)
        return replace(self, classes=tuple(others))

    def without(self, index: int) -> "ClassTable":
        """Return the table without one class; its index stays used up."""
        return replace(self, classes=tuple(c for c in self.classes if c.index != index))

    def colour_table(self) -> NDArray[np.uint8]:
        """Return the (256, 3) uint8 colours by index; unknown indices grey, 255 black."""
        table = np.full((256, 3), 128, np.uint8)
        table[IGNORE_INDEX] = 0
        for entry in self.classes:
            table[entry.index] = entry.colour
        return table

    def flags(self, field: str) -> NDArray[np.bool_]:
        """Return a (256,) bool table of `hidden` or `locked` by index."""
        table = np.zeros(256, np.bool_)
        for entry in self.classes:
            table[entry.index] = getattr(entry, field)
        return table


def to_rows(table: ClassTable) -> list[dict[str, Any]]:
    """Return the rows of `classes.json`: index, name, colour, and what else is not as usual."""
    return [_row(entry) for entry in table]


def to_full_rows(table: ClassTable) -> list[dict[str, Any]]:
    """Return the rows with `hidden` and `locked` too, for keeping a table as it is."""
    return [_row(entry) | {"hidden": entry.hidden, "locked": entry.locked} for entry in table]


def _row(entry: LabelClass) -> dict[str, Any]:
    row = {"index": entry.index, "name": entry.name, "colour": list(entry.colour)}
    for field, usual in _EXTRA_FIELDS:
        value = getattr(entry, field)
        if value != usual:
            row[field] = str(value)
    return row


def from_rows(rows: object, source: str = "The class list") -> ClassTable:
    """Build a table from what `to_rows` or `to_full_rows` returned.

    Raises
    ------
    SegstudioError
        When the content is not a list of index, name and colour.
    """
    try:
        classes = tuple(_class_from_row(row) for row in rows)  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SegstudioError(
            f"{source} is not a list of classes with index, name and colour. "
            "See the file that an export writes for an example."
        ) from error
    return ClassTable(classes)


def read_classes(path: Path) -> ClassTable:
    """Read a `classes.json`.

    Raises
    ------
    SegstudioError
        When the file cannot be read or is not a class list.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SegstudioError(
            f"{path.name} could not be read as a class list: {error}. "
            "It should be a JSON list of index, name and colour."
        ) from error
    return from_rows(rows, path.name)


def write_classes(path: Path, table: ClassTable) -> None:
    """Write `classes.json`, one class a line."""
    lines = ",\n".join(" " + json.dumps(row, ensure_ascii=False) for row in to_rows(table))
    atomic.write_text(path, f"[\n{lines}\n]\n")


def _class_from_row(row: dict[str, Any]) -> LabelClass:
    index, name = row["index"], row["name"]
    red, green, blue = row["colour"]
    # int() would cut 2.7 to 2 and give two classes one index without a word.
    if not all(type(number) is int for number in (index, red, green, blue)):
        raise TypeError("not a whole number")
    if not all(0 <= level <= 255 for level in (red, green, blue)):
        raise ValueError("colour out of range")
    extra = {field: row.get(field, usual) for field, usual in _EXTRA_FIELDS}
    if not all(isinstance(text, str) for text in (name, *extra.values())):
        raise TypeError("not text")
    return LabelClass(
        index,
        name.strip(),
        (red, green, blue),
        hidden=bool(row.get("hidden")),
        locked=bool(row.get("locked")),
        role=Role(extra["role"]),
        description=extra["description"],
        key=extra["key"],
    )

"""The classes of a dataset that somebody else numbered."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from segstudio.core.classes import MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import ImageError
from segstudio.core.palette import Colour, next_colour
from segstudio.formats.class_lists import LABELME_BACKGROUND

_SHOWN = 5


@dataclass
class ForeignClasses:
    """Names with the numbers and colours that a dataset gives them, gathered from its files.

    Names that differ by case alone are one class, as everywhere in this program.
    """

    source: str
    _found: dict[str, tuple[int, str, Colour | None]] = field(default_factory=dict)

    def add(self, number: int, name: str, colour: Colour | None = None) -> None:
        """Note a class; of one that is known already, nothing changes."""
        shown = "background" if name.strip() == LABELME_BACKGROUND else name.strip()
        if not shown:
            raise ImageError(f"{self.source} has a class without a name. Give it one.")
        self._found.setdefault(shown.casefold(), (number, shown, colour))

    def table(self, used: Container[str] | None = None) -> tuple[ClassTable, tuple[str, ...]]:
        """Return the classes and remarks on them.

        The numbers stay where they fit; otherwise the classes are numbered from 0.

        Parameters
        ----------
        used : container of str, optional
            Names, in lower case, that label maps have. Of more than 255 classes only those are
            taken.

        Raises
        ------
        ImageError
            When there are more than 255 all the same.
        """
        rows, remarks = list(self._found.values()), []
        if len(rows) > MAX_CLASSES and used is not None:
            rows = [row for row in rows if row[1].casefold() in used]
            left_out = len(self._found) - len(rows)
            remarks.append(f"{left_out} classes that no image has were left out.")
        if len(rows) > MAX_CLASSES:
            raise ImageError(_too_many(self.source, [row[1] for row in rows]))
        rows.sort(key=lambda row: row[0])
        numbers = [row[0] for row in rows]
        if len(set(numbers)) < len(numbers) or not all(0 <= n < MAX_CLASSES for n in numbers):
            numbers = list(range(len(rows)))
        return _coloured(zip(numbers, rows, strict=True)), tuple(remarks)


def _coloured(
    rows: Iterable[tuple[int, tuple[int, str, Colour | None]]],
) -> ClassTable:
    listed = list(rows)
    taken = [colour for _, (_, _, colour) in listed if colour is not None]
    classes = []
    for number, (_, name, colour) in listed:
        if colour is None:
            colour = next_colour(taken)
            taken.append(colour)
        role = Role.BACKGROUND if name == "background" else Role.NORMAL
        classes.append(LabelClass(number, name, colour, role=role))
    return ClassTable(tuple(classes))


def _too_many(source: str, names: list[str]) -> str:
    beyond = names[MAX_CLASSES:]
    shown = ", ".join(beyond[:_SHOWN]) + (", …" if len(beyond) > _SHOWN else "")
    return (
        f"{source} has {len(names)} classes with pixels; a label map holds at most {MAX_CLASSES}. "
        f"{len(beyond)} do not fit: {shown}. Take classes out of the dataset, or merge some."
    )

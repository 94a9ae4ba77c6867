"""Lists of classes as tables of comma-separated values, with a header or without."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from segstudio.core.classes import MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import SegstudioError
from segstudio.core.palette import Colour, next_colour

HEADER = ("index", "name", "colour", "role", "description", "key")
_SYNONYMS = {
    "index": ("index", "id", "idx", "value", "class_id", "label_id"),
    "name": ("name", "class", "label", "class_name", "label_name"),
    "colour": ("colour", "color", "rgb", "hex", "color_rgb"),
    "red": ("r", "red"),
    "green": ("g", "green"),
    "blue": ("b", "blue"),
    "role": ("role",),
    "description": ("description", "note"),
    "key": ("key",),
}
_MEANING = {word: meaning for meaning, words in _SYNONYMS.items() for word in words}
_BARE_LAYOUTS: tuple[tuple[str, ...], ...] = (
    ("index", "name", "red", "green", "blue"),
    ("name", "red", "green", "blue"),
    ("red", "green", "blue", "name"),
    ("index", "name", "colour"),
    ("index", "name"),
    ("name", "colour"),
    ("name",),
)
"""What the columns of a table without a header can be; the first that fits counts."""
_LEVELS = re.compile(r"\(?\s*(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})\s*\)?")
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
Row = list[str]


def text_of(table: ClassTable) -> str:
    """Return a table with a header, colours as #rrggbb."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for entry in table:
        colour = "#{:02x}{:02x}{:02x}".format(*entry.colour)
        role, note = str(entry.role), entry.description
        writer.writerow((entry.index, entry.name, colour, role, note, entry.key))
    return out.getvalue()


def parse(text: str) -> ClassTable:
    """Build a table from comma-, semicolon- or tab-separated values.

    Raises
    ------
    SegstudioError
        When no column holds names, or an index, colour or role cannot be understood.
    """
    rows = _rows(text)
    if not rows:
        return ClassTable()
    columns = _header(rows[0])
    if "name" in columns:
        rows = rows[1:]
    else:
        columns = _bare_columns(rows)
    found = []
    for position, row in enumerate(rows):
        cells = {meaning: row[at].strip() for meaning, at in columns.items() if at < len(row)}
        if cells.get("name"):
            found.append((_entry(position, cells), bool(_colour_text(cells))))
    plain = coloured([(c.index, c.name, c.colour if has else None) for c, has in found])
    for entry, _has in found:
        fields = {"role": entry.role, "description": entry.description, "key": entry.key}
        plain = plain.changed(entry.index, **fields)
    return plain


def coloured(found: Iterable[tuple[int, str, Colour | None]]) -> ClassTable:
    """Return a table of index, name and colour; those without a colour get one of their own."""
    found = list(found)
    used = [colour for _, _, colour in found if colour is not None]
    classes = []
    for index, name, colour in found:
        if colour is None:
            colour = next_colour(used)
            used.append(colour)
        classes.append(LabelClass(index, name, colour))
    return ClassTable(tuple(classes))


def parse_colour(text: str) -> Colour:
    """Return a colour written as #rrggbb or as three numbers from 0 to 255.

    Raises
    ------
    SegstudioError
        When it is neither.
    """
    code = _HEX.fullmatch(text.strip())
    if code:
        red, green, blue = bytes.fromhex(code[1])
        return red, green, blue
    levels = _LEVELS.fullmatch(text.strip())
    if levels and all(int(level) <= 255 for level in levels.groups()):
        return int(levels[1]), int(levels[2]), int(levels[3])
    raise SegstudioError(f"“{text[:40]}” is not a colour such as #1f77b4 or 31,119,180.")


def _rows(text: str) -> list[Row]:
    """Split into cells by the separator that gives the first row the most of them."""

    def split(separator: str, *, strict: bool) -> Iterator[Row]:
        cells = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
        return (row for row in cells if any(cell.strip() for cell in row))

    # Only by the right one: quotes that are whole with it are broken with another.
    best = max(",;\t", key=lambda separator: len(next(split(separator, strict=False), ())))
    try:
        return list(split(best, strict=True))
    except csv.Error as error:
        raise SegstudioError(f"it is not a table: {error}.") from error


def _header(row: Row) -> dict[str, int]:
    """Return the column of each meaning that a header names."""
    meanings = [_MEANING.get(cell.strip().casefold().replace(" ", "_")) for cell in row]
    return {meaning: at for at, meaning in reversed(list(enumerate(meanings))) if meaning}


def _bare_columns(rows: list[Row]) -> dict[str, int]:
    for layout in _BARE_LAYOUTS:
        columns = {meaning: at for at, meaning in enumerate(layout)}
        if all(_fits(row, columns) for row in rows):
            return columns
    return {"name": 0}


def _fits(row: Row, columns: Mapping[str, int]) -> bool:
    if len(row) < len(columns):
        return False
    numbers = ("index", "red", "green", "blue")
    if not all(row[columns[n]].strip().isdecimal() for n in numbers if n in columns):
        return False
    if "colour" not in columns:
        return True
    text = row[columns["colour"]].strip()
    return bool(_HEX.fullmatch(text) or _LEVELS.fullmatch(text))


def _colour_text(cells: Mapping[str, str]) -> str:
    if cells.get("colour"):
        return cells["colour"]
    levels = [cells.get(level, "") for level in ("red", "green", "blue")]
    return ",".join(levels) if all(levels) else ""


def _entry(position: int, cells: Mapping[str, str]) -> LabelClass:
    number = cells.get("index") or str(position)
    if not (number.isdecimal() and int(number) < MAX_CLASSES):
        raise SegstudioError(f"“{number[:40]}” is not a class number; 0 to 254 are possible.")
    role = (cells.get("role") or Role.NORMAL).casefold()
    if role not in tuple(Role):
        raise SegstudioError(f"“{role[:40]}” is not one of the roles {', '.join(Role)}.")
    colour = parse_colour(text) if (text := _colour_text(cells)) else (0, 0, 0)
    note, key = cells.get("description", ""), cells.get("key", "")
    return LabelClass(
        int(number), cells["name"], colour, role=Role(role), description=note, key=key
    )

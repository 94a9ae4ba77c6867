"""Lists of classes as files: JSON, plain text, tables, CVAT's labelmap.txt; and names as text."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.classes import (
    MAX_CLASSES,
    ClassTable,
    LabelClass,
    Role,
    read_classes,
    write_classes,
)
from segstudio.core.errors import SegstudioError
from segstudio.core.palette import Colour, next_colour
from segstudio.formats import class_csv

MAX_BYTES = 4_000_000
"""A larger file is no list of at most 255 classes."""

LABELME_IGNORE, LABELME_BACKGROUND = "__ignore__", "_background_"
LABELMAP_HEAD = "# label:color_rgb:parts:actions"
_UNUSED = "__unused_{}__"
_UNUSED_NAME = re.compile(r"__unused_\d+__")
_LABELMAP_LINE = re.compile(r"(?P<name>.+):\s*(?P<colour>\d+\s*,\s*\d+\s*,\s*\d+)\s*(:.*)?")
_COLOURLESS_LINE = re.compile(r"(?P<name>[^:]+):(?P<colour>\s*):[^:]*:[^:]*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATOR = re.compile(r"[\r\n\t,;]")


@dataclass(frozen=True)
class ListKind:
    """One kind of file: what it is called, the name of a new one, how it is read and written."""

    title: str
    file_name: str
    parse: Callable[[str], ClassTable]
    text: Callable[[ClassTable], str]


def split_names(text: str) -> list[str]:
    """Return the names in pasted text, parted by line breaks, tabs, commas or semicolons."""
    return [name for part in _SEPARATOR.split(text) if (name := part.strip())]


def without_repeats(names: Iterable[str]) -> list[str]:
    """Return the names with every one kept once, the first time, upper and lower case alike."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return list(first.values())


def table_of(names: Iterable[str]) -> ClassTable:
    """Return a table of names; labelme's two special names become what they stand for here.

    Raises
    ------
    SegstudioError
        When a name comes twice, or there are more than 255.
    """
    kept = [name for name in names if name != LABELME_IGNORE]  # every table has Ignore
    if len(kept) > MAX_CLASSES:
        raise SegstudioError(
            f"These are {len(kept)} names. A label map holds at most {MAX_CLASSES} classes."
        )
    table = ClassTable()
    for name in kept:
        if name == LABELME_BACKGROUND:
            table = table.with_class("background")
            table = table.changed(table.classes[-1].index, role=Role.BACKGROUND)
        else:
            table = table.with_class(name)
    return table


def read(path: Path) -> ClassTable:
    """Read a list of classes; the file's name and its first lines tell the kind.

    Raises
    ------
    SegstudioError
        When the file cannot be read, is of none of the kinds, or names a class twice.
    """
    if path.suffix.casefold() == ".json":
        return read_classes(path)
    text = _read_text(path)
    try:
        table = _kind_of(path, text).parse(text)
    except SegstudioError as error:
        raise SegstudioError(f"{path.name} could not be read as a class list: {error}") from error
    if not len(table):
        raise SegstudioError(f"{path.name} has no classes in it.")
    return table


def write(path: Path, table: ClassTable) -> None:
    """Write a list of classes, of the kind that the file's name tells.

    Raises
    ------
    SegstudioError
        When the file cannot be written, or its kind cannot hold a name of the table.
    """
    if path.suffix.casefold() == ".json":
        write_classes(path, table)
        return
    atomic.write_text(path, _proven(path, table))


def check_labelmap(table: ClassTable) -> None:
    """Make sure that a labelmap.txt can hold the names of a table, before anything is written.

    Raises
    ------
    SegstudioError
        When it cannot.
    """
    _proven(Path(LABELMAP.file_name), table)


def _proven(path: Path, table: ClassTable) -> str:
    kind = LABELMAP if path.name.casefold() == LABELMAP.file_name else _by_suffix(path)
    text = kind.text(table)
    _prove(path, text, table)
    return text


def _prove(path: Path, text: str, table: ClassTable) -> None:
    """Read back what would be written: these files have no way to mark special characters."""
    kind = _kind_of(path, text)
    try:
        kept = {entry.name for entry in kind.parse(text)}
    except SegstudioError:
        kept = set()
    lost = next((entry.name for entry in table if entry.name not in kept), None)
    if lost is not None:
        shown = " ".join(lost.split())
        raise SegstudioError(f"{kind.title} cannot hold the name “{shown}”. Choose JSON instead.")


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SegstudioError(f"{path.name} is too large for a list of at most 255 classes.")
        return path.read_bytes().decode("utf-8-sig")  # as it is: a cell may hold a line break
    except (OSError, ValueError) as error:
        raise SegstudioError(
            f"{path.name} could not be read as a class list: {error}. "
            "It should be a text file in UTF-8."
        ) from error


def _kind_of(path: Path, text: str) -> ListKind:
    if path.name.casefold() == LABELMAP.file_name:
        return LABELMAP
    lines = _labelmap_lines(text)
    coloured = any(map(_LABELMAP_LINE.fullmatch, lines))
    return LABELMAP if coloured and all(map(_match, lines)) else _by_suffix(path)


def _by_suffix(path: Path) -> ListKind:
    return TABLE if path.suffix.casefold() in (".csv", ".tsv") else NAMES


def _lines(text: str) -> list[str]:
    return [line for part in _LINE_BREAK.split(text) if (line := part.strip())]


def _names_text(table: ClassTable) -> str:
    return "".join(f"{entry.name}\n" for entry in table)


def _parse_names(text: str) -> ClassTable:
    if "\0" in text:
        raise SegstudioError("it is not text.")
    return table_of(_lines(text))


def _labelmap_text(table: ClassTable) -> str:
    """Return one line an index, from 0 without gaps: there the number of a line is the index."""
    used = [entry.colour for entry in table]
    lines = [LABELMAP_HEAD]
    for index in range(max(table.indices, default=-1) + 1):
        entry = table.get(index)
        if entry is None:
            entry = LabelClass(index, _UNUSED.format(index), next_colour(used))
            used.append(entry.colour)
        lines.append(f"{entry.name}:{','.join(map(str, entry.colour))}::")
    return "\n".join(lines) + "\n"


def _parse_labelmap(text: str) -> ClassTable:
    found: list[tuple[int, str, Colour | None]] = []
    for index, line in enumerate(_labelmap_lines(text)):
        match = _match(line)
        if match is None:
            raise SegstudioError(f"“{line[:40]}” is not of the form name:red,green,blue::.")
        if not _UNUSED_NAME.fullmatch(match["name"]):
            found.append((index, match["name"].strip(), _colour(match["colour"])))
    return class_csv.coloured(found)


def _labelmap_lines(text: str) -> list[str]:
    return [line for line in _lines(text) if not line.startswith("#")]


def _match(line: str) -> re.Match[str] | None:
    return _LABELMAP_LINE.fullmatch(line) or _COLOURLESS_LINE.fullmatch(line)


def _colour(text: str) -> Colour | None:
    return class_csv.parse_colour(text) if text.strip() else None


NAMES = ListKind("Plain text", "classes.txt", _parse_names, _names_text)
TABLE = ListKind("CSV", "classes.csv", class_csv.parse, class_csv.text_of)
LABELMAP = ListKind("labelmap.txt", "labelmap.txt", _parse_labelmap, _labelmap_text)

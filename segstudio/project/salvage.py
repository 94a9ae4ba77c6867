"""Reading whatever is still readable of a damaged project file, row by row."""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segstudio.project import schema
from segstudio.project.copying import is_sound

log = logging.getLogger(__name__)

TABLES = (
    *("value", "image", "step", "journal", "checkpoint", "confidence", "class_step"),
    *("first_look", "model_version"),
)
CONTENT = "content"
"""A column of models, of which one may be larger than all else: read from `Remains.source`."""

MOST_QUESTIONS = 20_000
"""So often a table is asked for rows between unreadable ones."""

FEW_QUESTIONS = 1000
"""And behind its last readable row, where a table can hardly have more."""

MOST_PAGE_BYTES = 65536

_PAGES_OF_TABLES = (b"\x05", b"\x0d")
"""The first byte of a page of a table that points to others, or has rows."""

Row = dict[str, Any]


@dataclass
class Remains:
    """What was read of a file.

    Attributes
    ----------
    source : Path
        The copy of the file that it was read from.
    tables : dict of str to list of Row
    unreadable : set of str
        Tables of which something could not be read.
    known : dict of str to dict
        What indexes still say of rows that are gone: the image of each step and line of the
        journal, and the name of each image, by number.
    is_sound : bool
        SQLite finds nothing wrong.
    """

    source: Path
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    unreadable: set[str] = field(default_factory=set)
    known: dict[str, dict[int, Any]] = field(
        default_factory=lambda: {"image": {}, "step": {}, "journal": {}}
    )
    is_sound: bool = False

    @property
    def count(self) -> int:
        """Rows read in all."""
        return sum(map(len, self.tables.values()))


def remains_of(file: Path, work: Path, like: Path | None) -> Remains:
    """Read a damaged file in every way there is, and return what the best of them gave.

    The file itself and what lies beside it are only copied.

    Parameters
    ----------
    work : Path
        An empty folder to work in.
    like : Path, optional
        A whole file of the same project, whose first page may stand for a damaged one.
    """
    with_log = _read(_copied(file, work / "log", with_log=True))
    without = _read(_copied(file, work / "plain", with_log=False))
    best = without if _is_foreign(with_log, without) else max((with_log, without), key=_worth)
    if not best.count:
        copied = _copied(file, work / "head", with_log=False)
        if _replace_first_page(copied, like or _fresh(work / "fresh")):
            best = max((best, _read(copied, has_own_head=False)), key=_worth)
    return best


def _worth(remains: Remains) -> tuple[bool, int]:
    return remains.is_sound and remains.count > 0, remains.count


def _is_foreign(with_log: Remains, without: Remains) -> bool:
    """Tell whether a log beside a file is that of another project."""
    ours, theirs = (
        {row["identity"] for row in r.tables["step"]} | {row["name"] for row in r.tables["image"]}
        for r in (without, with_log)
    )
    return bool(ours) and not ours & theirs


def _copied(file: Path, folder: Path, *, with_log: bool) -> Path:
    folder.mkdir(parents=True)
    target = folder / file.name
    shutil.copyfile(file, target)
    for suffix in ("-wal", "-journal"):
        beside = file.with_name(file.name + suffix)
        if with_log and beside.is_file():
            shutil.copyfile(beside, target.with_name(target.name + suffix))
    return target


def _fresh(file: Path) -> Path:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        schema.prepare(connection)
    return file


def _replace_first_page(copied: Path, like: Path) -> bool:
    """Put the first page of a whole file, which says where the tables are, over a damaged one."""
    with like.open("rb") as source:
        page = bytearray(source.read(MOST_PAGE_BYTES))
    size = int.from_bytes(page[16:18], "big")
    size = MOST_PAGE_BYTES if size == 1 else size
    length = copied.stat().st_size
    if not 0 < size <= length:
        return False
    page[18:20] = b"\x01\x01"  # no log any more
    page[28:32] = (length // size).to_bytes(4, "big")
    with copied.open("r+b") as target:
        target.write(page[:size])
    return True


def open_damaged(file: Path) -> sqlite3.Connection:
    """Open a copy of a damaged file, to read of it what there is."""
    connection = sqlite3.connect(file, isolation_level=None)
    # A file that is shorter than it says is read as far as it goes.
    connection.execute("PRAGMA writable_schema = ON")
    connection.text_factory = _text
    return connection


def _read(file: Path, *, has_own_head: bool = True) -> Remains:
    remains = Remains(file)
    try:
        with closing(open_damaged(file)) as connection:
            _ask_indexes(connection, remains)
            never_there = _tables_to_come(connection) if has_own_head else set()
            for table in TABLES:
                if table not in never_there:
                    _read_table(connection, table, remains)
            remains.is_sound = not remains.unreadable and is_sound(connection)
    except (sqlite3.Error, ValueError) as error:
        log.warning("%s: %s", file, error)
        remains.unreadable |= set(TABLES)
    return remains


def _tables_to_come(connection: sqlite3.Connection) -> set[str]:
    """Return the tables that a file lacks because it is of an earlier version."""
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except (sqlite3.Error, ValueError):
        return set()
    return set(TABLES) - there if 0 < version < schema.VERSION else set()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _read_table(connection: sqlite3.Connection, table: str, remains: Remains) -> None:
    key = "key" if table == "value" else "rowid"
    names = columns_of(table)
    wanted = f"{key}, {', '.join(names)}"
    found: dict[Any, Row] = {}

    def take(query: str, values: Sequence[Any] = ()) -> bool:
        try:
            for number, *row in connection.execute(query, values):
                found[number] = dict(zip(names, row, strict=True))
        except (sqlite3.Error, ValueError):
            return False
        return True

    if not take(f"SELECT {wanted} FROM {table} LIMIT 0"):
        remains.unreadable.add(table)  # nobody knows where it is
        return
    if not take(f"SELECT {wanted} FROM {table} ORDER BY {key}"):
        remains.unreadable.add(table)
        front = max(found) if found else None
        take(f"SELECT {wanted} FROM {table} ORDER BY {key} DESC")
        if key == "rowid" and _has_root(connection, table, remains.source):
            query = f"SELECT {wanted} FROM {table} WHERE rowid BETWEEN ? AND ?"
            for first, last in _gap(found, front, _most_behind(table, remains)):
                _bisect(take, query, first, last)
    remains.tables[table] = [found[number] for number in sorted(found)]


def _has_root(connection: sqlite3.Connection, table: str, file: Path) -> bool:
    """Tell whether the page that all questions about a table begin at may be one of a table."""
    log_beside = file.with_name(f"{file.name}-wal")
    if log_beside.exists() and log_beside.stat().st_size:
        return True  # the page may be in there
    query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    try:
        (page,) = connection.execute(query, (table,)).fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        with file.open("rb") as source:
            source.seek((page - 1) * page_bytes)
            return source.read(1) in _PAGES_OF_TABLES
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return True


def _most_behind(table: str, remains: Remains) -> Callable[[int], int]:
    """Return what tells the number that no row of a table is behind, after one that was read."""
    if table == "model_version":
        return lambda low: low + FEW_QUESTIONS
    if table == "first_look":  # they have the numbers of their images
        images = {*remains.known["image"], *(row["id"] for row in remains.tables["image"])}
        return lambda low: max([low + FEW_QUESTIONS, *images]) + 1
    return lambda low: max([low + MOST_QUESTIONS, *remains.known.get(table, {})])


def _gap(
    found: dict[int, Row], front: int | None, most_behind: Callable[[int], int]
) -> Iterator[tuple[int, int]]:
    """Yield the numbers between those that were read from the front and from the back."""
    low = (front if front is not None else 0) + 1
    behind = [number for number in found if number > low]
    high = (min(behind) if behind else most_behind(low)) - 1
    if low <= high:
        yield low, high


def _bisect(take: Any, query: str, first: int, last: int) -> None:
    """Read a range of rows, leaving out only the unreadable ones."""
    waiting = [(first, last)]
    for _ in range(MOST_QUESTIONS):
        if not waiting:
            return
        low, high = waiting.pop()
        if not take(query, (low, high)) and low < high:
            middle = (low + high) // 2
            waiting += [(middle + 1, high), (low, middle)]


def _ask_indexes(connection: sqlite3.Connection, remains: Remains) -> None:
    """Learn from the indexes which rows there were."""
    for table, query in (
        ("image", "SELECT id, name FROM image INDEXED BY sqlite_autoindex_image_1"),
        ("step", "SELECT id, image FROM step INDEXED BY step_of_image WHERE image >= 0"),
        ("journal", "SELECT id, image FROM journal INDEXED BY journal_of_image WHERE image >= 0"),
    ):
        with suppress(sqlite3.Error, ValueError):
            for number, value in connection.execute(query):
                remains.known[table][number] = value


def columns_of(table: str) -> list[str]:
    """Return the columns of a table in the present version, but for the content of models."""
    with closing(sqlite3.connect(":memory:")) as connection:
        schema.prepare(connection)
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return [name for name in names if (table, name) != ("model_version", CONTENT)]

"""The journal of each image in a project file: its steps, and the checkpoints of its labels."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segstudio.core import png
from segstudio.core.errors import ImageError, StorageError
from segstudio.core.history import Form
from segstudio.core.labels import ink_counts
from segstudio.core.patch import PackedPatch, Patch, Planes, pack
from segstudio.project import step_rows
from segstudio.project.class_steps import between, map_form, read_active
from segstudio.project.replay import Entry, Moment, StepReader, rebased, replay

UNDONE, DONE, DROPPED = 0, 1, 2


def present_epoch(connection: sqlite3.Connection) -> int:
    """Return the number of the last class step, in force or taken back."""
    (number,) = connection.execute("SELECT coalesce(max(id), 0) FROM class_step").fetchone()
    return int(number)


def add_step(
    connection: sqlite3.Connection, image: int, identity: str, packed: PackedPatch
) -> None:
    """Add a step that was done; what was undone before it is dropped."""
    connection.execute(
        "UPDATE step SET status = ? WHERE image = ? AND status = ?", (DROPPED, image, UNDONE)
    )
    epoch = present_epoch(connection)
    number = step_rows.write(connection, image, identity, packed, status=DONE, epoch=epoch)
    _note(connection, image, number, forward=True, epoch=epoch)


def travel(
    connection: sqlite3.Connection, image: int, *, forward: bool, patch: Patch | None = None
) -> None:
    """Note that the last step was undone, or the next one done again.

    A window may remember steps that the file has forgotten. What it does with one of them, known
    by its patch, becomes a step that leads to the same labels.
    """
    order, status = ("ASC", UNDONE) if forward else ("DESC", DONE)
    row = connection.execute(
        "SELECT id, time, tool, regions FROM step WHERE image = ? AND status = ? "
        f"ORDER BY id {order} LIMIT 1",
        (image, status),
    ).fetchone()
    if patch is not None and (row is None or row[1:] != step_rows.marks(patch)):
        done = patch if forward else patch.inverse("undo")
        add_step(connection, image, secrets.token_hex(8), pack(done))
        return
    if row is None:
        raise StorageError("A step to undo or redo is not in the project file.")
    connection.execute(
        "UPDATE step SET status = ? WHERE id = ?", (DONE if forward else UNDONE, row[0])
    )
    _note(connection, image, row[0], forward=forward, epoch=present_epoch(connection))


def start_anew(connection: sqlite3.Connection, image: int, planes: Planes) -> None:
    """Give an image labels from elsewhere, without any steps before them."""
    clear(connection, image)
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()
    write_checkpoint(connection, image, Moment(int(last), present_epoch(connection), planes))


def clear(connection: sqlite3.Connection, image: int) -> None:
    """Remove the labels and steps of an image."""
    for table in ("journal", "step", "checkpoint", "confidence"):
        connection.execute(f"DELETE FROM {table} WHERE image = ?", (image,))


def is_empty(connection: sqlite3.Connection, image: int) -> bool:
    """Tell whether an image never had labels."""
    query = "SELECT EXISTS (SELECT 1 FROM {0} WHERE image = ?)"
    return not any(
        connection.execute(query.format(table), (image,)).fetchone()[0]
        for table in ("step", "checkpoint")
    )


def step_identities(connection: sqlite3.Connection, image: int) -> tuple[str, ...]:
    """Return what tells the applied steps of an image from all others, in order."""
    rows = connection.execute(
        "SELECT identity FROM step WHERE image = ? AND status = ? ORDER BY id", (image, DONE)
    )
    return tuple(str(row[0]) for row in rows)


# Reading -----------------------------------------------------------------------------------------


def read_planes(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> Planes | None:
    """Return label map and ink of an image; None when nothing was stored.

    Raises
    ------
    StorageError
        When what is stored is damaged.
    """
    moment = last_moment(connection, image, size)
    return moment.planes if moment is not None else None


def last_moment(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> Moment | None:
    """Return the present moment of an image; see `read_planes`."""
    last = None
    for moment in _moments(connection, image, size):
        last = moment
    return last


def read_history(
    connection: sqlite3.Connection, image: int, read_patch: Callable[[int], Patch]
) -> tuple[list[Form], int]:
    """Return the steps of an image, their pixels still in the file, and how many are done.

    Parameters
    ----------
    read_patch : callable
        Returns the patch of a step when it is needed, in whatever thread that is.
    """
    steps = read_active(connection)
    now = present_epoch(connection)
    rows = connection.execute(
        f"SELECT {step_rows.COLUMNS}, status FROM step WHERE image = ? AND status != ? ORDER BY id",
        (image, DROPPED),
    ).fetchall()
    forms = []
    for row in rows:
        epoch, stored = step_rows.stored(row, _later(read_patch, row[0]))
        forms.append(map_form(stored, between(steps, epoch, now)))
    return forms, sum(row[-1] == DONE for row in rows)


# Checkpoints -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folded:
    """What `fold` found: moments to keep as checkpoints, packed, and the ink of the last one.

    Attributes
    ----------
    class_steps : frozenset of int
        Those that were in force.
    """

    image: int
    class_steps: frozenset[int]
    checkpoints: tuple[tuple[int, int, bytes, bytes], ...]
    ink: tuple[int, ...]


def entries_since_checkpoint(connection: sqlite3.Connection, image: int) -> int:
    """Return how many lines of the journal are not in a checkpoint yet."""
    (count,) = connection.execute(
        "SELECT count(*) FROM journal WHERE image = ?1 AND id > coalesce("
        "(SELECT max(journal) FROM checkpoint WHERE image = ?1), 0)",
        (image,),
    ).fetchone()
    return int(count)


def fold(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> Folded:
    """Make checkpoints of what the journal says, without writing them: it may take a second."""
    checkpoints = []
    ink: tuple[int, ...] = ()
    for moment in _moments(connection, image, size):
        labels, author = (png.encode(p) for p in (moment.planes.labels, moment.planes.ink))
        checkpoints.append((moment.epoch, moment.number, labels, author))
        ink = ink_counts(moment.planes.ink)
    active = frozenset(step.number for step in read_active(connection))
    return Folded(image, active, tuple(checkpoints), ink)


def keep_folded(connection: sqlite3.Connection, folded: Folded, *, step_bytes: int) -> bool:
    """Keep checkpoints and forget what they made superfluous, the oldest steps last.

    Nothing is kept, and False returned, when they are not true any more: a class step was taken
    back meanwhile, or the image began anew.

    Parameters
    ----------
    step_bytes : int
        What the steps of the image may hold in the file.
    """
    image = folded.image
    if not _is_true(connection, folded):
        return False
    for epoch, number, labels, ink in folded.checkpoints:
        connection.execute(
            "INSERT OR REPLACE INTO checkpoint (image, epoch, journal, labels, ink) "
            "SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM checkpoint "
            "WHERE image = ?1 AND epoch = ?2 AND journal > ?3)",
            (image, epoch, number, labels, ink),
        )
    # A checkpoint of every epoch stays, and the journal from the oldest on: taking a class step
    # back begins there.
    connection.execute(
        "DELETE FROM journal WHERE image = ?1 AND id <= "
        "(SELECT min(journal) FROM checkpoint WHERE image = ?1)",
        (image,),
    )
    connection.execute(
        "DELETE FROM step WHERE image = ? AND status = ? "
        "AND id NOT IN (SELECT step FROM journal WHERE image = ?)",
        (image, DROPPED, image),
    )
    _forget_oldest(connection, image, step_bytes)
    return True


def _is_true(connection: sqlite3.Connection, folded: Folded) -> bool:
    active = {step.number for step in read_active(connection)}
    last = max(number for _, number, _, _ in folded.checkpoints)
    there = connection.execute(
        "SELECT 1 FROM journal WHERE id = ? AND image = ?", (last, folded.image)
    ).fetchone()
    return folded.class_steps <= active and there is not None


def write_checkpoint(connection: sqlite3.Connection, image: int, moment: Moment) -> None:
    """Keep label map and ink of an image at a moment."""
    connection.execute(
        "INSERT OR REPLACE INTO checkpoint (image, epoch, journal, labels, ink) "
        "VALUES (?, ?, ?, ?, ?)",
        (
            image,
            moment.epoch,
            moment.number,
            png.encode(moment.planes.labels),
            png.encode(moment.planes.ink),
        ),
    )


def rebase(
    connection: sqlite3.Connection, image: int, size: tuple[int, int], *, since: int
) -> None:
    """Make the steps since a class step, which is no longer in force, as if it had never been."""
    # Labels that came from elsewhere since have no journal before them: they stay as they are.
    connection.execute(
        "DELETE FROM checkpoint WHERE image = ?1 AND epoch >= ?2 AND ("
        "EXISTS (SELECT 1 FROM checkpoint WHERE image = ?1 AND epoch < ?2) OR "
        "EXISTS (SELECT 1 FROM journal WHERE image = ?1 AND id <= checkpoint.journal))",
        (image, since),
    )
    start = _start(connection, image, size)
    entries = list(_entries(connection, image, start.number))
    made = rebased(start, entries, _step_reader(connection), read_active(connection), since=since)
    for number, patch in made.items():
        step_rows.rewrite(connection, number, patch)


# Inside ------------------------------------------------------------------------------------------


def _moments(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> Iterator[Moment]:
    start = _start(connection, image, size)
    entries = list(_entries(connection, image, start.number))
    if start.number < 0 and not entries:
        return
    yield from replay(start, entries, _step_reader(connection), read_active(connection))


def _start(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> Moment:
    """Return the newest checkpoint; without one, an image that nobody touched."""
    row = connection.execute(
        "SELECT epoch, journal, labels, ink FROM checkpoint WHERE image = ? "
        "ORDER BY epoch DESC LIMIT 1",
        (image,),
    ).fetchone()
    if row is None:
        return Moment(-1, 0, Planes.blank(size))
    return Moment(int(row[1]), int(row[0]), decoded(row[2], row[3]))


def decoded(labels: bytes, ink: bytes) -> Planes:
    """Return the planes of a checkpoint.

    Raises
    ------
    StorageError
        When they are damaged.
    """
    try:
        if not png.is_whole(labels) or not png.is_whole(ink):
            raise StorageError("they are damaged in the project file.")
        planes = Planes(png.decode(labels, "labels"), png.decode(ink, "labels"))
    except ImageError as error:
        raise StorageError("they are damaged in the project file.") from error
    if planes.labels.shape != planes.ink.shape:
        raise StorageError("they are damaged in the project file.")
    return planes


def _entries(connection: sqlite3.Connection, image: int, after: int) -> Iterator[Entry]:
    rows = connection.execute(
        "SELECT id, step, forward, epoch FROM journal WHERE image = ? AND id > ? ORDER BY id",
        (image, after),
    )
    for number, step, forward, epoch in rows:
        yield Entry(number, step, bool(forward), epoch)


def _step_reader(connection: sqlite3.Connection) -> StepReader:
    return lambda number: step_rows.read(connection, number)


def _note(
    connection: sqlite3.Connection, image: int, step: int, *, forward: bool, epoch: int
) -> None:
    connection.execute(
        "INSERT INTO journal (image, step, forward, epoch) VALUES (?, ?, ?, ?)",
        (image, step, forward, epoch),
    )


def _forget_oldest(connection: sqlite3.Connection, image: int, step_bytes: int) -> None:
    # Undone steps go from the last one on: what is done again follows on what is there.
    rows = connection.execute(
        "SELECT id, length(data) FROM step WHERE image = ?1 AND id NOT IN "
        "(SELECT step FROM journal WHERE image = ?1) "
        "ORDER BY status = ?2, CASE status WHEN ?2 THEN -id ELSE id END",
        (image, UNDONE),
    ).fetchall()
    (held,) = connection.execute(
        "SELECT coalesce(sum(length(data)), 0) FROM step WHERE image = ?", (image,)
    ).fetchone()
    for number, size in rows:
        if held <= step_bytes:
            return
        connection.execute("DELETE FROM step WHERE id = ?", (number,))
        held -= size


def _later(read: Callable[[int], Patch], number: int) -> Callable[[], Patch]:
    return lambda: read(number)

"""What a model first made of each image, as rows of a project file, to be compared later."""

import sqlite3

from segstudio.core import png
from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError
from segstudio.core.first_look import FirstLook
from segstudio.project import schema
from segstudio.project.class_steps import between, map_labels, read_active
from segstudio.project.image_table import ASIDE


def read_all(connection: sqlite3.Connection) -> list[FirstLook]:
    """Return every first look in the order in which they were made, without the maps."""
    if not schema.has_models(connection):
        return []
    rows = connection.execute(
        "SELECT name, first_look.model, made_at, scored_at, miou, accuracy FROM first_look "
        f"JOIN image ON id = image WHERE instr(name, '{ASIDE}') = 0 ORDER BY made_at, image"
    )
    return [FirstLook(*row) for row in rows]


def read_map(connection: sqlite3.Connection, name: str) -> LabelMap | None:
    """Return the first map of an image in the classes of today.

    Returns
    -------
    (H, W) uint8 or None
        None when there is none, or it is damaged.
    """
    if not schema.has_models(connection):
        return None
    row = connection.execute(
        "SELECT epoch, labels FROM first_look WHERE image = (SELECT id FROM image WHERE name = ?)",
        (name,),
    ).fetchone()
    return today(connection, *row) if row is not None else None


def today(connection: sqlite3.Connection, epoch: int, labels: bytes) -> LabelMap | None:
    """Return a stored map as it looks after the class steps in force; None for a damaged one."""
    if not png.is_whole(labels):
        return None
    try:
        plane = png.decode(labels, "first look")
    except ImageError:
        return None
    steps = read_active(connection)
    latest = steps[-1].number if steps else epoch
    return map_labels(plane, between(steps, epoch, latest))


def is_whole(connection: sqlite3.Connection, image: int) -> bool:
    """Tell whether the first map of an image is as it was written; also where there is none."""
    if not schema.has_models(connection):
        return True
    row = connection.execute("SELECT labels FROM first_look WHERE image = ?", (image,)).fetchone()
    return row is None or png.is_whole(row[0])


def add(
    connection: sqlite3.Connection, image: int, look: FirstLook, labels: bytes, epoch: int
) -> None:
    """Keep the first map of an image, as PNG; one that was scored already stays."""
    connection.execute(
        "INSERT INTO first_look VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (image) DO UPDATE SET "
        "epoch = excluded.epoch, model = excluded.model, made_at = excluded.made_at, "
        "labels = excluded.labels WHERE scored_at = 0",
        (image, epoch, look.model, look.made_at, *_score(look), labels),
    )


def score(connection: sqlite3.Connection, look: FirstLook) -> None:
    """Note how right the first map of an image was."""
    connection.execute(
        "UPDATE first_look SET scored_at = ?, miou = ?, accuracy = ? "
        "WHERE image = (SELECT id FROM image WHERE name = ?)",
        (*_score(look), look.name),
    )


def remove(connection: sqlite3.Connection, image: int) -> None:
    """Forget the first map of an image."""
    connection.execute("DELETE FROM first_look WHERE image = ?", (image,))


def settle(connection: sqlite3.Connection, epoch: int) -> None:
    """Write every map in the classes of today, before class steps become permanent."""
    numbers = [number for (number,) in connection.execute("SELECT image FROM first_look")]
    for number in numbers:
        row = connection.execute(
            "SELECT epoch, labels FROM first_look WHERE image = ?", (number,)
        ).fetchone()
        labels = today(connection, *row)
        if labels is not None:
            connection.execute(
                "UPDATE first_look SET epoch = ?, labels = ? WHERE image = ?",
                (epoch, png.encode(labels), number),
            )


def _score(look: FirstLook) -> tuple[float, float | None, float | None]:
    return look.scored_at, look.miou, look.accuracy

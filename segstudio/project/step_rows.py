"""Steps as rows of a project file: what is done to an image, as bytes, and read again."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import StorageError
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, PackedPatch, Patch, StoredPatch, pack, unpack
from segstudio.core.region import Region

COUNTS = 257
COLUMNS = (
    "id, epoch, tool, author, annotator, class_index, detail, time, pixels, counts, regions, "
    "checksum"
)


def write(
    connection: sqlite3.Connection,
    image: int,
    identity: str,
    packed: PackedPatch,
    *,
    status: int,
    epoch: int,
) -> int:
    """Add a step of an image and return its number."""
    regions = _regions_to_bytes(packed.regions)
    origin = packed.origin
    cursor = connection.execute(
        "INSERT INTO step (image, identity, status, epoch, tool, author, annotator, class_index, "
        "detail, time, pixels, counts, regions, data, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            image,
            identity,
            status,
            epoch,
            origin.tool,
            int(origin.author),
            origin.annotator,
            origin.class_index,
            origin.detail,
            origin.time,
            packed.pixels,
            _counts_to_bytes(packed.counts),
            regions,
            packed.data,
            _checksum(regions, packed.data),
        ),
    )
    return int(cursor.lastrowid or 0)


def rewrite(connection: sqlite3.Connection, number: int, patch: Patch) -> None:
    """Store another patch as a step that is there."""
    packed = pack(patch)
    regions = _regions_to_bytes(packed.regions)
    connection.execute(
        "UPDATE step SET class_index = ?, counts = ?, regions = ?, data = ?, checksum = ?, "
        "pixels = ? WHERE id = ?",
        (
            packed.origin.class_index,
            _counts_to_bytes(packed.counts),
            regions,
            packed.data,
            _checksum(regions, packed.data),
            packed.pixels,
            number,
        ),
    )


def read(connection: sqlite3.Connection, number: int) -> tuple[int, Patch]:
    """Return epoch and patch of a step.

    Raises
    ------
    StorageError
        When it is gone or damaged.
    """
    row = connection.execute(f"SELECT {COLUMNS}, data FROM step WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise StorageError("A step of this image is not in the project file any more.")
    regions, data = row[10], row[12]
    if _checksum(regions, data) != row[11]:
        raise StorageError("a step of the image is damaged in the project file.")
    packed = PackedPatch(
        _regions_from_bytes(regions), data, _origin(row), _counts_from_bytes(row[9]), row[8]
    )
    try:
        return int(row[1]), unpack(packed)
    except (zlib.error, ValueError) as error:
        raise StorageError("a step of the image is damaged in the project file.") from error


def stored(row: Sequence[Any], read_patch: Callable[[], Patch]) -> tuple[int, StoredPatch]:
    """Return epoch and step of a row of `COLUMNS`; its pixels stay in the file until needed."""
    step = StoredPatch(
        regions=_regions_from_bytes(row[10]),
        origin=_origin(row),
        counts=_counts_from_bytes(row[9]),
        pixels=row[8],
        read=read_patch,
    )
    return int(row[1]), step


def marks(patch: Patch) -> tuple[float, str, bytes]:
    """Return what tells a step from the others of an image, as it is stored."""
    return patch.origin.time, patch.origin.tool, _regions_to_bytes(patch.regions)


# Inside ------------------------------------------------------------------------------------------


def _origin(row: Sequence[object]) -> Origin:
    _, _, tool, author, annotator, class_index, detail, time, *_ = row
    return Origin(
        tool=str(tool),
        author=Ink(int(author)),  # type: ignore[call-overload]
        class_index=class_index if class_index is None else int(class_index),  # type: ignore[call-overload]
        detail=str(detail),
        time=float(time),  # type: ignore[arg-type]
        annotator=str(annotator),
    )


def _regions_to_bytes(regions: Sequence[Region]) -> bytes:
    rows = [(r.top, r.left, r.bottom, r.right) for r in regions]
    return np.array(rows, "<u4").reshape(-1, 4).tobytes()


def _regions_from_bytes(data: bytes) -> tuple[Region, ...]:
    return tuple(Region(*map(int, row)) for row in np.frombuffer(data, "<u4").reshape(-1, 4))


def _counts_to_bytes(counts: NDArray[np.int64]) -> bytes:
    changed = [(index, int(counts[index])) for index in np.flatnonzero(counts).tolist()]
    return json.dumps(changed, separators=(",", ":")).encode()


def _counts_from_bytes(data: bytes) -> NDArray[np.int64]:
    counts = np.zeros(COUNTS, np.int64)
    for index, pixels in json.loads(data):
        counts[index] = pixels
    return counts


def _checksum(regions: bytes, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(regions))

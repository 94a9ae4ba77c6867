"""The memory that an open image takes."""

import gc
from collections.abc import Iterator
from pathlib import Path

from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.cli.benchmarks.stage import opened
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError

SIZE = (4000, 6000)
FIRST, SECOND = (64, 96), (65, 97)
GOAL_BYTES = 3 + 1.4 + 3
"""A pixel: the image, its smaller copies, and label map, ink and confidence."""


def run(plan: Plan) -> Iterator[Figure]:
    """Open tiny photos until everything is loaded, then a large one in their place."""
    height, width = plan.pick(SIZE, (400, 600))
    with opened(*FIRST) as stage:
        stage.open(*SECOND)
        stage.settle(1.0)
        before = _resident_bytes()
        stage.open(height, width)
        stage.settle(1.0)
        loaded = _resident_bytes() - before
        stage.document.confidence = stage.document.label_map.copy()
        labelled = _resident_bytes() - before
        held = _held_bytes(stage.document)
    pixels = height * width
    yield Figure(
        "memory",
        labelled / pixels,
        "bytes/px",
        GOAL_BYTES,
        reference=held / pixels,
        detail={
            "image": f"{width} x {height}",
            "before_segment": rounded(loaded / pixels),
            "reference": "the arrays of the document alone",
        },
    )


def _held_bytes(document: Document) -> int:
    arrays = [document.image, document.label_map, document.ink, *document.pyramid]
    if document.confidence is not None:
        arrays.append(document.confidence)
    return sum(array.nbytes for array in arrays)


def _resident_bytes() -> int:
    gc.collect()
    status = Path("/proc/self/status")
    if not status.exists():
        raise SegstudioError("The memory of a process can be measured on Linux only.")
    row = next(r for r in status.read_text("utf-8").splitlines() if r.startswith("VmRSS"))
    return int(row.split()[1]) * 1024

"""What the machines said of each pixel, found again from the steps."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.machine_labels import UNKNOWN, said_by_machines
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import Region

SIZE = 6
EDITS = st.tuples(
    st.sampled_from(Ink),
    st.integers(0, 4),
    st.integers(0, SIZE - 1),
    st.integers(0, SIZE - 1),
    st.integers(1, SIZE),
    st.integers(1, SIZE),
)


def edit(document: Document, ink: Ink, label: int, region: Region) -> None:
    before = document.planes.cut(region)
    label = 255 if ink is Ink.NOBODY else label
    after = Planes(np.full_like(before.labels, label), np.full_like(before.ink, ink))
    made = assemble([d for d in [difference(region, before, after)] if d], Origin("x", ink))
    if made is not None:
        document.do(made)


def said(document: Document) -> np.ndarray:
    return said_by_machines(document.planes, document.history.steps[: document.history.position])


@given(st.lists(EDITS, max_size=12), st.integers(0, 12), st.booleans())
def test_the_last_label_of_a_machine_is_found_in_every_pixel(edits, undone, packed):
    document = Document(Path("a.png"), np.zeros((SIZE, SIZE, 3), np.uint8))
    expected = [np.full((SIZE, SIZE), UNKNOWN)]
    for ink, label, top, left, height, width in edits:
        before = document.history.position
        region = Region(top, left, top + height, left + width).clipped(SIZE, SIZE)
        edit(document, ink, label, region)
        if document.history.position > before:
            known = expected[-1].copy()
            if ink in (Ink.MODEL, Ink.REFINEMENT):
                known[region.slices] = label
            expected.append(known)
    if packed:
        document.history.pack_all()
    for _ in range(min(undone, document.history.position)):
        document.undo()
    assert np.array_equal(said(document), expected[document.history.position])


def test_labels_that_came_with_the_image_are_the_machines_own_words():
    labels = np.array([[3, 3, 255]], np.uint8)
    ink = np.array([[Ink.MODEL, Ink.PERSON, Ink.NOBODY]], np.uint8)
    document = Document(Path("a.png"), np.zeros((1, 3, 3), np.uint8), labels=labels, ink=ink)
    assert said(document).tolist() == [[3, UNKNOWN, UNKNOWN]]

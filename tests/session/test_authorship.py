"""Who made a pixel, against an oracle that notes it at each stroke."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import Region
from segstudio.session.authorship import Authorship, who_made

SIDE = 6
boxes = st.builds(
    lambda a, b, c, d: Region(min(a, b), min(c, d), max(a, b) + 1, max(c, d) + 1),
    *[st.integers(0, SIDE - 1)] * 4,
)
strokes = st.tuples(boxes, st.integers(0, 2), st.sampled_from([Ink.MODEL, Ink.PERSON]))


def paint(document, box, index, ink):
    after = Planes(document.label_map.copy(), document.ink.copy())
    after.labels[box.slices], after.ink[box.slices] = index, ink
    whole = Region(0, 0, SIDE, SIDE)
    found = difference(whole, document.planes, after)
    patch = assemble([found] if found else [], Origin("brush", ink, index))
    if patch is not None:
        document.do(patch)
    return patch is not None


@given(st.lists(strokes, max_size=8), st.integers(0, 8), st.booleans())
def test_the_last_step_that_changed_a_pixel_made_it(made, undone, packed):
    document = Document(Path("a.png"), np.zeros((SIDE, SIDE, 3), np.uint8))
    makers = [np.zeros((SIDE, SIDE), int)]
    for box, index, ink in made:
        before = document.label_map.copy(), document.ink.copy()
        if paint(document, box, index, ink):
            changed = (document.label_map != before[0]) | (document.ink != before[1])
            makers.append(np.where(changed, len(makers), makers[-1]))
    for _ in range(min(undone, document.history.position)):
        document.undo()
    if packed:
        document.history.pack_all()
    applied = document.history.steps[: document.history.position]
    for y, x in np.ndindex(SIDE, SIDE):
        found = who_made(Ink(int(document.ink[y, x])), applied, (x, y))
        assert found.step == makers[len(applied)][y, x]
        assert found.ink == document.ink[y, x]
        assert found.origin is (applied[found.step - 1].origin if found.step else None)


def test_a_pixel_older_than_the_steps_is_told_by_its_ink():
    assert who_made(Ink.PERSON, [], (0, 0)) == Authorship(Ink.PERSON)

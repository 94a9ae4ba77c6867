import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.region import BLOCK, Region
from segstudio.editing.brush import Tip, TipShape, sweep
from segstudio.editing.trace import Trace, masked

SIZE = 2 * BLOCK + 30, BLOCK + 70
spots = st.tuples(st.floats(-60, 400), st.floats(-60, 600))


@given(st.lists(spots, min_size=2, max_size=6), st.sampled_from((1, 2, 9, 90, 700)))
def test_a_trace_holds_what_the_tip_has_covered(points, size):
    trace, wanted = Trace(*SIZE), np.zeros(SIZE, np.bool_)
    for number, (start, end) in enumerate(itertools.pairwise(points)):
        tip = Tip(size, list(TipShape)[number % 2])
        covered = sweep(tip, start, end, height=SIZE[0], width=SIZE[1])
        trace.add(covered)
        wanted[covered.region.slices] |= covered.mask()
    assert np.array_equal(masked(trace.selections(), Region(0, 0, *SIZE)), wanted)
    part = Region(200, 100, 300, 300)
    assert np.array_equal(masked(trace.selections(), part), wanted[part.slices])


def test_a_trace_takes_room_only_where_the_stroke_was():
    trace = Trace(100 * BLOCK, 100 * BLOCK)
    for x in range(0, 4 * BLOCK, 20):
        trace.add(sweep(Tip(9), (x, 10), (x + 20, 10), height=100 * BLOCK, width=100 * BLOCK))
    assert trace.nbytes <= 5 * BLOCK * BLOCK

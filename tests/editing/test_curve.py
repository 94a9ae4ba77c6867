import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.editing.curve import way


def circle(radius, count, step):
    return [(radius * math.cos(step * i), radius * math.sin(step * i)) for i in range(count)]


def drawn(places):
    """Return all that is drawn through as the cursor comes to each place."""
    return [p for n in range(1, len(places) + 1) for p in way(places[max(0, n - 4) : n])]


places = st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))


@given(st.lists(places, min_size=1, max_size=4))
def test_the_way_ends_where_the_cursor_is(points):
    assert way(points)[-1] == points[-1]


@pytest.mark.parametrize("step", [0.05, 0.2, 0.5, -0.5])
def test_a_circle_of_few_places_is_drawn_round(step):
    radius = 200
    for point in drawn(circle(radius, 12, step))[3:]:
        assert abs(math.hypot(*point) - radius) < 0.6
    chords = circle(radius, 12, step)[3:]
    sagitta = radius * (1 - math.cos(step / 2))
    assert len(drawn(chords)) > len(chords) or sagitta < 0.5


@given(st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_a_corner_after_a_straight_line_stays_a_corner(turn, next_turn):
    line = [(-200.0, 0.0), (-100.0, 0.0), (0.0, 0.0)]
    corner = (100 * math.cos(turn), 100 * math.sin(turn))
    assert way([*line, corner]) == [corner]


@given(st.lists(places, min_size=4, max_size=4))
def test_a_curve_keeps_close_to_its_chord(points):
    (ax, ay), (bx, by) = points[-2:]
    length = math.dist((ax, ay), (bx, by)) or 1.0
    for x, y in way(points):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length
        across = ((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / length
        assert -1e-6 * length <= along <= (1 + 1e-6) * length, "it runs beyond the cursor"
        assert abs(across) <= length / 4 + 1e-3


def test_a_trembling_hand_draws_chords():
    shaky = [(10.0 * i, 3.0 * (i % 2)) for i in range(12)]
    assert drawn(shaky) == shaky

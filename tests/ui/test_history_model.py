"""The rows of the history follow the steps, whatever is done to these."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester

from segstudio.core.classes import ClassTable
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Patch
from segstudio.editing.toolbox import new_tools
from segstudio.ui.history_model import HistoryModel
from segstudio.ui.history_text import tool_icon, tool_name
from segstudio.ui.tool_table import find

CLASSES = ClassTable.named(["person", "sky", "road", "tree"])
NOTHING = np.zeros(257, np.int64)


def step(tool="brush", index=0, at=0.0, pixels=10, author=Ink.PERSON, detail="", annotator=""):
    origin = Origin(tool, author, index, detail, at, annotator)
    return Step(Patch((), origin, NOTHING, pixels))


def segment(at=0.0):
    return step("segment", None, at, 999, Ink.MODEL, "scenes")


def rows(model):
    """What a person sees, with folded rows unfolded nowhere."""
    return [
        (row.count, row.pixels, row.origin, model.position_of(place), model.is_done(row))
        for place, row in enumerate(model.row(n) for n in range(model.rowCount()))
        if not row.is_child
    ]


def texts(model):
    return [str(model.index(n).data()) for n in range(model.rowCount())]


def shown(steps, position=None, text=""):
    model = HistoryModel()
    model.set_view(CLASSES, text)
    model.set_steps(steps, len(steps) if position is None else position)
    return model


moves = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), st.sampled_from([0, 0, 0, 1]), st.sampled_from([0.5, 0.5, 9])),
        st.tuples(st.just("segment"), st.just(0), st.just(1.0)),
        st.tuples(st.just("go"), st.integers(0, 12), st.just(0.0)),
        st.tuples(st.just("forget"), st.integers(1, 3), st.just(0.0)),
        st.tuples(st.just("fold"), st.integers(0, 12), st.just(0.0)),
        st.tuples(st.just("other image"), st.just(0), st.just(0.0)),
    ),
    max_size=25,
)


@example(
    [("segment", 0, 1.0), ("segment", 0, 1.0), ("go", 1, 0.0), ("paint", 0, 9)], "since Segment"
)
@given(moves, st.sampled_from(["", "person", "model", "sky", "since Segment", "since segment sky"]))
def test_following_step_by_step_is_the_same_as_looking_anew(done, wanted):
    model = HistoryModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_view(CLASSES, wanted)
    steps, position, clock = [], 0, 0.0
    for kind, number, seconds in done:
        clock += seconds
        if kind in ("paint", "segment"):
            made = segment(clock) if kind == "segment" else step(index=number, at=clock)
            steps = [*steps[:position], made]
            position += 1
        elif kind == "go":
            position = min(number, len(steps))
        elif kind == "forget":
            count = min(number, max(0, position - 1))
            steps, position = steps[count:], position - count
        elif kind == "fold" and number < model.rowCount():
            model.toggle(number)
        elif kind == "other image":
            steps, position = [step(at=clock)], 1
        model.set_steps(steps, position)
        assert rows(model) == rows(shown(steps, position, wanted))
        heads = [n for n in range(model.rowCount()) if model.is_unfolded(model.row(n))]
        for place in heads:
            under = [model.row(place + 1 + n) for n in range(model.row(place).count)]
            assert all(row.is_child for row in under)
            assert sum(row.pixels for row in under) == model.row(place).pixels


def test_exactly_one_row_is_the_present_one():
    steps = [step(at=n) for n in range(4)] + [segment(50)] + [step(at=60 + n) for n in range(3)]
    for unfolded in (False, True):
        model = shown(steps)
        if unfolded:
            model.toggle(1)
        for position in range(len(steps) + 1):
            model.set_steps(steps, position)
            present = [n for n in range(model.rowCount()) if model.is_present(model.row(n))]
            assert present == [model.present_place()]


def test_strokes_of_one_class_within_two_seconds_are_one_row():
    steps = [step(at=0), step(at=1.9), step(at=3.8, pixels=1204), step(at=6), step(index=1, at=7)]
    assert texts(shown(steps)) == [
        "Before the first step",
        "Brush ×3 · person · 1,224 px",
        "Brush · person · 10 px",
        "Brush · sky · 10 px",
    ]


def test_segments_and_people_are_never_folded_together():
    steps = [segment(0), segment(1), step(at=2, annotator="Anna"), step(at=3, annotator="Ben")]
    assert [row[0] for row in rows(shown(steps))] == [0, 1, 1, 1, 1]
    assert texts(shown(steps))[1] == "Segment · scenes · 999 px"


def test_a_clock_that_jumps_back_does_not_fold():
    assert len(rows(shown([step(at=100), step(at=5)]))) == 3


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("", 6),
        ("person", 3),
        ("MODEL", 1),
        ("since Segment", 3),
        ("since segment eraser", 1),
        ("anna", 1),
        ("sky brush", 1),
        ("nothing like it", 0),
    ],
)
def test_the_filter_knows_authors_classes_tools_and_since_when(wanted, kept):
    steps = [
        step(at=0, index=1),
        step(at=10, annotator="Anna"),
        segment(20),
        step("eraser", 255, 30, author=Ink.NOBODY),
        Step(Patch((), Origin("fill", Ink.REFINEMENT, 2, time=40), NOTHING, 3)),
    ]
    assert shown(steps, text=wanted).rowCount() == kept


def test_a_stroke_among_10000_steps_adds_one_row_and_makes_none_anew(qtbot):
    steps = [step(at=10 * n) for n in range(10_000)]
    model = shown(steps)
    steps.append(step(at=200_000))
    with (
        qtbot.assertNotEmitted(model.modelReset),
        qtbot.assertNotEmitted(model.rowsRemoved),
        qtbot.waitSignal(model.rowsInserted) as inserted,
    ):
        model.set_steps(steps, len(steps))
    assert inserted.args[1:] == [10_001, 10_001]


def test_forgetting_the_oldest_step_makes_no_row_anew(qtbot):
    steps = [step(at=10 * n) for n in range(1000)]
    model = shown(steps)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsRemoved) as removed:
        model.set_steps([*steps[1:], step(at=20_000)], 1000)
    assert removed.args[1:] == [1, 1]


def test_every_tool_that_paints_has_its_own_name_and_icon():
    for name in (tool.name for tool in new_tools().values() if tool.paints):
        assert (tool_name(name), tool_icon(name)) == (find(name).title, name)


def test_a_model_is_called_by_its_title_and_found_by_it():
    steps = [step("segment", None, 0.0, 999, Ink.MODEL, "blood-v1-73c0ab"), segment(1.0)]
    model = shown(steps)
    model.set_view(CLASSES, "blood v1", {"blood-v1-73c0ab": "blood v1"})
    assert texts(model) == ["Segment · blood v1 · 999 px"]

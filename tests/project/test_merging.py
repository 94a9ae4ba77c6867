"""Two copies of a project in the hands of two people become one again."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_copies import CLASSES, SIZE, Annotator, TwoCopies

from segstudio.core.classes import ClassTable, Role
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.file_facts import FileFacts
from segstudio.core.image_record import ImageState, Part
from segstudio.core.labels import Ink, class_counts
from segstudio.core.metrics import agreement
from segstudio.core.patch import Planes
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.merge_state import Choice, Side
from segstudio.project.merging import compare, open_copy
from segstudio.project.taking import apply, together

ALL = (0, 0, *SIZE)


@pytest.fixture
def two(tmp_path):
    """Two copies of a project with a stroke in each of a.png, b.png and c.png."""
    made = TwoCopies(tmp_path)
    yield made
    made.end()


def same(one, other):
    return np.array_equal(one.labels, other.labels) and np.array_equal(one.ink, other.ink)


def sides(plan):
    return {item.name: item.labels for item in plan.items}


def consistent(annotator, name):
    """What the record says is what the pixels say."""
    planes, record = annotator.planes(name), annotator.record(name)
    counts = class_counts(planes.labels, planes.ink)
    assert record.classes == tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))


# What only one touched


def test_steps_that_only_they_made_come_with_their_history(two):
    two.ben.paint("a.png", (0, 0, 3, 3), 1)
    two.ben.paint("a.png", (3, 3, 5, 5), 2)
    two.ann.paint("b.png", (1, 1, 4, 4), 2)
    mine = two.ann.planes("b.png")
    plan, done = two.ann.merge(two.ben)
    assert sides(plan) == {"a.png": Side.THEIRS, "b.png": Side.MINE, "c.png": Side.SAME}
    assert (len(plan.taken), len(plan.conflicts), plan.only_mine, plan.same) == (1, 0, 1, 1)
    assert [(o.name, o.steps, o.problem) for o in done] == [("a.png", 2, "")]
    assert same(two.ann.planes("a.png"), two.ben.planes("a.png"))
    assert same(two.ann.planes("b.png"), mine)
    assert two.ann.steps("a.png") == two.ben.steps("a.png")
    consistent(two.ann, "a.png")
    stored = two.ann.project.load("a.png")
    assert [s.origin.annotator for s in stored.history.steps] == ["Ann", "Ben", "Ben"]
    for _ in range(3):
        assert two.ann.undo("a.png")
    assert two.ann.record("a.png").classes == ((255, SIZE[0] * SIZE[1]),)


def test_a_long_history_comes_whole_and_opens_from_a_checkpoint(two):
    for number in range(60):
        row = number % 6
        two.ben.paint("a.png", (row, 0, row + 1, 8), (number // 6) % 3)
    _, done = two.ann.merge(two.ben)
    assert done[0].steps == 60
    assert not two.ann.project.wants_folding("a.png")
    assert same(two.ann.planes("a.png"), two.ben.planes("a.png"))
    for _ in range(60):
        assert two.ann.undo("a.png")
    assert same(two.ann.planes("a.png"), two.ann.planes("b.png"))


def test_theirs_is_only_read(two):
    two.ben.paint("a.png", ALL, 1)
    two.ann.paint("a.png", ALL, 2)
    two.ben.project.flush(10)
    two.ben.project.end()
    before = {p.name: p.read_bytes() for p in two.ben.folder.iterdir()}
    two.ann.merge(two.ben, {"a.png": Choice.BOTH})
    assert {p.name: p.read_bytes() for p in two.ben.folder.iterdir()} == before


def test_a_copy_is_opened_by_its_file_under_any_name(two, tmp_path):
    two.ben.paint("a.png", ALL, 1)
    two.ben.project.flush(10)
    two.ben.project.end()
    file = shutil.copy(two.ben.project.file, tmp_path / "from Ben.segstudio")
    copy = open_copy(Path(file), two.ann.project, tmp_path / "home")
    assert sides(compare(two.ann.project, copy))["a.png"] is Side.THEIRS
    copy.close()


def test_what_is_no_other_copy_is_refused_in_a_sentence(two, tmp_path):
    home = tmp_path / "home"
    two.ann.project.flush(10)
    with pytest.raises(StorageError, match="this project itself"):
        open_copy(two.ann.folder, two.ann.project, home)
    with pytest.raises(StorageError, match="no project"):
        open_copy(tmp_path / "nowhere", two.ann.project, home)
    (tmp_path / "text.segstudio").write_text("something else")
    with pytest.raises(StorageError, match=r"text\.segstudio"):
        open_copy(tmp_path / "text.segstudio", two.ann.project, home)


def test_an_image_is_found_by_its_content_where_its_name_is_another(two):
    two.ben.paint("a.png", ALL, 1)
    for person, name in ((two.ann, "a.png"), (two.ben, "a.png")):
        person.project.keep_file(name, FileFacts(5, 1, "digest of a"))
    two.ann.project.rename({"a.png": "sub/first.png"})
    plan, _ = two.ann.merge(two.ben)
    assert {i.name: i.their_name for i in plan.taken} == {"sub/first.png": "a.png"}
    assert same(two.ann.planes("sub/first.png"), two.ben.planes("a.png"))


def test_images_that_are_not_here_are_left_out_and_named(two):
    two.ben.paint("z.png", ALL, 1)
    plan, done = two.ann.merge(two.ben)
    assert [i.name for i in plan.left_out] == ["z.png"]
    assert "z.png is not among the images here" in plan.left_out[0].problem
    assert done == ()
    (two.ann.folder / "z.png").write_bytes(b"z.png")
    _, done = two.ann.merge(two.ben)
    assert [o.name for o in done] == ["z.png"]
    assert same(two.ann.planes("z.png"), two.ben.planes("z.png"))


# Conflicts


@pytest.mark.parametrize("choice", list(Choice))
def test_a_conflict_is_listed_with_its_agreement_and_solved_by_choice(two, choice):
    two.ann.paint("a.png", (0, 0, 4, 8), 1)
    two.ann.paint("b.png", (0, 0, 4, 8), 1)
    two.ben.paint("a.png", (2, 0, 6, 8), 2)
    mine, theirs = two.ann.planes("a.png"), two.ben.planes("a.png")
    plan, done = two.ann.merge(two.ben, {"a.png": choice})
    assert [i.name for i in plan.conflicts] == ["a.png"]
    found, expected = plan.conflicts[0].agreement, agreement(mine.labels, theirs.labels)
    assert (found.miou, found.one_sided) == (expected.miou, expected.one_sided)
    assert found.worst == expected.worst
    result = {Choice.MINE: mine, Choice.THEIRS: theirs, Choice.BOTH: together(mine, theirs)}
    assert same(two.ann.planes("a.png"), result[choice])
    consistent(two.ann, "a.png")
    if choice is not Choice.MINE:
        assert [o.steps for o in done] == [1]
        last = two.ann.project.load("a.png").history.last.origin
        assert (last.tool, last.annotator) == ("merge", "Ben")
        assert two.ann.undo("a.png")
        assert same(two.ann.planes("a.png"), mine)


def test_without_a_choice_a_conflict_stays_as_it_is(two):
    two.ann.paint("a.png", ALL, 1)
    two.ben.paint("a.png", ALL, 2)
    before = two.ann.planes("a.png"), two.ann.steps("a.png")
    _, done = two.ann.merge(two.ben)
    assert done == ()
    assert same(two.ann.planes("a.png"), before[0])
    assert two.ann.steps("a.png") == before[1]
    plan, _ = two.ann.merge(two.ben)
    assert len(plan.conflicts) == 1


def test_both_keeps_what_a_person_painted_here_then_there_and_fills_what_is_blank():
    mine = Planes(np.array([[0, 0, 255, 255, 1]], np.uint8), np.array([[3, 1, 0, 3, 2]], np.uint8))
    theirs = Planes(np.array([[2, 2, 2, 2, 2]], np.uint8), np.array([[3, 3, 1, 3, 1]], np.uint8))
    both = together(mine, theirs)
    assert both.labels.tolist() == [[0, 2, 2, 255, 1]]
    assert both.ink.tolist() == [[3, 3, 1, 3, 2]]


def test_the_same_labels_painted_twice_are_no_conflict(two):
    two.ann.paint("a.png", ALL, 1)
    two.ben.paint("a.png", (0, 0, 6, 4), 1)
    two.ben.paint("a.png", (0, 4, 6, 8), 1)
    plan, done = two.ann.merge(two.ben)
    assert sides(plan)["a.png"] is Side.SAME
    assert done == ()


def test_both_that_takes_nothing_is_no_conflict_again(two):
    two.ann.paint("a.png", (4, 4, 6, 8), 1)
    two.ben.paint("a.png", (4, 4, 6, 8), 2)
    _, done = two.ann.merge(two.ben, {"a.png": Choice.BOTH})
    assert [outcome.steps for outcome in done] == [0]
    plan, _ = two.ann.merge(two.ben)
    assert plan.conflicts == ()


@pytest.mark.parametrize("choice", list(Choice))
def test_what_was_merged_is_no_conflict_again_until_they_go_on(two, choice):
    two.ann.paint("a.png", (0, 0, 4, 8), 1)
    two.ben.paint("a.png", (2, 0, 6, 8), 2)
    two.ann.merge(two.ben, {"a.png": choice})
    before = two.ann.planes("a.png"), two.ann.steps("a.png")
    plan, done = two.ann.merge(two.ben, {"a.png": Choice.THEIRS})
    assert (plan.conflicts, done) == ((), ())
    assert same(two.ann.planes("a.png"), before[0])
    assert two.ann.steps("a.png") == before[1]
    two.ben.paint("a.png", (5, 5, 6, 6), 0)
    plan, _ = two.ann.merge(two.ben)
    expected = Side.THEIRS if choice is Choice.THEIRS else Side.BOTH
    assert sides(plan)["a.png"] is expected


def test_a_merge_that_they_made_with_mine_comes_back_whole(two):
    two.ann.paint("a.png", (0, 0, 4, 8), 1)
    two.ben.paint("a.png", (2, 0, 6, 8), 2)
    two.ben.merge(two.ann, {"a.png": Choice.BOTH})
    plan, done = two.ann.merge(two.ben)
    assert sides(plan)["a.png"] is Side.THEIRS
    assert [o.steps for o in done] == [1]
    assert same(two.ann.planes("a.png"), two.ben.planes("a.png"))
    for one, other in ((two.ann, two.ben), (two.ben, two.ann)):
        plan, done = one.merge(other)
        assert (plan.conflicts, done) == ((), ())


# Labels from elsewhere


def imported(label):
    labels = np.full(SIZE, 255, np.uint8)
    labels[1:3] = label
    return Planes(labels, np.where(labels == 255, 0, Ink.PERSON).astype(np.uint8))


def test_labels_without_steps_are_compared_by_their_pixels(two):
    two.ann.import_labels("a.png", imported(1))
    two.ben.import_labels("a.png", imported(1))
    two.ann.import_labels("b.png", imported(1))
    two.ben.import_labels("b.png", imported(2))
    (two.ann.folder / "new.png").write_bytes(b"new")
    two.ben.import_labels("new.png", imported(2))
    plan, _ = two.ann.merge(two.ben, {"b.png": Choice.THEIRS})
    assert sides(plan) == {
        "a.png": Side.SAME,
        "b.png": Side.BOTH,
        "c.png": Side.SAME,
        "new.png": Side.THEIRS,
    }
    for name in ("b.png", "new.png"):
        assert same(two.ann.planes(name), two.ben.planes(name))
    plan, done = two.ann.merge(two.ben)
    assert (plan.conflicts, plan.taken, done) == ((), (), ())


def test_steps_on_top_of_labels_from_elsewhere_come_as_steps(two):
    two.ann.import_labels("a.png", imported(1))
    two.ben.import_labels("a.png", imported(1))
    two.ben.paint("a.png", (0, 0, 3, 3), 2)
    plan, done = two.ann.merge(two.ben)
    assert sides(plan)["a.png"] is Side.THEIRS
    assert [o.steps for o in done] == [1]
    assert two.ann.steps("a.png") == two.ben.steps("a.png")
    assert two.ann.undo("a.png")
    assert same(two.ann.planes("a.png"), imported(1))


def test_labels_of_another_size_are_left_out_and_named(two):
    two.ann.paint("a.png", ALL, 1)
    small = Planes(np.zeros((2, 2), np.uint8), np.full((2, 2), 3, np.uint8))
    two.ben.project.keep_planes(two.ben.record("a.png"), small)
    two.ben.say("a.png", width=2, height=2, classes=((0, 4),))
    plan, _ = two.ann.merge(two.ben)
    assert "a.png is of another size" in plan.left_out[0].problem


# Classes


def test_classes_are_matched_by_name_and_never_mixed(two):
    two.ann.project.keep_classes(CLASSES.with_class("Sky", (1, 2, 3)))
    theirs = CLASSES.with_class("road").with_class("sky").with_class("tree", (9, 9, 9))
    theirs = theirs.changed(5, role=Role.BACKGROUND, description="also bushes")
    two.ben.project.keep_classes(theirs)
    two.ben.paint("a.png", (0, 0, 2, 8), 3)
    two.ben.paint("a.png", (2, 0, 4, 8), 4)
    two.ben.paint("a.png", (4, 0, 6, 8), 5)
    plan, done = two.ann.merge(two.ben)
    table = two.ann.project.classes()
    assert [(c.index, c.name) for c in table][3:] == [(3, "Sky"), (4, "road"), (5, "tree")]
    assert table.get(3).colour == (1, 2, 3)
    assert table.get(5).colour == (9, 9, 9)
    assert (table.get(5).role, table.get(5).description) == (Role.BACKGROUND, "also bushes")
    assert plan.classes.added == ("road", "tree")
    assert done[0].steps == 3
    rows = two.ann.planes("a.png").labels[:, 0].tolist()
    assert [table.name_of(index) for index in rows] == [*["road"] * 2, *["Sky"] * 2, *["tree"] * 2]
    assert [s.origin.class_index for s in two.ann.project.load("a.png").history.steps[1:]] == [
        *(4, 3, 5)
    ]
    consistent(two.ann, "a.png")
    for _ in range(3):
        two.ann.undo("a.png")
    assert same(two.ann.planes("a.png"), two.ann.planes("b.png"))


def test_a_class_of_theirs_never_gets_the_number_of_nameless_pixels_of_mine(two):
    two.ann.paint("b.png", ALL, 3)
    two.ben.project.keep_classes(CLASSES.with_class("road"))
    two.ben.paint("a.png", ALL, 3)
    two.ann.merge(two.ben)
    table = two.ann.project.classes()
    assert table.name_of(int(two.ann.planes("a.png").labels[0, 0])) == "road"
    assert table.name_of(int(two.ann.planes("b.png").labels[0, 0])) == "class 3"


def test_classes_of_theirs_that_nothing_taken_needs_are_not_added(two):
    two.ben.project.keep_classes(CLASSES.with_class("road"))
    two.ben.say("a.png", note="blurred")
    two.ann.merge(two.ben)
    assert two.ann.project.classes() == CLASSES


def test_pixels_of_a_class_without_a_name_get_a_class_of_their_own(two):
    two.ann.project.keep_classes(CLASSES.with_class("sky"))
    two.ben.paint("a.png", ALL, 3)
    two.ann.merge(two.ben)
    table = two.ann.project.classes()
    assert table.name_of(int(two.ann.planes("a.png").labels[0, 0])) == "class 3"


def test_classes_merged_in_their_copy_are_seen_as_they_are_now(two):
    two.ben.paint("a.png", (0, 0, 3, 8), 1)
    two.ben.project.add_class_step(
        "merge", "dog → cow", Mapping(((1, 2),)), before=CLASSES, after=CLASSES.without(1)
    )
    two.ben.paint("a.png", (3, 0, 4, 8), 0)
    plan, done = two.ann.merge(two.ben)
    assert plan.classes.their_steps == ("dog → cow",)
    assert same(two.ann.planes("a.png"), two.ben.planes("a.png"))
    assert (two.ann.planes("a.png").labels[:3] == 2).all()
    assert done[0].steps == 2
    consistent(two.ann, "a.png")


def test_classes_merged_or_deleted_here_do_not_come_back(two):
    for index, target in ((1, 2), (0, UNLABELLED)):
        before = two.ann.project.classes()
        two.ann.project.add_class_step(
            "merge", "…", Mapping(((index, target),)), before=before, after=before.without(index)
        )
        two.ann.project.flush(10)
    two.ben.paint("a.png", (0, 0, 3, 8), 1)
    two.ben.paint("a.png", (3, 0, 6, 4), 0)
    two.ann.merge(two.ben)
    assert [c.name for c in two.ann.project.classes()] == ["cow"]
    planes = two.ann.planes("a.png")
    assert (planes.labels[:3] == 2).all()
    assert (planes.labels[3:] == 255).all()
    assert not planes.ink[3:].any()
    consistent(two.ann, "a.png")


# Beside the labels


def test_notes_states_flags_and_parts_are_taken_where_only_one_said_something(two):
    two.ben.say("a.png", note="blurred", flagged=True)
    two.ann.say("b.png", part=Part.TEST)
    two.ben.say("c.png", state=ImageState.DONE, done_at=2000.0)
    plan, done = two.ann.merge(two.ben)
    assert {o.name: o.fields for o in done} == {
        "a.png": ("flagged", "note"),
        "c.png": ("state",),
    }
    a, b, c = (two.ann.record(f"{n}.png") for n in "abc")
    assert (a.note, a.flagged, b.part) == ("blurred", True, Part.TEST)
    assert (c.state, c.done_at) == (ImageState.DONE, 2000.0)
    assert all(not item.by_date for item in plan.items)


def test_where_both_said_something_the_later_one_wins_and_it_is_told(two):
    two.ann.say("a.png", note="mine", state=ImageState.SKIPPED, done_at=3000.0)
    two.ben.say("a.png", note="theirs", state=ImageState.DONE, done_at=2000.0)
    two.ann.say("b.png", note="mine", done_at=2000.0)
    two.ben.say("b.png", note="theirs", done_at=3000.0)
    plan, _ = two.ann.merge(two.ben)
    assert two.ann.record("a.png").note == "mine"
    assert two.ann.record("a.png").state is ImageState.SKIPPED
    assert two.ann.record("b.png").note == "theirs"
    told = {item.name: item.by_date for item in plan.items if item.by_date}
    assert told == {"a.png": ("state", "note"), "b.png": ("note",)}


# Limits


def test_a_project_that_another_window_has_is_not_merged_into(two):
    two.ben.paint("a.png", ALL, 1)
    two.ann.project._claim.lose("Eve has it.")
    with pytest.raises(StorageError, match="Eve has it"):
        two.ann.merge(two.ben)
    two.ann.project._claim.lose("")


@pytest.mark.parametrize("change", ["paint", "undo"])
def test_an_image_that_was_changed_since_the_comparison_is_left_alone(two, change):
    two.ben.paint("a.png", ALL, 1)
    two.ben.project.flush(10)
    copy = open_copy(two.ben.folder, two.ann.project, two.place / "home")
    plan = compare(two.ann.project, copy)
    if change == "paint":
        two.ann.paint("a.png", (0, 0, 1, 1), 2)
    else:
        two.ann.undo("a.png")
    before = two.ann.steps("a.png"), two.ann.planes("a.png")
    done = apply(plan, {}, two.ann.project, copy)
    assert "changed meanwhile" in done[0].problem
    assert two.ann.steps("a.png") == before[0]
    assert same(two.ann.planes("a.png"), before[1])
    copy.close()


def test_a_comparison_and_a_merge_can_be_stopped(two):
    two.ben.paint("a.png", ALL, 1)
    two.ben.project.flush(10)
    copy = open_copy(two.ben.folder, two.ann.project, two.place / "home")
    with pytest.raises(Cancelled):
        compare(two.ann.project, copy, lambda _done, _total: True)
    plan = compare(two.ann.project, copy)
    with pytest.raises(Cancelled):
        apply(plan, {}, two.ann.project, copy, lambda _done, _total: True)
    assert len(two.ann.steps("a.png")) == 1
    copy.close()


# Anything at all, against an oracle

NAMES = ("a.png", "b.png", "c.png")
acts = st.lists(
    st.tuples(
        st.sampled_from(("ann", "ben")),
        st.sampled_from(NAMES),
        st.one_of(
            st.just("undo"),
            st.tuples(
                st.integers(0, 4),
                st.integers(0, 6),
                st.integers(1, 4),
                st.integers(1, 5),
                st.sampled_from([(0, 3), (1, 3), (2, 3), (1, 1), (2, 1), (255, 3), (255, 0)]),
            ),
        ),
    ),
    max_size=14,
)


def act(person, name, what):
    if what == "undo":
        person.undo(name)
        return
    top, left, height, width, (label, ink) = what
    person.paint(name, (top, left, top + height, left + width), label, ink)


def expected_side(mine, theirs):
    """Who went on, from the whole history of both: the oracle."""
    if mine == theirs:
        return Side.SAME
    if theirs[: len(mine)] == mine:
        return Side.THEIRS
    return Side.MINE if mine[: len(theirs)] == theirs else Side.BOTH


def looks_the_same(one, other):
    ignored = [(p.labels == 255) & (p.ink != 0) for p in (one, other)]
    return np.array_equal(one.labels, other.labels) and np.array_equal(*ignored)


@settings(max_examples=25)
@given(
    acts=acts,
    choices=st.fixed_dictionaries({name: st.sampled_from(list(Choice)) for name in NAMES}),
)
def test_any_two_copies_merge_as_the_oracle_says_in_either_order(acts, choices):
    place = Path(tempfile.mkdtemp())
    two = TwoCopies(place, NAMES)
    for who, name, what in acts:
        act(getattr(two, who), name, what)
    people = two.ann, two.ben
    before = {(p.name, n): p.planes(n) for p in people for n in NAMES}
    steps = {(p.name, n): p.steps(n) for p in people for n in NAMES}
    ends = [two]
    for mine, theirs in (people, people[::-1]):
        # Both orders begin with the same two copies.
        mine = fresh(mine, place / f"{mine.name} merges")
        theirs = fresh(theirs, place / f"{theirs.name} is read")
        ends.extend([mine, theirs])
        plan, _ = mine.merge(theirs, choices)
        found = {item.name: item for item in plan.items}
        for name in NAMES:
            here, there = before[mine.name, name], before[theirs.name, name]
            side = expected_side(steps[mine.name, name], steps[theirs.name, name])
            if side is Side.BOTH and looks_the_same(here, there):
                side = Side.SAME
            assert found[name].labels is side, name
            result = {
                Side.SAME: here,
                Side.MINE: here,
                Side.THEIRS: there,
                Side.BOTH: {
                    Choice.MINE: here,
                    Choice.THEIRS: there,
                    Choice.BOTH: together(here, there),
                }[choices[name]],
            }[side]
            assert same(mine.planes(name), result), (name, side)
            consistent(mine, name)
        after = {n: (mine.planes(n), mine.record(n), mine.steps(n)) for n in NAMES}
        again, done = mine.merge(theirs, choices)
        assert (again.conflicts, again.taken, done) == ((), (), ())
        for name in NAMES:
            planes, record, ids = after[name]
            assert same(mine.planes(name), planes)
            assert (mine.record(name), mine.steps(name)) == (record, ids)
        for name in NAMES:
            while len(mine.steps(name)) > len(steps[mine.name, name]):
                assert mine.undo(name)
            assert same(mine.planes(name), before[mine.name, name])
    for each in ends:
        each.end() if isinstance(each, TwoCopies) else each.project.end()
    shutil.rmtree(place)


def fresh(person, folder):
    assert person.project.flush(10) == ""
    person.project.end()
    shutil.copytree(person.folder, folder)
    return Annotator(folder, person.name)


WORDS = ("cat", "dog", "cow", "sky", "road")
tables = st.permutations(WORDS).flatmap(
    lambda words: st.integers(1, len(words)).map(lambda count: tuple(words[:count]))
)


def names_of(annotator, name):
    """The label map in words."""
    table = annotator.project.classes()
    labels = annotator.planes(name).labels
    return [[None if i == 255 else table.name_of(i) for i in row] for row in labels.tolist()]


@settings(max_examples=25)
@given(
    mine=tables,
    theirs=tables,
    strokes=st.lists(
        st.tuples(
            st.sampled_from(("ann", "ben")),
            st.sampled_from(NAMES),
            st.integers(0, 4),
            st.integers(0, 6),
            st.integers(0, 4),
        ),
        max_size=10,
    ),
)
def test_every_pixel_keeps_the_name_of_its_class_whatever_its_number(mine, theirs, strokes):
    place = Path(tempfile.mkdtemp())
    people = {"ann": Annotator(place / "ann", "Ann"), "ben": Annotator(place / "ben", "Ben")}
    for person, words in zip(people.values(), (mine, theirs), strict=True):
        person.project.keep_classes(ClassTable.named(words))
        assert person.project.flush(10) == ""
    for name in NAMES:
        (place / "ann" / name).write_bytes(b"image")
    for who, name, top, left, index in strokes:
        count = len(people[who].project.classes())
        people[who].paint(name, (top, left, top + 2, left + 2), index % count)
    ann, ben = people.values()
    before = {name: (names_of(ann, name), names_of(ben, name)) for name in NAMES}
    plan, _ = ann.merge(ben, dict.fromkeys(NAMES, Choice.THEIRS))
    for item in plan.items:
        here, there = before[item.name]
        assert names_of(ann, item.name) == (here if item.labels is Side.MINE else there)
        consistent(ann, item.name)
    table = ann.project.classes()
    assert [c.name for c in table][: len(mine)] == list(mine)
    assert list(table.indices) == list(range(len(table)))
    for person in people.values():
        person.project.end()
    shutil.rmtree(place)


def test_a_table_that_is_full_says_so(two):
    many = ClassTable.named([f"mine {n}" for n in range(254)])
    two.ann.project.keep_classes(many)
    two.ben.project.keep_classes(CLASSES)
    with pytest.raises(SegstudioError, match="at most 255 classes"):
        two.ann.merge(two.ben)

"""The keys of classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.class_keys import KEYS, class_at_key, keys_of, with_key
from segstudio.core.classes import (
    ClassTable,
    LabelClass,
    Role,
    from_rows,
    to_full_rows,
    to_rows,
)
from segstudio.core.errors import SegstudioError

wishes = st.lists(st.sampled_from(["", *KEYS, "F5"]), max_size=30)


def table_with(keys):
    return ClassTable(tuple(LabelClass(i, f"c{i}", (i, 0, 0), key=k) for i, k in enumerate(keys)))


def test_keys_follow_the_order_of_the_classes():
    table = ClassTable.named(f"class {n}" for n in range(20)).moved(19, 0)
    assert list(keys_of(table).values()) == [*KEYS, "", ""]
    assert class_at_key(table, "1") == 19
    assert class_at_key(table, "Ctrl+9") == 16
    assert class_at_key(ClassTable(), "1") is None


def test_a_key_set_by_hand_comes_first_and_the_others_close_up():
    table = with_key(ClassTable.named("abc"), 2, "1")
    assert keys_of(table) == {2: "1", 0: "2", 1: "3"}
    assert keys_of(table.moved(1, 0)) == {2: "1", 1: "2", 0: "3"}
    assert keys_of(with_key(table, 2, "")) == {0: "1", 1: "2", 2: "3"}


def test_a_key_goes_from_one_class_to_the_other():
    table = with_key(with_key(ClassTable.named("abc"), 2, "Ctrl+5"), 0, "Ctrl+5")
    assert [entry.key for entry in table] == ["Ctrl+5", "", ""]


@given(wishes)
def test_no_key_picks_two_classes_and_none_is_left_over(wanted):
    keys = keys_of(table_with(wanted))
    given_out = [key for key in keys.values() if key]
    assert len(given_out) == len(set(given_out)) == min(len(wanted), len(KEYS))
    assert list(keys) == list(range(len(wanted)))
    for index, key in enumerate(wanted):
        if key in KEYS and key not in wanted[:index]:
            assert keys[index] == key


roles = st.sampled_from(Role)
classes = st.lists(
    st.tuples(st.booleans(), st.booleans(), roles, st.text(max_size=5), st.text(max_size=3)),
    max_size=6,
).map(
    lambda found: ClassTable(
        tuple(
            LabelClass(i, f"c{i}", (i, 0, 0), hidden, locked, role, note, key)
            for i, (hidden, locked, role, note, key) in enumerate(found)
        )
    )
)


@given(classes)
def test_full_rows_keep_everything(table):
    assert from_rows(to_full_rows(table)).classes == table.classes


@given(classes)
def test_rows_keep_all_but_what_is_hidden_and_locked(table):
    plain = ClassTable(
        tuple(
            LabelClass(c.index, c.name, c.colour, role=c.role, description=c.description, key=c.key)
            for c in table
        )
    )
    assert from_rows(to_rows(table)).classes == plain.classes


def test_a_usual_class_is_written_as_it_always_was():
    assert to_rows(ClassTable.named(["a"])) == [
        {"index": 0, "name": "a", "colour": [230, 25, 75]},
    ]


@pytest.mark.parametrize("extra", [{"role": "hero"}, {"description": 3}, {"key": None}])
def test_a_field_that_cannot_be_is_refused(extra):
    with pytest.raises(SegstudioError):
        from_rows([{"index": 0, "name": "a", "colour": [1, 2, 3]} | extra])


def test_what_is_missing_by_name_is_added_with_its_colour():
    own = ClassTable.named(["cat", "dog"])
    other = ClassTable(
        (
            LabelClass(0, "CAT", (1, 1, 1)),
            LabelClass(7, "void", (2, 2, 2), role=Role.IGNORE, description="nothing"),
            LabelClass(9, "bird", own.classes[0].colour),
        )
    )
    both = own.with_missing(other)
    assert both.classes[:2] == own.classes
    assert both.classes[2] == LabelClass(
        2, "void", (2, 2, 2), role=Role.IGNORE, description="nothing"
    )
    assert (both.classes[3].index, both.classes[3].name) == (3, "bird")
    assert both.classes[3].colour != own.classes[0].colour
    assert both.with_missing(other) == both

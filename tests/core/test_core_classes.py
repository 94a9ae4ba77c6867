import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import (
    ClassTable,
    LabelClass,
    from_rows,
    read_classes,
    to_rows,
    write_classes,
)
from segstudio.core.errors import SegstudioError
from segstudio.core.palette import colour_sequence, next_colour

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)
unique_names = st.lists(names, unique_by=lambda name: name.strip().casefold(), max_size=12)


@given(unique_names, st.lists(st.tuples(st.sampled_from("arm"), st.integers(0, 20))))
def test_an_index_is_never_given_out_twice(start, moves):
    table = ClassTable.named(start)
    given_out = list(table.indices)
    for number, (move, index) in enumerate(moves):
        if move == "a":
            table = table.with_class(f"class number {number}")
            assert table.classes[-1].index not in given_out
            given_out.append(table.classes[-1].index)
        elif move == "r":
            table = table.without(index)
            assert table.get(index) is None
        else:
            table = table.moved(index, 0)
    assert set(table.indices) <= set(given_out)


@given(unique_names, st.randoms())
def test_a_class_list_is_read_as_it_was_written(tmp_path_factory, wanted, random):
    table = ClassTable.named(wanted)
    for index in list(table.indices):
        if random.random() < 0.3:
            table = table.without(index)
        else:
            table = table.moved(index, random.randrange(12))
    path = tmp_path_factory.mktemp("list") / "classes.json"
    write_classes(path, table)
    assert read_classes(path).classes == table.classes
    assert from_rows(to_rows(table)).classes == table.classes


def test_a_file_saved_by_notepad_is_read(tmp_path):
    path = tmp_path / "classes.json"
    path.write_text('[{"index": 4, "name": " Himmel ", "colour": [1, 2, 3]}]', "utf-8-sig")
    assert read_classes(path).classes == (LabelClass(4, "Himmel", (1, 2, 3)),)
    assert read_classes(path).next_index == 5


ROW = {"index": 0, "name": "cat", "colour": [1, 2, 3]}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "17",
        '"text"',
        "[1, 2]",
        "[[]]",
        json.dumps({"classes": []}),
        json.dumps([{"index": 0, "name": "cat"}]),
        json.dumps([ROW | {"index": None}]),
        json.dumps([ROW | {"index": 1.5}]),
        json.dumps([ROW | {"index": True}]),
        json.dumps([ROW | {"index": float("inf")}]),
        json.dumps([ROW | {"index": 255}]),
        json.dumps([ROW | {"index": -1}]),
        json.dumps([ROW | {"name": 3}]),
        json.dumps([ROW | {"name": "  "}]),
        json.dumps([ROW | {"colour": [1, 2]}]),
        json.dumps([ROW | {"colour": [1, 2, 256]}]),
        json.dumps([ROW | {"colour": [1, 2, 3.5]}]),
        json.dumps([ROW | {"colour": "red"}]),
        json.dumps([ROW, ROW | {"name": "dog"}]),
        json.dumps([ROW, ROW | {"index": 1, "name": "CAT "}]),
    ],
)
def test_a_bad_class_list_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "classes.json"
    path.write_text(content, "utf-8")
    with pytest.raises(SegstudioError) as caught:
        read_classes(path)
    assert str(caught.value).endswith(".")


def test_a_missing_and_a_binary_class_list_are_refused_by_name(tmp_path):
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x81")
    for name in ("binary.json", "missing.json"):
        with pytest.raises(SegstudioError, match=name):
            read_classes(tmp_path / name)


def test_names_differ_in_more_than_case():
    table = ClassTable.named(["Straße"])
    for name in ("Straße", "STRASSE", " straße "):
        with pytest.raises(SegstudioError, match="already"):
            table.with_class(name)
    with pytest.raises(SegstudioError, match="needs a name"):
        table.with_class("  ")
    with pytest.raises(SegstudioError, match="called"):
        table.with_class("dog").changed(1, name="strasse")
    assert table.find(" STRASSE ") == table.classes[0]


def test_255_classes_fit_and_no_more():
    table = ClassTable.named(f"class {n}" for n in range(255))
    assert table.indices == tuple(range(255))
    with pytest.raises(SegstudioError, match="255"):
        table.with_class("one more")
    with pytest.raises(SegstudioError, match="255"):
        table.without(254).with_class("one more")


def test_a_change_keeps_index_and_order():
    table = ClassTable.named(["a", "b", "c"])
    changed = table.changed(1, name=" new ", colour=(9, 9, 9), hidden=True, locked=True)
    assert changed.indices == (0, 1, 2)
    assert changed.get(1) == LabelClass(1, "new", (9, 9, 9), hidden=True, locked=True)
    assert np.flatnonzero(changed.flags("locked")).tolist() == [1]
    assert np.flatnonzero(changed.flags("hidden")).tolist() == [1]


def test_an_index_found_in_a_label_map_gets_a_class_of_its_own():
    table = ClassTable.named(["a"]).with_index(7, "a")
    assert table.indices == (0, 7)
    assert table.next_index == 8
    assert len({c.name for c in table}) == 2


def test_a_colour_table_holds_each_class_and_black_for_255():
    table = ClassTable.named(["a", "b"]).without(0)
    colours = table.colour_table()
    assert tuple(colours[1]) == table.classes[0].colour
    assert colours[255].tolist() == [0, 0, 0]
    assert colours[0].tolist() == colours[200].tolist() == [128, 128, 128]


def test_the_default_colours_of_255_classes_are_distinct():
    table = ClassTable.named(f"class {n}" for n in range(255))
    assert len({c.colour for c in table}) == 255
    assert len(set(colour_sequence())) == 255


colours = st.tuples(*[st.integers(0, 255)] * 3)


@given(st.lists(colours, max_size=40))
def test_a_new_colour_is_not_in_use(used):
    assert next_colour(used) not in used


@given(st.integers(0, 200))
def test_a_new_colour_differs_from_one_that_is_almost_a_default(number):
    red, green, blue = colour_sequence()[number]
    almost = (red, green, blue + 1 if blue < 255 else blue - 1)
    used = [*colour_sequence()[:number], almost]
    assert next_colour(used) != colour_sequence()[number]

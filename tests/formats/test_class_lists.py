"""Lists of classes from files and from text."""

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segstudio import assets
from segstudio.core.classes import ClassTable, LabelClass, Role, read_classes
from segstudio.core.errors import SegstudioError
from segstudio.formats import class_lists

GOLDEN = Path(__file__).parents[1] / "golden" / "class_lists"
PRESETS = ("voc", "cityscapes", "ade20k", "camvid", "coco_groups")


def _made():
    spec = importlib.util.spec_from_file_location("make_class_lists", GOLDEN / "make.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def rows(table: ClassTable) -> list[tuple]:
    return [(c.index, c.name, c.colour) for c in table]


# Golden files


@pytest.mark.parametrize("name", ["ours.json", "ours.txt", "ours.csv", "labelmap.txt"])
def test_a_list_is_written_as_before(tmp_path, name):
    class_lists.write(tmp_path / name, _made().CLASSES)
    assert (tmp_path / name).read_text("utf-8") == (GOLDEN / name).read_text("utf-8")


def test_each_kind_keeps_what_it_can_hold():
    wanted = _made().CLASSES
    assert class_lists.read(GOLDEN / "ours.json").classes == wanted.classes
    assert class_lists.read(GOLDEN / "ours.csv").classes == wanted.classes
    assert [c.name for c in class_lists.read(GOLDEN / "ours.txt")] == [c.name for c in wanted]
    by_index = sorted(rows(wanted))
    assert rows(class_lists.read(GOLDEN / "labelmap.txt")) == by_index


def test_the_special_names_of_labelme_are_understood():
    table = class_lists.read(GOLDEN / "labelme.txt")
    assert [(c.index, c.name, c.role) for c in table] == [
        (0, "background", Role.BACKGROUND),
        (1, "aeroplane", Role.NORMAL),
        (2, "bicycle", Role.NORMAL),
    ]


def test_a_labelmap_is_known_by_its_lines():
    table = class_lists.read(GOLDEN / "cvat.txt")
    assert rows(table)[:3] == [
        (0, "background", (0, 0, 0)),
        (1, "handle", (61, 245, 61)),
        (2, "human being", (140, 120, 240)),
    ]
    assert table.find("table").colour not in [colour for _, _, colour in rows(table)[:3]]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("semicolons.csv", [(0, "Road, wet", (128, 64, 128)), (1, "Sky", (128, 128, 128))]),
        ("camvid.csv", [(0, "Road", (128, 64, 128)), (1, "Sky", (128, 128, 128))]),
    ],
)
def test_tables_of_others_are_read(name, wanted):
    assert rows(class_lists.read(GOLDEN / name)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "leaf,#010203\nstem,#040506",
        "name,colour\nleaf,#010203\nstem,#040506",
        "Name\tColor\nleaf\t1 2 3\nstem\t4 5 6",
        'id,label,rgb\n0,leaf,"1,2,3"\n1,stem,"(4, 5, 6)"',
        "0,leaf,1,2,3\n1,stem,4,5,6",
        "colour;name\n010203;leaf\n040506;stem\n",
        "leaf,1,2,3\r\n\r\nstem,4,5,6\r\n",
    ],
)
def test_columns_are_found_by_their_header_or_by_what_is_in_them(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    assert rows(class_lists.read(path)) == [(0, "leaf", (1, 2, 3)), (1, "stem", (4, 5, 6))]


def test_names_without_colours_get_colours_that_differ(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name\nleaf\nstem\n", "utf-8-sig")
    table = class_lists.read(path)
    assert [c.name for c in table] == ["leaf", "stem"]
    assert len({c.colour for c in table}) == 2


# Round trips

plain = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
texts = st.text(plain, max_size=8).map(str.strip)
names = st.text(plain, min_size=1, max_size=8).map(str.strip).filter(bool)
colours = st.tuples(*[st.integers(0, 255)] * 3)
tables = st.lists(
    st.tuples(st.integers(0, 254), names, colours, st.sampled_from(Role), texts, texts),
    unique_by=(lambda row: row[0], lambda row: row[1].casefold()),
    min_size=1,
    max_size=8,
).map(
    lambda found: ClassTable(
        tuple(LabelClass(i, n, c, role=r, description=d, key=k) for i, n, c, r, d, k in found)
    )
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("lists")


@pytest.mark.parametrize("name", ["list.json", "list.csv"])
@settings(max_examples=40)
@example(ClassTable((LabelClass(0, "0", (0, 0, 0), key=';"'),)))
@given(tables)
def test_json_and_csv_keep_everything(place, name, table):
    class_lists.write(place / name, table)
    assert class_lists.read(place / name).classes == table.classes


@pytest.mark.parametrize("name", ["list.txt", "labelmap.txt"])
@settings(max_examples=60)
@given(tables)
def test_plain_files_keep_names_or_say_that_they_cannot(place, name, table):
    try:
        class_lists.write(place / name, table)
    except SegstudioError:
        return
    read = class_lists.read(place / name)
    if name == "list.txt":
        assert [c.name for c in read] == [c.name for c in table]
    else:
        assert rows(read) == sorted(rows(table))


@pytest.mark.parametrize("name", ["__ignore__", "_background_", "two\nlines"])
def test_a_name_that_plain_text_would_change_is_refused(tmp_path, name):
    path = tmp_path / "list.txt"
    with pytest.raises(SegstudioError, match="JSON"):
        class_lists.write(path, ClassTable.named(["leaf", name]))
    assert not path.exists()


# Bad input


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("blank.csv", b"\n \n"),
        ("head.csv", b"name,colour\n"),
        ("binary.txt", b"\xff\xfe\x00\x01"),
        ("zeros.txt", b"a\x00b"),
        ("twice.txt", b"leaf\nLEAF\n"),
        ("many.txt", b"".join(b"class %d\n" % n for n in range(256))),
        ("colour.csv", b"name,colour\nleaf,reddish\n"),
        ("level.csv", b"name,r,g,b\nleaf,1,2,256\n"),
        ("index.csv", b"index,name\n255,leaf\n"),
        ("index_twice.csv", b"index,name\n1,leaf\n1,stem\n"),
        ("role.csv", b"name,role\nleaf,hero\n"),
        ("quote.csv", b'name,colour\n"leaf"x,#010203\n'),
        ("labelmap.txt", b"leaf\n"),
        ("bad.json", b"{"),
        ("missing.txt", None),
        ("large.txt", b"x" * (class_lists.MAX_BYTES + 1)),
    ],
)
def test_a_bad_file_is_refused_by_name_in_a_sentence(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SegstudioError, match=name) as caught:
        class_lists.read(tmp_path / name)
    assert str(caught.value).endswith(".")


# Pasted text


@pytest.mark.parametrize(
    "text", ["leaf\nstem\nred root", "leaf, stem,red root,", "leaf\tstem\r\n\nred root ; "]
)
def test_pasted_names_are_parted_at_lines_commas_and_tabs(text):
    assert class_lists.split_names(text) == ["leaf", "stem", "red root"]


# The lists that come with the program


@pytest.mark.parametrize("key", PRESETS)
def test_a_list_that_comes_along_is_whole(key):
    table = read_classes(assets.path(f"classes/{key}.json"))
    assert table.indices == tuple(range(len(table)))
    content = json.loads(assets.path(f"classes/{key}.json").read_text("utf-8"))
    assert len(content) == len(table)


def test_the_colours_of_voc_are_its_own_map():
    table = read_classes(assets.path("classes/voc.json"))

    def level(index: int, channel: int) -> int:
        return sum((index >> (3 * at + channel) & 1) << (7 - at) for at in range(3))

    assert [c.colour for c in table] == [tuple(level(i, c) for c in range(3)) for i in range(21)]
    assert table.classes[0].role is Role.BACKGROUND


def test_too_many_names_are_counted_in_the_refusal():
    with pytest.raises(SegstudioError, match="300 names"):
        class_lists.table_of(f"class {i}" for i in range(300))

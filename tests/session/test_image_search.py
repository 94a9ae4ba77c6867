"""Finding, sorting and walking through images."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.formats.images import walk_images
from segstudio.session.image_order import ImageOrder
from segstudio.session.image_query import parse
from segstudio.session.image_search import ImageSearch, Show, Sort, natural_key

CLASSES = {"Person": 0, "sky": 4, "night sky": 7}

RECORDS = (
    ImageRecord("street 2.png", ImageState.SEGMENTED, model="scenes v1", unsure=0.3),
    ImageRecord("street 10.png", ImageState.DONE, classes=((0, 9), (255, 1)), author="Anna"),
    ImageRecord("Ж.png", ImageState.NEW),
    ImageRecord("sub/beach.png", ImageState.IN_WORK, note="Too dark", flagged=True),
    ImageRecord("sub/dune.png", ImageState.CHECKED, part=Part.TEST, changed_at=20.0),
    ImageRecord("sub/hill.png", ImageState.SKIPPED, classes=((7, 3),), changed_at=10.0),
    ImageRecord("sub/lake.png", ImageState.SEGMENTED, model="v1", unsure=0.62, note="ok"),
)


@pytest.fixture
def search():
    search = ImageSearch(RECORDS)
    search.set_classes(CLASSES)
    while not search.prepare():
        pass
    return search


def found(search, text="", show=Show.ALL, sort=Sort.NAME):
    search.text, search.show, search.sort = text, show, sort
    return [RECORDS[row].name.rpartition("/")[2].split(".")[0] for row in search.find().rows]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("street", ["street 2", "street 10"]),
        ("STREET 10", ["street 10"]),
        ('"eet 2"', ["street 2"]),
        ("ж", ["Ж"]),
        ("sub/ la", ["lake"]),
        ("-sub -street", ["Ж"]),
        ("class:person", ["street 10"]),
        ('class:"night sky"', ["hill"]),
        ("class:nothing", []),
        ("model:v1", ["street 2", "lake"]),
        ("unsure>30", ["lake"]),
        ("unsure>=30%", ["street 2", "lake"]),
        ("unsure<62,5 unsure>1", ["street 2", "lake"]),
        ("unsure<50", ["street 2"]),
        ("note:", ["beach", "lake"]),
        ("note:dark", ["beach"]),
        ('note:"too dark"', ["beach"]),
        ("-note: sub", ["dune", "hill"]),
        ("part:test", ["dune"]),
        ("part:te", ["dune"]),
        ("state:done", ["street 10"]),
        ("state:work", ["beach"]),
        ('state:"in work"', ["beach"]),
        ("state:skipped", ["hill"]),
        ("author:ann", ["street 10"]),
        ("unsure>", []),
        ("class:", []),
        ("colour:red", []),
        ("-colour:red lake", ["lake"]),
        ("-", []),
        ('"', ["street 2", "street 10", "Ж", "beach", "dune", "hill", "lake"]),
    ],
)
def test_a_search_finds(search, text, names):
    assert found(search, text) == names


@pytest.mark.parametrize(
    ("show", "names"),
    [
        (Show.TO_DO, ["street 2", "Ж", "beach", "lake"]),
        (Show.DONE, ["street 10", "dune"]),
        (Show.FLAGGED, ["beach"]),
    ],
)
def test_the_filter_row_finds(search, show, names):
    assert found(search, show=show) == names


def test_the_newest_change_comes_first_by_date(search):
    assert found(search, sort=Sort.DATE)[:3] == ["dune", "hill", "street 2"]


def test_unsure_and_untouched_images_are_the_most_useful(search):
    useful = found(search, sort=Sort.LEAST_SURE)
    assert useful[:4] == ["lake", "street 2", "Ж", "beach"]


def test_a_change_is_found_and_sorted_by(search):
    found(search, sort=Sort.DATE)
    search.change(2, ImageRecord("Ж.png", ImageState.DONE, changed_at=99.0))
    assert found(search, sort=Sort.DATE)[0] == "Ж"
    assert "Ж" in found(search, show=Show.DONE)


def test_names_are_sorted_as_folders_are_listed(tmp_path):
    names = ["b10.png", "b9.png", "B 1.png", "a/x2.png", "a/x10.png", "a/c/1.png", "b-1.png"]
    names += ["007.png", "7 a.png", "a b/1.png", "img.png", "img2.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    listed = [path.relative_to(tmp_path).as_posix() for path in walk_images(tmp_path)]
    assert sorted(names, key=natural_key) == listed


def test_images_in_any_order_are_sorted_by_name_once_prepared():
    search = ImageSearch(ImageRecord(f"{n}.png") for n in (10, 9, 1))
    assert list(search.find().rows) == [0, 1, 2]
    assert search.prepare()
    assert list(search.find().rows) == [2, 1, 0]


@given(st.text(alphabet='ab:"-> unsre3note%.,', max_size=30))
def test_no_text_is_an_error_and_one_image_is_found_as_all_are(text):
    search = ImageSearch(RECORDS)
    search.set_classes(CLASSES)
    search.text = text
    rows = search.find().rows
    assert list(rows) == [row for row in range(len(RECORDS)) if search.matches(row)]


@given(st.text(max_size=20))
def test_half_typed_terms_are_understood(text):
    for term in parse(text) + parse(f"unsure>{text}") + parse(f"note:{text}"):
        assert (term.test is None) or term.word == ""


# The order


def test_neighbours_follow_the_order():
    order = ImageOrder([4, 0, 3], 6)
    assert [order.neighbour(row, +1) for row in (4, 0, 3)] == [0, 3, None]
    assert [order.neighbour(row, -1) for row in (4, 0, 3)] == [None, 4, 0]


def test_of_an_image_that_is_not_shown_the_nearest_ones_are_the_neighbours():
    order = ImageOrder([4, 0, 3], 6)
    assert (order.neighbour(1, +1), order.neighbour(1, -1)) == (3, 0)
    assert (order.neighbour(5, +1), order.neighbour(5, -1)) == (None, 4)
    assert ImageOrder([], 6).neighbour(1, +1) is None


@given(st.permutations(range(6)), st.integers(0, 6), st.integers(0, 5), st.sampled_from([1, -1]))
def test_a_round_trip_meets_every_other_image_once(rows, count, row, step):
    order = ImageOrder(rows[:count], 6)
    assert sorted(order.round_trip(row, step)) == sorted(set(rows[:count]) - {row})

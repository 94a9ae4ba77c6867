"""Segment all while files are renamed, exchanged and replaced."""

import pytest
from batch_person import Batch

from segstudio.core.labels import Ink

NAMES = [f"{letter}.png" for letter in "abcdef"]


@pytest.fixture
def batch(person, engine, photos):
    """Images of two sizes, so that a result of the wrong file shows; the last one is open."""
    photos(*NAMES[:5])
    batch = Batch(person, engine, photos("f.png", size=(300, 270)))
    person.show(5)
    return batch


def under_way(batch, *names):
    """Begin images and wait until the model is asked for one."""
    for name in names:  # known to the project, so that a rename has labels to move
        row = batch.session.images.row_of(batch.session.images.root / name)
        batch.session.change_record(row, note=f"was {name}")
    batch.person.saved()
    batch.engine.gate.close()
    batch.all.start(list(names), batch.session.options())
    batch.person.until(batch.engine.gate.waiting.is_set)


def move(batch, **names):
    """Rename files, also round, and have their labels follow."""
    root = batch.session.images.root
    for old in names:
        (root / f"{old}.png").rename(root / f"{old}.moving")
    for old, new in names.items():
        (root / f"{old}.moving").rename(root / f"{new}.png")
    links = {f"{old}.png": f"{new}.png" for old, new in names.items()}
    assert batch.session.moving.link(links) == links


def go_on(batch):
    batch.engine.gate.open()
    batch.over()
    batch.person.saved()
    return {n: r for n, r in batch.project.records().items() if r.has_labels}


def test_an_image_renamed_while_under_way_has_its_labels_under_its_new_name(batch):
    under_way(batch, "a.png")
    move(batch, a="z")
    assert go_on(batch).keys() == {"z.png"}
    assert batch.project.names() == {"z.png"}
    assert batch.project.record("z.png").note == "was a.png"
    assert batch.all.failed == {}


def test_images_that_change_places_while_under_way_keep_their_results_apart(batch):
    batch.session.change_record(1, note="not asked for")
    under_way(batch, "a.png")
    move(batch, a="b", b="a")
    assert go_on(batch).keys() == {"b.png"}


def test_images_of_two_sizes_that_change_places_are_segmented_as_what_they_are_now(batch):
    batch.session.change_record(5, note="large")
    batch.person.show(1)
    under_way(batch, "a.png", "f.png")
    move(batch, a="f", f="a")
    found = go_on(batch)
    assert {n: (r.height, r.width, r.note) for n, r in found.items()} == {
        "a.png": (270, 300, "was f.png"),
        "f.png": (90, 120, "was a.png"),
    }


def test_images_renamed_before_their_turn_are_segmented(batch):
    under_way(batch, *NAMES)
    move(batch, e="z")
    assert go_on(batch).keys() == {*NAMES[:4], "f.png", "z.png"}
    assert batch.person.told[-1] == "Segment all: 6 images segmented"


def test_an_image_whose_place_another_takes_is_not_counted(batch):
    session = batch.session
    session.change_record(0, note="x")
    batch.person.saved()
    batch.engine.gate.close()
    batch.all.start(["a.png", "b.png"], session.options())
    batch.person.until(batch.engine.gate.waiting.is_set)
    move(batch, a="b")
    assert go_on(batch).keys() == {"b.png"}
    assert batch.person.told[-1] == "Segment all: 1 images segmented"


def test_the_open_image_that_is_renamed_gets_its_step_once(batch):
    batch.person.paint(20, 20, 1)
    under_way(batch, "f.png")
    move(batch, f="z")
    assert go_on(batch).keys() == {"z.png"}
    document = batch.person.document
    assert document.history.position == 2
    assert document.ink[20, 20] == Ink.PERSON
    assert document.ink[200, 200] == Ink.MODEL


def test_names_are_kept_for_the_next_window(batch):
    under_way(batch, *NAMES)
    move(batch, e="z")
    batch.person.saved()
    assert batch.project.value("segment_all_images", None) == [*NAMES[:4], "z.png", "f.png"]
    go_on(batch)


def test_an_image_that_is_gone_when_its_turn_comes_is_named(batch):
    batch.all.start(["a.png", "no.png"], batch.session.options())
    batch.over()
    assert batch.all.failed == {"no.png": "It is not among the images any more."}

"""The machine's map of each untouched image, compared with what a person makes of it."""

import numpy as np
import pytest
from batch_person import Batch

from segstudio.core.image_record import ImageState

NAMES = [f"{letter}.png" for letter in "abcd"]


@pytest.fixture
def at(person, engine, photos):
    return Batch(person, engine, photos(*NAMES))


def segment(at):
    at.session.segment()
    at.person.until(lambda: at.person.document.segment_info)
    at.person.idle()


def done(at, row):
    at.session.set_state(row, ImageState.DONE)
    at.person.idle()


def looks(at):
    return {look.name: look for look in at.session.first_looks.all}


def correct(at, index=2):
    """Paint the upper half of the open image."""
    at.session.editor.change(tool="brush", class_index=index)
    for y in range(0, 45, 4):
        at.person.paint(60, y, index)


def test_an_image_that_is_corrected_and_done_tells_how_right_the_machine_was(at):
    segment(at)
    correct(at)
    labels = at.person.document.label_map.copy()
    assert looks(at) == {}
    done(at, 0)
    look = looks(at)["a.png"]
    said = np.zeros((90, 120), np.uint8)
    said[:, 60:] = 1
    assert look.accuracy == pytest.approx((said == labels).mean())
    assert 0 < look.miou < look.accuracy < 1
    assert look.model == "scenes"


def test_what_a_person_has_begun_is_no_first_look(at):
    at.person.paint(20, 20, 2)
    segment(at)
    done(at, 0)
    assert looks(at) == {}


def test_segment_all_keeps_one_of_each_image_and_they_come_back(at, begin):
    at.start()
    at.over()
    for row in (2, 1):
        at.person.show(row)
        at.person.paint(20, 20, 2)
        done(at, row)
    done(at, 3)
    assert [look.name for look in at.session.first_looks.all] == ["c.png", "b.png", "d.png"]
    assert looks(at)["d.png"].accuracy == 1.0
    before, folder = at.session.first_looks.all, at.session.root
    assert at.session.close() == ""
    again = begin()
    again.open(folder)
    again.idle()
    assert again.session.first_looks.all == before


def test_pixels_without_a_class_at_the_end_do_not_count(at):
    segment(at)
    at.session.delete_class(1)
    at.person.classes_settled()
    at.person.settle()
    done(at, 0)
    assert looks(at)["a.png"].accuracy == 1.0


def test_until_a_person_touches_it_the_newest_map_counts(at, engine):
    at.start()
    at.over()
    engine.answer = lambda shape: np.full(shape, 3, np.uint8)
    segment(at)
    done(at, 0)
    assert looks(at)["a.png"].accuracy == 1.0
    engine.answer = lambda shape: np.full(shape, 2, np.uint8)
    at.person.show(1)
    at.person.paint(20, 20, 0)
    segment(at)
    done(at, 1)
    assert looks(at)["b.png"].accuracy < 0.6


def test_an_image_that_is_taken_up_again_is_compared_again(at):
    segment(at)
    done(at, 0)
    assert looks(at)["a.png"].accuracy == 1.0
    at.session.set_done(False, 0)
    correct(at)
    done(at, 0)
    assert looks(at)["a.png"].accuracy < 1.0


def test_a_first_look_follows_its_image_into_other_classes(at):
    segment(at)
    at.person.merge(1, 2)
    at.person.settle()
    done(at, 0)
    assert looks(at)["a.png"].accuracy == 1.0

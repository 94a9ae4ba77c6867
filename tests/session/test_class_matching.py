import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.merge import LEAVE_UNLABELLED
from segstudio.session.class_book import match_by_name


def target(model, *own):
    return match_by_name(ClassTable.named([model]), ClassTable.named(list(own))).targets[0]


@pytest.mark.parametrize(
    ("model", "own"),
    [
        ("tvmonitor", "TV monitor"),
        ("dining table", "Dining_Table"),
        ("traffic-light", "trafficLight"),
    ],
)
def test_names_match_whatever_parts_their_words(model, own):
    assert target(model, "sky", own) == 1


def test_an_equal_name_comes_first():
    assert target("dining_table", "dining table", "Dining_table") == 1


def test_of_two_names_that_are_alike_the_first_is_taken():
    assert target("diningtable", "dining table", "dining_table") == 0


def test_other_names_do_not_match():
    assert target("car", "cart", "?") == LEAVE_UNLABELLED
    assert target("!", "?") == LEAVE_UNLABELLED

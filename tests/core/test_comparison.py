"""What two models make of one image: shares, agreement, colours in common."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segstudio.core import comparison
from segstudio.core.classes import ClassTable, LabelClass

ONE = ClassTable.named(["person", "sky", "road"])
OTHER = ClassTable.named(["Road", "person", "tree"])

label_maps = arrays.arrays(np.uint8, st.just((5, 7)), elements=st.sampled_from([0, 1, 2, 255]))


@given(label_maps, label_maps)
def test_agreement_is_the_share_of_pixels_with_the_same_name(left, right):
    names = np.array(["person", "sky", "road", *[""] * 253])
    others = np.array(["road", "person", "tree", *[""] * 253])
    same = (names[left] == others[right]) & (names[left] != "")
    assert comparison.agreement(left, ONE, right, OTHER) == pytest.approx(same.mean())


def test_without_a_name_in_common_there_is_nothing_to_agree_on():
    nothing = np.zeros((2, 2), np.uint8)
    assert comparison.agreement(nothing, ONE, nothing, ClassTable.named(["cell"])) is None


@given(label_maps)
def test_shares_are_those_of_all_pixels_and_the_largest_comes_first(label_map):
    found = comparison.shares(label_map, ONE)
    assert sum(entry.share for entry in found) == pytest.approx((label_map != 255).mean())
    assert [entry.share for entry in found] == sorted((e.share for e in found), reverse=True)


def test_classes_of_one_name_have_one_colour_and_no_two_share_one():
    own = ClassTable((LabelClass(0, "Sky", (1, 2, 3)),))
    made = comparison.in_common_colours([own, ONE, OTHER])
    colours = {}
    for table in made:
        for entry in table:
            assert colours.setdefault(entry.name.casefold(), entry.colour) == entry.colour
    assert colours["sky"] == (1, 2, 3)
    assert len(set(colours.values())) == len(colours) == 4
    assert [entry.index for entry in made[2]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("shape", "size"),
    [((10, 20), (10, 20)), ((3200, 1600), (1600, 800)), ((1, 90_000), (1, 1600))],
)
def test_large_label_maps_are_compared_smaller(shape, size):
    label_map = np.full(shape, 7, np.uint8)
    small = comparison.reduced(label_map)
    assert small.shape == size == comparison.reduced_size(*shape)
    assert (small == 7).all()
    assert not np.shares_memory(small, label_map)

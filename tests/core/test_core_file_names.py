import os

from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.file_names import shortened

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=400)


@given(NAMES, st.integers(30, 255))
def test_a_name_fits_and_is_itself_where_it_did_before(name, limit):
    short = shortened(name, limit)
    assert len(os.fsencode(short)) <= limit
    assert short == name or len(os.fsencode(name)) > limit


def test_long_names_that_begin_alike_stay_apart():
    assert shortened("n" * 300 + "a", 200) != shortened("n" * 300 + "b", 200)

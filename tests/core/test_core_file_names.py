import os

from hypothesis import example, given
from hypothesis import strategies as st

from segstudio.core.file_names import safe, shortened

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=400)


@given(NAMES, st.integers(30, 255))
def test_a_name_fits_and_is_itself_where_it_did_before(name, limit):
    short = shortened(name, limit)
    assert len(os.fsencode(short)) <= limit
    assert short == name or len(os.fsencode(name)) > limit


def test_long_names_that_begin_alike_stay_apart():
    assert shortened("n" * 300 + "a", 200) != shortened("n" * 300 + "b", 200)


@given(st.text(max_size=120))
@example("CON")
@example("nul.txt")
@example("../../x")
@example(".hidden")
@example("a b/c\\d:e")
def test_a_safe_name_is_one_that_every_system_takes(name):
    made = safe(name, 80)
    assert made
    assert len(os.fsencode(made)) <= 80
    assert not set(made) & set('/\\:*?"<>| \0')
    assert not made.startswith((".", "-"))
    assert not made.endswith(".")
    assert made.split(".")[0].upper() not in {"CON", "NUL", "COM1"}
    assert safe(made, 80) == made

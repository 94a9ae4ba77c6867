"""Dividing images: whole groups, classes on every side, the same for the same seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.image_record import Part
from segstudio.formats.splitting import Candidate, prefix_of, split

SHARES = {Part.TRAINING: 0.6, Part.VALIDATION: 0.2, Part.TEST: 0.2}

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.text("abc", min_size=1, max_size=4),
        st.sampled_from("ghij"),
        st.frozensets(st.integers(0, 5)),
    ),
    max_size=30,
    unique_by=lambda candidate: candidate.name,
)


@given(CANDIDATES, st.integers(0, 9))
def test_every_image_has_a_part_and_groups_stay_together(candidates, seed):
    found = split(candidates, SHARES, seed)
    assert found.keys() == {c.name for c in candidates}
    for group in {c.group for c in candidates}:
        assert len({found[c.name] for c in candidates if c.group == group}) == 1
    assert split(list(reversed(candidates)), SHARES, seed) == found


def test_the_shares_are_met_and_a_rare_class_is_everywhere():
    rare = {7, 31, 62, 80, 99}
    candidates = [
        Candidate(f"{n:03}", f"{n:03}", frozenset({0, 1} if n in rare else {0})) for n in range(100)
    ]
    found = split(candidates, SHARES, seed=3)
    assert Counter(found.values()) == {Part.TRAINING: 60, Part.VALIDATION: 20, Part.TEST: 20}
    assert Counter(found[f"{n:03}"] for n in rare) == {
        Part.TRAINING: 3,
        Part.VALIDATION: 1,
        Part.TEST: 1,
    }


def test_another_seed_is_another_division():
    candidates = [Candidate(str(n), str(n), frozenset({0})) for n in range(40)]
    assert split(candidates, SHARES, 0) != split(candidates, SHARES, 1)


def test_frames_of_one_film_share_their_prefix():
    assert prefix_of("street_000123") == prefix_of("street_000124") == "street"
    assert prefix_of("0001") == "0001"

"""Two models on one image, asked for side by side, with a stub for the engine."""

import numpy as np
import pytest
from stub_engine import halves

from segstudio.core.errors import SegstudioError
from segstudio.engine.messages import SegmentRequest
from segstudio.engine.options import Options
from segstudio.session.comparing import Comparing, Side


@pytest.fixture
def looked(person, photo):
    """A comparison on an open photo, with what it told."""
    person.open(photo)
    comparing = Comparing(person.session.segmenting.client, person.session.runner, person.session)
    told = []
    comparing.looked.connect(lambda side, look: told.append((side, look)))
    comparing.failed.connect(lambda side, sentence: told.append((side, sentence)))
    return comparing, told


def test_each_side_is_told_and_nothing_changes(person, looked, engine):
    comparing, told = looked
    document = person.session.document
    comparing.look(Side.LEFT, document, Options("scenes"))
    comparing.look(Side.RIGHT, document, Options("other", refine="none"))
    person.idle()
    by_side = dict(told)
    assert by_side["left"].model == "scenes"
    assert by_side["right"].model == "other"
    assert np.array_equal(by_side["left"].label_map, halves(document.image.shape[:2]))
    assert by_side["left"].ms == pytest.approx(100)
    assert [request.key for request in engine.asked(SegmentRequest)] == ["", ""]
    assert document.history.position == 0


def test_a_later_look_on_the_same_side_takes_the_place_of_the_first(person, looked, engine):
    comparing, told = looked
    engine.gate.close()
    comparing.look(Side.LEFT, person.session.document, Options("scenes"))
    comparing.look(Side.LEFT, person.session.document, Options("other"))
    engine.gate.open()
    person.idle()
    assert [(side, look.model) for side, look in told] == [("left", "other")]


def test_what_fails_is_told_on_its_side(person, looked, engine):
    comparing, told = looked
    engine.error = SegstudioError("The model stopped.")
    comparing.look(Side.RIGHT, person.session.document, Options("scenes"))
    person.idle()
    assert told == [("right", "The model stopped.")]


def test_what_is_cancelled_is_not_told(person, looked, engine):
    comparing, told = looked
    engine.gate.close()
    comparing.look(Side.LEFT, person.session.document, Options("scenes"))
    comparing.cancel_all()
    engine.gate.open()
    person.idle()
    assert told == []

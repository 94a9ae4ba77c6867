"""What is prepared, and when."""

from dataclasses import replace

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.engine.messages import PrepareRequest, SegmentRequest
from segstudio.session.ahead import SegmentAhead
from segstudio.session.batch import SegmentAll
from segstudio.session.late_steps import LateSteps


@pytest.fixture
def at(person, photos, engine):
    session = person.session
    SegmentAhead(session, SegmentAll(session, LateSteps(session)))
    session.segmenting.start_engine()
    person.until(lambda: session.segmenting.models)
    person.open(photos(*(f"{letter}.png" for letter in "abcdefg")))
    session.set_classes(ClassTable.named(["person", "animal"]))
    person.idle()
    return person


def segment(at):
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.session.segment()


def asked(engine):
    return "".join(request.file.path[-5] for request in engine.asked(PrepareRequest))


def test_nothing_is_prepared_before_the_first_segment(at, engine):
    at.show(1)
    at.idle()
    assert asked(engine) == ""
    segment(at)
    at.idle()
    assert asked(engine) == "cde"


def test_it_follows_the_person_and_prepares_nothing_twice(at, engine):
    segment(at)
    at.idle()
    at.show(1)
    at.idle()
    at.show(2)
    at.idle()
    assert asked(engine) == "bcdef"


def test_images_with_labels_and_finished_ones_are_left_out(at, engine):
    images = at.session.images
    images.change(images.path_at(1), state=ImageState.DONE)
    images.change(images.path_at(2), state=ImageState.SEGMENTED)
    segment(at)
    at.idle()
    assert asked(engine) == "d"


def test_other_values_of_a_model_prepare_anew(at, engine):
    segment(at)
    at.idle()
    model = at.session.models.find("scenes")
    at.session.models.set_values("scenes", replace(model.values, channel_order="bgr"))
    at.idle()
    assert asked(engine) == "bcdbcd"


def test_other_settings_prepare_anew_and_the_switch_ends_it(at, engine):
    segment(at)
    at.idle()
    at.session.settings.set("model.refine", "none")
    at.idle()
    assert asked(engine) == "bcdbcd"
    assert engine.asked(PrepareRequest)[-1].file.options.refine == "none"
    at.session.settings.set("ahead.on", False)
    at.show(3)
    at.idle()
    assert asked(engine) == "bcdbcd"


def test_preparing_writes_no_labels(at, engine):
    segment(at)
    at.idle()
    assert [r.state for r in at.session.images.records[1:]] == [ImageState.NEW] * 6
    at.show(1)
    assert not at.document.history.can_undo


def test_an_image_is_segmented_on_opening_only_where_that_is_wanted_and_it_is_empty(at, engine):
    at.show(1)
    at.idle()
    assert not engine.asked(SegmentRequest)
    at.session.settings.set("model.on_open", True)
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.show(2)
    assert np.any(at.document.label_map != 255)
    at.show(1)
    at.until(lambda: at.document.history.can_undo)
    at.show(2)
    at.idle()
    assert len(engine.asked(SegmentRequest)) == 2

"""What a person does with models, with a stub for the engine."""

from dataclasses import replace

import pytest

from segstudio.core.errors import SegstudioError
from segstudio.engine.model_messages import FetchModelRequest, FetchRepositoryRequest


@pytest.fixture
def shelf(person, engine):
    """The shelf of a session that knows one model, and one that can be fetched."""
    first = replace(engine.models[0], is_default=True)
    afar = replace(
        first,
        name="voc",
        title="VOC",
        path="",
        kind="published",
        is_installed=False,
        is_default=False,
    )
    engine.models = (first, afar)
    refreshed(person)
    return person.session.models


def refreshed(person):
    person.session.models.refresh()
    person.idle()


def test_what_is_not_on_this_computer_is_known_and_cannot_be_chosen(person, shelf):
    assert [model.name for model in shelf.models] == ["scenes", "voc"]
    assert [model.name for model in person.session.segmenting.models] == ["scenes"]


def test_a_damaged_model_cannot_be_chosen_either(person, shelf, engine):
    engine.models += (replace(engine.models[0], name="broken", problem="It ends too early."),)
    refreshed(person)
    assert shelf.find("broken").problem
    assert person.session.segmenting.model("broken").name == "scenes"


def test_a_fetch_shows_how_much_is_here_and_then_the_model_can_be_chosen(person, shelf, engine):
    engine.shelf.gate.close()
    seen = []
    shelf.fetch_progressed.connect(lambda name, share: seen.append((name, share)))
    shelf.fetch("voc")
    shelf.fetch("voc")  # which is on its way already
    person.until(lambda: shelf.fetching == {"voc": 0.5})
    assert seen == [("voc", 0.25), ("voc", 0.5)]
    engine.shelf.gate.open()
    person.idle()
    assert len(engine.asked(FetchModelRequest)) == 1
    assert not shelf.fetching
    assert [model.name for model in person.session.segmenting.models] == ["scenes", "voc"]
    assert "VOC" in person.told[-1]


def test_a_cancelled_fetch_changes_nothing_and_is_no_error(person, shelf, engine):
    failures = []
    shelf.failed.connect(failures.append)
    engine.shelf.gate.close()
    shelf.fetch("voc")
    person.until(engine.shelf.gate.waiting.is_set)
    shelf.cancel_fetch("voc")
    person.idle()
    assert not shelf.fetching
    assert not shelf.find("voc").is_installed
    assert not failures


def test_a_fetch_that_fails_says_why(person, shelf, engine, qtbot):
    engine.shelf.error = SegstudioError("This computer is offline.")
    with qtbot.waitSignal(shelf.failed) as told:
        shelf.fetch("voc")
    assert told.args == ["This computer is offline."]
    person.until(lambda: not shelf.fetching)


def test_a_file_is_looked_at_and_taken_in(person, shelf, tmp_path, qtbot):
    with qtbot.waitSignal(shelf.inspected) as found:
        shelf.inspect(tmp_path / "mine.pth")
    assert found.args[0].path == str(tmp_path / "mine.pth")
    shelf.take_in(replace(found.args[0], title="Better"))
    person.idle()
    assert shelf.find("mine").title == "Better"


def test_a_repository_is_fetched_once_at_a_time_and_looked_at(person, shelf, engine, qtbot):
    engine.shelf.gate.close()
    shelf.fetch_repository("someone/model")
    shelf.fetch_repository("someone/model")
    person.until(lambda: shelf.fetching == {"someone/model": 0.5})
    with qtbot.waitSignal(shelf.inspected) as found:
        engine.shelf.gate.open()
    assert found.args[0].source.endswith("someone/model")
    person.until(lambda: not shelf.fetching)
    assert len(engine.asked(FetchRepositoryRequest)) == 1


def test_a_repository_that_is_left_brings_nothing(person, shelf, engine, qtbot):
    engine.shelf.gate.close()
    shelf.fetch_repository("someone/model")
    person.until(engine.shelf.gate.waiting.is_set)
    with qtbot.assertNotEmitted(shelf.inspected), qtbot.assertNotEmitted(shelf.failed):
        shelf.cancel_fetch("someone/model")
        person.until(lambda: not shelf.fetching)


def test_a_model_gets_other_values(person, shelf, qtbot):
    values = replace(shelf.find("scenes").values, mean=(0.5,) * 3, channel_order="bgr")
    with qtbot.waitSignal(shelf.values_changed) as told:
        shelf.set_values("scenes", values)
    person.idle()
    assert told.args[0].values == shelf.find("scenes").values == values


def test_models_are_renamed_removed_and_written_for_others(person, shelf, tmp_path, qtbot):
    shelf.rename("voc", "Pascal")
    person.idle()
    assert shelf.find("voc").title == "Pascal"
    with qtbot.waitSignal(shelf.exported) as written:
        shelf.export("scenes", tmp_path / "scenes.onnx", "onnx")
    assert written.args == [str(tmp_path / "scenes.onnx")]
    shelf.remove("voc")
    person.idle()
    assert shelf.find("voc") is None


def test_another_default_takes_the_place_of_what_was_chosen_before(person, shelf, engine):
    shelf.fetch("voc")
    person.idle()
    person.session.settings.set("model.name", "scenes")
    shelf.set_default("voc")
    person.idle()
    assert shelf.models[0].name == "voc"
    assert person.session.options().model == "voc"


def test_a_licence_is_shown_until_it_was_accepted_and_again_for_another_model(
    person, shelf, engine
):
    free = shelf.find("scenes")
    bound = replace(free, name="nc", is_commercial=False)
    assert shelf.may_use(free)
    assert not shelf.may_use(bound)
    shelf.accept("nc")
    shelf.accept("nc")
    assert shelf.may_use(bound)
    shelf.remove("nc")
    person.idle()
    assert not shelf.may_use(bound)

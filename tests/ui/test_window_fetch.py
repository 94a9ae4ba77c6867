"""A fetch in the status bar."""

from dataclasses import replace

import pytest


@pytest.fixture
def at(program, photo, engine):
    """The program with a photo, and a model that can be fetched."""
    first = engine.models[0]
    afar = replace(first, name="voc", title="VOC", path="", is_installed=False)
    engine.models = (first, afar, replace(afar, name="other", title="Other"))
    program.open(photo)
    program.session.models.refresh()
    program.until(lambda: program.session.models.find("voc") is not None)
    return program


def test_a_fetch_is_shown_in_the_status_bar_until_it_is_cancelled_there(at, engine):
    engine.shelf.gate.close()
    at.session.models.fetch("voc")
    at.until(lambda: at.widget("fetch_text").text() == "Fetching VOC 50 %")
    at.session.models.fetch("other")
    at.until(lambda: at.widget("fetch_text").text() == "Fetching 2 models 50 %")
    assert at.widget("fetch_chip").isVisible()
    at.click_button("fetch_cancel")
    at.until(lambda: not at.widget("fetch_chip").isVisible())
    assert not at.session.models.find("voc").is_installed


def test_a_fetched_model_can_be_chosen_in_the_panel(at):
    at.session.models.fetch("voc")
    at.until(lambda: not at.widget("fetch_chip").isVisible())
    at.until(lambda: at.session.segmenting.model("voc").name == "voc")

"""A session without a window, with a stub for the engine."""

import pytest
from session_person import Person

from segstudio.session import segmenting
from segstudio.session.session import Session


@pytest.fixture
def begin(qapp, qtbot, monkeypatch, engine):
    """Return a function that starts a session; all are closed at the end."""
    monkeypatch.setattr(segmenting, "EngineClient", lambda: engine)
    people = []

    def start() -> Person:
        person = Person(Session(), qtbot)
        people.append(person)
        return person

    yield start
    for person in people:
        person.session.close(discard=True)
        person.session.deleteLater()
    qapp.processEvents()


@pytest.fixture
def person(begin):
    return begin()

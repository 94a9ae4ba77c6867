"""Going to a position of the history at once."""

import pytest

from segstudio.editing.tool import Modifiers


@pytest.mark.parametrize("positions", [(0, 3), (2, 1, 3), (5, 0)])
def test_travelling_is_the_same_as_so_many_undos_and_redos(person, photo, positions):
    person.open(photo)
    session = person.session
    session.add_class("cat")
    planes = [person.document.label_map.copy()]
    for at in range(3):
        person.paint(20 + 20 * at, 30, 0)
        planes.append(person.document.label_map.copy())
    told = []
    session.labels_changed.connect(lambda: told.append(True))
    for count, position in enumerate(positions, 1):
        session.travel(position)
        assert person.document.history.position == min(position, 3)
        assert (person.document.label_map == planes[min(position, 3)]).all()
        assert len(told) <= count


def test_travelling_waits_for_the_end_of_a_stroke(person, photo):
    person.open(photo)
    person.session.add_class("cat")
    person.paint(20, 30, 0)
    editor = person.session.editor
    editor.press((50.5, 50.5), Modifiers())
    person.session.travel(0)
    assert person.document.history.position == 1
    editor.release()
    assert person.document.history.position == 2

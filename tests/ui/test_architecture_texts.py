import re

import pytest
from PySide6.QtGui import QImage

from segstudio.models import networks
from segstudio.ui import architecture_texts
from segstudio.ui.architecture_diagram import ArchitectureDiagram
from segstudio.ui.architecture_drawings import DRAWINGS, LAST_COLUMN

NOT_FOR_PEOPLE = re.compile(r"\b(patch|tensor|logits|engine|inference|journal|index)\b", re.I)


def test_every_architecture_has_text_and_drawing_and_none_is_left_over():
    assert set(architecture_texts.names()) == set(networks.ARCHITECTURES) == set(DRAWINGS)


@pytest.mark.parametrize("name", architecture_texts.names())
def test_texts_are_in_the_words_of_people(name):
    text = architecture_texts.text_of(name)
    for paragraph in (text.how, text.when):
        assert paragraph.endswith(".")
        assert not NOT_FOR_PEOPLE.search(paragraph)


def test_a_network_from_elsewhere_has_none():
    assert architecture_texts.text_of("lraspp") is None


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_lead_from_the_image_to_the_labels(name):
    drawing = DRAWINGS[name]
    places = [(block.column, block.level) for block in drawing.blocks]
    assert len(set(places)) == len(places)
    assert all(0 <= column <= LAST_COLUMN for column, _ in places)
    assert (drawing.blocks[0].role, drawing.blocks[-1].role) == ("image", "labels")
    reached = {0}
    for before, after in sorted(drawing.flows):
        assert drawing.blocks[before].column <= drawing.blocks[after].column
        reached |= {after} if before in reached else set()
    assert reached == set(range(len(places)))
    for before, after in drawing.skips:  # what is brought over has the size it is needed in
        assert drawing.blocks[before].level == drawing.blocks[after].level


def test_the_drawing_shown_is_that_of_the_architecture(qtbot):
    diagram = ArchitectureDiagram()
    qtbot.addWidget(diagram)
    diagram.resize(diagram.sizeHint())
    pictures = []
    for name in ("unet", "pspnet"):
        diagram.set_architecture(name)
        pictures.append(diagram.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    assert pictures[0] != pictures[1]
    diagram.set_architecture("lraspp")
    assert diagram.isHidden()

"""What the window is told of each architecture."""

import pytest

from segstudio.core.architecture_info import TITLES
from segstudio.models import architecture_cards, networks

CARDS = architecture_cards.everything()


def test_every_architecture_is_told_and_has_a_title():
    assert [card.name for card in CARDS] == list(networks.ARCHITECTURES)
    assert {card.name: TITLES[card.name] for card in CARDS} == {
        name: row.title for name, row in networks.ARCHITECTURES.items()
    }


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_everything_that_can_be_chosen_is_told_in_words(card):
    row = networks.find(card.name)
    assert [parameter.name for parameter in card.parameters] == list(row.arguments)
    for parameter in card.parameters:
        assert parameter.default
        assert parameter.allowed
        assert parameter.line.endswith(".")
    assert [name for name, _ in card.presets] == list(row.presets)

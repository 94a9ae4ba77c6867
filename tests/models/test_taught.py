"""Models that were taught in projects: found by their names, listed for their project only."""

from dataclasses import replace

import pytest

from segstudio.core import taught_files
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import cards, catalogue, checkpoint, store

NAME = "flowers-v1-1a2b3c"


@pytest.fixture
def taught(spec_of, build, tmp_path):
    """Keep a model of three classes with indices of a project."""
    table = ClassTable().with_index(0, "rose").with_index(2, "tulip").with_index(5, "lily")
    spec = spec_of("fpn", 3)
    spec = replace(spec, name=NAME, title="flowers v1", classes=table)
    file = tmp_path / "taught.safetensors"
    checkpoint.save(file, spec, build(spec))
    return taught_files.keep(NAME, file.read_bytes())


def test_a_taught_model_is_found_by_its_name_and_listed_where_it_is_asked_for(taught):
    assert catalogue.find(NAME) == taught
    names = [card.name for card in cards.everything()[0]]
    assert NAME not in names
    found = [card for card in cards.everything((NAME, "gone-v1-000000"))[0] if card.name == NAME]
    (card,) = found
    assert (card.kind, card.title, card.classes.indices) == ("taught", "flowers v1", (0, 2, 5))
    assert cards.of(NAME) == card
    assert cards.everything((NAME,))[0][0].name == catalogue.DEFAULT


def test_a_damaged_one_is_listed_with_what_is_wrong(taught):
    taught.write_bytes(taught.read_bytes()[:1000])
    (card,) = [card for card in cards.everything((NAME,))[0] if card.name == NAME]
    assert "ends too early" in card.problem


def test_it_is_neither_renamed_nor_removed_nor_a_default(taught):
    for change in (store.remove, store.set_default, lambda name: store.rename(name, "other")):
        with pytest.raises(ModelError, match="no model of your own"):
            change(NAME)
    assert catalogue.find(NAME) == taught


def test_a_copy_of_it_is_a_model_of_ones_own(taught):
    proposal = replace(store.inspect(taught), name="flowers-v1", title="flowers v1")
    kept = store.take_in(proposal)
    card = cards.of("flowers-v1")
    assert (card.kind, card.title) == ("own", "flowers v1")
    assert [entry.name for entry in card.classes] == ["rose", "tulip", "lily"]
    assert catalogue.find("flowers-v1") == kept.path

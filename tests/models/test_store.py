"""The person's own models: taken in, renamed, removed, damaged, and by several at once."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from segstudio import assets
from segstudio.core.architecture_info import title_of
from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, ModelError, SegstudioError
from segstudio.models import (
    cards,
    catalogue,
    checkpoint,
    foreign_networks,
    networks,
    published,
    store,
)
from segstudio.models.spec import ModelSpec


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A small model of random weights."""
    torch.manual_seed(0)
    spec = ModelSpec(
        "tiny",
        "pspnet",
        ClassTable.named(["ground", "sky"]),
        title="Tiny",
        encoder="resnet18",
        encoder_inside=True,
        multiple=8,
    )
    path = tmp_path_factory.mktemp("elsewhere") / "tiny.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    return path


@pytest.fixture
def root(tmp_path, monkeypatch, file):
    """Resources whose only model is the small one."""
    (tmp_path / "models").mkdir()
    shutil.copy(file, tmp_path / "models" / "scenes.safetensors")
    shutil.copytree(assets.path("classes"), tmp_path / "classes")
    monkeypatch.setattr(assets, "root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def taken(root, file):
    """The small model in the store."""
    return store.take_in(store.inspect(file))


def unfinished():
    return [p.name for p in store.folder().iterdir() if p.name.startswith(".")]


def test_a_model_that_was_taken_in_is_listed_and_found_by_its_name(taken):
    assert taken.name == "tiny"
    assert catalogue.find("tiny") == taken.path
    assert [entry.name for entry in catalogue.installed()] == ["scenes", "tiny"]
    assert not unfinished()


def test_names_that_are_taken_are_not_given_again(taken, file):
    proposal = store.inspect(file)
    assert (proposal.name, proposal.title) == ("tiny-2", f"{taken.spec.title} 2")
    for name in ("tiny", "Tiny", "scenes", "fcn-resnet50"):
        with pytest.raises(ModelError, match="already"):
            store.take_in(replace(proposal, name=name))
    assert store.names() == ["tiny"]
    assert not unfinished()


def test_of_two_that_take_in_one_name_at_once_one_succeeds(root, file):
    proposal = store.inspect(file)

    def take(_number):
        try:
            return store.take_in(proposal).name
        except ModelError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(take, range(2)))
    assert answers.count("tiny") == 1
    assert all("already" in answer for answer in answers if answer != "tiny")
    assert not unfinished()


def test_one_that_was_cancelled_in_the_end_is_not_there(root, file):
    with pytest.raises(Cancelled):
        store.take_in(store.inspect(file), lambda: True)
    assert not store.names()
    assert not unfinished()


def test_another_title_leaves_the_weights_as_they_are(taken):
    before = load_file(taken.path)
    renamed = store.rename("tiny", "  Ein längerer Titel, 長い ")
    assert renamed.spec == replace(taken.spec, title="Ein längerer Titel, 長い")
    after = load_file(taken.path)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    checkpoint.load(taken.path)


def test_other_values_leave_the_weights_and_forget_what_was_measured(taken):
    checkpoint.rewrite_spec(taken.path, replace(taken.spec, metrics={"miou": 0.5}, temperature=1.5))
    values = replace(cards.of("tiny").values, mean=(0.5,) * 3, channel_order="bgr", short_side=96)
    before, now = load_file(taken.path), store.set_values("tiny", values)
    assert (cards.of("tiny").values, now.spec.classes) == (values, taken.spec.classes)
    assert (now.spec.metrics, now.spec.temperature) == ({}, 1.0)
    after = load_file(taken.path)
    assert all(torch.equal(before[name], after[name]) for name in before)
    checkpoint.load(taken.path)


def test_the_same_values_change_nothing(taken):
    checkpoint.rewrite_spec(taken.path, replace(taken.spec, metrics={"miou": 0.5}))
    content = taken.path.read_bytes()
    store.set_values("tiny", cards.of("tiny").values)
    assert taken.path.read_bytes() == content


@pytest.mark.parametrize(
    "wrong",
    [
        {"mean": (0.5,)},
        {"mean": (float("nan"), 0.0, 0.0)},
        {"std": (0.0, 1.0, 1.0)},
        {"std": (float("inf"), 1.0, 1.0)},
        {"channel_order": "hsv"},
        {"short_side": 0},
        {"short_side": 100_000},
    ],
)
def test_values_that_do_not_suit_a_model_change_nothing(taken, wrong):
    content = taken.path.read_bytes()
    with pytest.raises(ModelError):
        store.set_values("tiny", replace(cards.of("tiny").values, **wrong))
    assert taken.path.read_bytes() == content


def test_values_of_published_models_and_of_the_programs_own_stay(taken):
    checkpoint.rewrite_spec(taken.path, replace(taken.spec, published="fcn-resnet50"))
    values = replace(cards.of("tiny").values, channel_order="bgr")
    for name, sentence in (("tiny", "published with"), ("scenes", "stays as it is")):
        with pytest.raises(ModelError, match=sentence):
            store.set_values(name, values)


def test_a_removed_model_is_gone_with_all_that_belongs_to_it(taken):
    (taken.path.parent / "beside.txt").write_text("x", encoding="utf-8")
    store.set_default("tiny")
    store.remove("tiny")
    assert store.names() == []
    assert not unfinished()
    assert catalogue.default_model() == ("scenes", "")
    with pytest.raises(ModelError, match="no model called"):
        catalogue.find("tiny")


def test_models_of_the_program_are_neither_renamed_nor_removed(root):
    for change in (store.remove, lambda name: store.rename(name, "Mine")):
        with pytest.raises(ModelError, match="comes with the program"):
            change("scenes")
        with pytest.raises(ModelError, match="no model of your own"):
            change("nonsense")


def test_a_damaged_file_is_an_entry_with_a_sentence(taken, file):
    store.take_in(replace(store.inspect(file), name="whole"))
    taken.path.write_bytes(taken.path.read_bytes()[:5000])
    (store.folder() / "empty").mkdir()
    found = {card.name: card.problem for card in cards.everything()[0] if card.is_installed}
    assert "ends too early" in found["tiny"]
    assert found["empty"]
    assert found["whole"] == found["scenes"] == ""
    with pytest.raises(SegstudioError):
        store.rename("tiny", "Other")
    store.remove("tiny")
    store.remove("empty")
    assert store.names() == ["whole"]


def test_the_default_is_kept_and_comes_first(taken):
    store.set_default("tiny")
    found, told = cards.everything()
    assert (found[0].name, found[0].is_default, told) == ("tiny", True, "")
    store.set_default("scenes")
    assert cards.everything()[0][0].name == "scenes"
    with pytest.raises(ModelError):
        store.set_default("nonsense")


@pytest.mark.parametrize("loss", ["folder", "file", "choice"])
def test_a_default_that_is_lost_is_told_and_scenes_takes_its_place(taken, loss):
    store.set_default("tiny")
    if loss == "folder":
        shutil.rmtree(taken.path.parent)
    elif loss == "file":
        taken.path.write_bytes(b"{}")
    else:
        (store.folder() / "default.txt").write_bytes(b"\xff\xfe\x00")
    found, told = cards.everything()
    assert found[0].name == "scenes"
    assert found[0].is_default
    assert bool(told) == (loss != "choice")


def test_cards_count_weights_as_the_network_does(taken, root):
    _, network = checkpoint.load(taken.path)
    card = cards.of("tiny")
    assert card.parameters == sum(values.numel() for values in network.parameters())
    assert card.size_bytes == taken.path.stat().st_size
    assert (card.kind, card.title) == ("own", "Tiny")


def test_the_embedded_encoder_counts_where_a_file_leaves_it_out():
    if not catalogue.bundled.files():
        pytest.skip("this checkout has no bundled model")
    path = catalogue.find("scenes")
    _, network = checkpoint.load(path)
    assert cards.of_file(path).parameters == sum(v.numel() for v in network.parameters())


def test_published_models_can_be_fetched_until_they_are_here(root):
    afar = [card for card in cards.everything()[0] if not card.is_installed]
    assert {card.name for card in afar} == set(published.MODELS)
    assert all(card.parameters and card.size_bytes and card.licence for card in afar)
    with pytest.raises(ModelError, match="models fetch fcn-resnet50"):
        catalogue.find("fcn-resnet50")


def test_what_a_process_that_was_ended_left_behind_is_cleared_away(taken, file):
    old, fresh = (store.folder() / f".unfinished-{name}" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.mkdir()
    days_ago = time.time() - 3 * 86400
    os.utime(old, (days_ago, days_ago))
    store.take_in(store.inspect(file))
    assert unfinished() == [fresh.name]


def test_every_architecture_has_the_title_of_its_row():
    shown = {name: title_of(name) for name in networks.ARCHITECTURES}
    assert shown == {name: row.title for name, row in networks.ARCHITECTURES.items()}
    assert all(title_of(name) != name for name in foreign_networks.FOREIGN)

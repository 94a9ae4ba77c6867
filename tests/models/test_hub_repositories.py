"""Repositories fetched by name and taken in, with models that the libraries saved."""

import json
import os
import sys

import pytest
import segmentation_models_pytorch as smp
import torch
from hub_server import REPOSITORY, HubServer

from segstudio.core.errors import ModelError
from segstudio.models import (
    catalogue,
    checkpoint,
    hub_fetching,
    hub_repositories,
    store,
)


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = HubServer()
    monkeypatch.setenv(hub_fetching.ENDPOINT, server.address)
    monkeypatch.setenv("SEGSTUDIO_MIRROR", f"{server.address}/mirror")  # of files by their names
    yield server
    server.close()


@pytest.fixture
def unet(hub, tmp_path):
    """A small U-Net that its library has saved, as the repository."""
    torch.manual_seed(0)
    network = smp.Unet("tu-test_resnet", encoder_weights=None, decoder_channels=[16, 16, 8, 8, 8])
    network.save_pretrained(tmp_path / "saved")
    hub.fill(tmp_path / "saved")
    hub.contents["README.md"] = b"---\nlicense: cc-by-nc-4.0\n---\n"


def fetch():
    return hub_repositories.fetch(REPOSITORY, lambda *_: None, lambda: False)


def test_a_repository_becomes_a_model_that_says_where_it_is_from(hub, unet):
    proposal = fetch()
    assert (proposal.name, proposal.licence, proposal.is_commercial) == (
        "model",
        "cc-by-nc-4.0",
        False,
    )
    entry = store.take_in(proposal)
    assert entry.spec.source == f"{hub.address}/{REPOSITORY}"
    checkpoint.load(catalogue.find("model"))
    (store.folder() / ".fetched" / "someone" / "other").mkdir()
    hub_repositories.forget(store.folder())  # no folder that was fetched
    hub_repositories.forget(entry.path.parent)
    assert entry.path.is_file()
    left = store.folder() / ".fetched" / "someone"
    place = left / "model"
    assert place.is_dir()
    hub_repositories.forget(place)
    assert [path.name for path in left.iterdir()] == ["other"]


def test_what_was_fetched_once_is_not_fetched_again(hub, unet):
    fetch()
    hub.asked.clear()
    fetch()
    assert not any(path.endswith("model.safetensors") for path in hub.asked)


def test_what_nobody_took_in_for_a_week_is_removed(hub, unet):
    fetch()
    left = store.folder() / ".fetched" / "someone" / "model"
    for path in (*left.iterdir(), left):
        os.utime(path, (0, 0))
    hub.contents.clear()
    with pytest.raises(ModelError):
        fetch()
    assert not (left / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"_model_class": "Unet", "encoder_name": "hf-hub:a/b", "classes": 2}, "would be fetched"),
        ({"_model_class": "Nothing"}, "does not run"),
    ],
)
def test_a_description_is_judged_before_its_weights_are_fetched(hub, config, sentence):
    hub.contents = {
        "config.json": json.dumps(config).encode(),
        "model.safetensors": bytes(3000),
    }
    with pytest.raises(ModelError, match=sentence):
        fetch()
    assert not any(path.endswith("model.safetensors") for path in hub.asked)


def test_without_the_library_it_is_told_before_the_weights_are_fetched(hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    config = {"model_type": "segformer", "architectures": ["SegformerForSemanticSegmentation"]}
    hub.contents = {
        "config.json": json.dumps(config).encode(),
        "model.safetensors": bytes(3000),
    }
    with pytest.raises(ModelError, match="pip install"):
        fetch()
    assert not any(path.endswith("model.safetensors") for path in hub.asked)

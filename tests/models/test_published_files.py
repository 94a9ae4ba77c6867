"""A published model from a server on this computer to the store."""

import io
from dataclasses import replace

import pytest
import torch
from file_server import FileServer

from segstudio.core.errors import Cancelled, ModelError
from segstudio.models import cards, checkpoint, published, published_files, store

NAME = "lraspp-mobilenetv3"


@pytest.fixture(scope="module")
def content():
    """The file of a published network, with random weights."""
    from torchvision.models.segmentation import lraspp_mobilenet_v3_large

    torch.manual_seed(0)
    stream = io.BytesIO()
    torch.save(lraspp_mobilenet_v3_large(weights=None, weights_backbone=None).state_dict(), stream)
    return stream.getvalue()


@pytest.fixture
def server(content, monkeypatch):
    """A server that has the file, and a table that knows its hash."""
    server = FileServer(content)
    row = published.MODELS[NAME]
    name = f"lraspp-{server.sha256[:8]}.pth"
    row = replace(row, file_name=name, size_bytes=len(content))
    monkeypatch.setitem(published.MODELS, NAME, row)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SEGSTUDIO_MIRROR", server.address.removesuffix("/model.bin"))
    yield server
    server.close()


def fetch(**settings):
    return published_files.fetch(NAME, lambda _done, _total: None, **settings)


def test_a_fetched_model_is_in_the_store_and_nothing_else_is_kept(server):
    entry = fetch(should_stop=lambda: False)
    card = cards.of(NAME)
    assert (card.kind, card.is_installed, card.name) == ("published", True, NAME)
    assert card.licence == published.LICENCE
    assert card.miou == published.MODELS[NAME].miou
    assert len(card.classes) == 21
    spec, network = checkpoint.load(entry.path)
    assert spec.published == NAME
    assert network(torch.zeros(1, 3, 33, 65)).shape == (1, 21, 33, 65)
    assert list((store.folder() / ".fetched").iterdir()) == []
    with pytest.raises(ModelError, match="already"):
        fetch(should_stop=lambda: False)


def test_a_file_that_somebody_already_has_is_the_same_model(server, content, tmp_path):
    path = tmp_path / "found-on-a-stick.pth"
    path.write_bytes(content)
    entry = store.take_in(store.inspect(path))
    assert entry.name == NAME
    assert NAME not in [card.name for card in cards.everything()[0] if not card.is_installed]
    store.remove(NAME)
    assert not cards.of(NAME).is_installed


def test_a_cancelled_fetch_leaves_the_model_to_be_fetched(server):
    with pytest.raises(Cancelled):
        fetch(should_stop=lambda: True)
    assert not cards.of(NAME).is_installed
    assert store.names() == []

import pytest
from hub_server import HubServer

from segstudio.core.errors import Cancelled, ModelError
from segstudio.models import fetching, hub_fetching


@pytest.fixture
def hub(monkeypatch):
    """A hub on this computer, with the contents of one repository."""
    monkeypatch.setenv("no_proxy", "*")
    server = HubServer()
    monkeypatch.setenv(hub_fetching.ENDPOINT, server.address)
    yield server
    server.close()


def test_the_files_that_are_needed_are_fetched_and_no_others(hub, tmp_path):
    hub.contents.update(
        {
            "config.json": b"{}",
            "README.md": b"words",
            "model.safetensors": bytes(3000),
            "pytorch_model.bin": b"the same in a pickle",
            "code.py": b"print()",
        }
    )
    told = []
    place = hub_fetching.fetch(
        "someone/model", tmp_path, lambda *done: told.append(done), lambda: False
    )
    fetched = {path.name for path in place.iterdir()} - {"files.json"}
    assert (place.relative_to(tmp_path).as_posix(), fetched) == (
        "someone/model",
        {"config.json", "README.md", "model.safetensors"},
    )
    assert (place / "model.safetensors").read_bytes() == bytes(3000)
    assert told[-1] == (3007, 3007)
    assert told == sorted(told)


def test_a_repository_without_a_model_is_refused(hub, tmp_path):
    hub.contents["README.md"] = b"words"
    with pytest.raises(ModelError, match=r"someone/model holds no model"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False)


def test_a_name_that_nobody_has_is_told_from_terms_that_nobody_has_agreed_to(hub, tmp_path):
    with pytest.raises(ModelError, match=r"no repository someone/other on 127.*Check its name"):
        hub_fetching.fetch("someone/other", tmp_path, lambda *_: None, lambda: False)
    hub.contents.update({"config.json": b"{}", "model.safetensors": bytes(30)})
    hub.withheld = {"config.json"}
    with pytest.raises(ModelError, match=r"agreed to its terms.*someone/model.*import its folder"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False)


def test_weights_are_not_fetched_where_the_description_is_refused(hub, tmp_path):
    hub.contents.update({"config.json": b"{}", "model.safetensors": bytes(3000)})

    def refuse(path):
        assert (path / "config.json").is_file()
        raise ModelError("This cannot be used here.")

    with pytest.raises(ModelError, match="cannot be used"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False, refuse)
    assert not any(path.endswith("model.safetensors") for path in hub.asked)


def test_a_fetch_can_be_stopped(hub, tmp_path):
    hub.contents.update({"config.json": b"{}", "model.safetensors": bytes(3000)})
    with pytest.raises(Cancelled):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: True)


def test_without_a_network_it_is_told_what_else_can_be_done(monkeypatch, tmp_path):
    monkeypatch.setenv(hub_fetching.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    with pytest.raises(ModelError, match="on another computer"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False)

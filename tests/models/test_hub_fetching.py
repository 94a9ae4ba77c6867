import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from segstudio.core.errors import Cancelled, ModelError
from segstudio.models import fetching, hub_fetching


@pytest.fixture
def hub(monkeypatch):
    """A hub on this computer: a dictionary of the contents of one repository."""
    contents = {}

    def answer(path):
        if path.startswith("/api/models/someone/model?"):
            rows = [
                {
                    "rfilename": name,
                    "size": len(data),
                    "lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                    if name.startswith("model")
                    else None,
                }
                for name, data in contents.items()
            ]
            return json.dumps({"sha": "abc", "siblings": rows}).encode()
        return contents.get(path.removeprefix("/someone/model/resolve/abc/"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answer(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv(hub_fetching.ENDPOINT, f"http://127.0.0.1:{server.server_port}")
    yield contents
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_files_that_are_needed_are_fetched_and_no_others(hub, tmp_path):
    hub.update(
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
    hub["README.md"] = b"words"
    with pytest.raises(ModelError, match=r"someone/model holds no model"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False)
    with pytest.raises(ModelError):
        hub_fetching.fetch("someone/other", tmp_path, lambda *_: None, lambda: False)


def test_a_fetch_can_be_stopped(hub, tmp_path):
    hub.update({"config.json": b"{}", "model.safetensors": bytes(3000)})
    with pytest.raises(Cancelled):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: True)


def test_without_a_network_it_is_told_what_else_can_be_done(monkeypatch, tmp_path):
    monkeypatch.setenv(hub_fetching.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    with pytest.raises(ModelError, match="on another computer"):
        hub_fetching.fetch("someone/model", tmp_path, lambda *_: None, lambda: False)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("nvidia/segformer-b0", True),
        ("a/b/c", False),
        ("model", False),
        ("../model", False),
        ("./model", False),
        ("/etc/model", False),
    ],
)
def test_names_of_repositories_are_told_from_paths(text, is_one):
    assert hub_fetching.is_repository(text) == is_one

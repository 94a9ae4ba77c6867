"""Hugging Face on this computer: one repository, whose files are in a dictionary."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPOSITORY = "someone/model"


class HubServer:
    """Serves `contents` as a repository.

    Any other is answered as if it were private, as Hugging Face does; `withheld` are files that
    are listed and not given; `asked` are the paths that were asked for. While `gate` is closed
    nothing but a beginning comes of the weights.
    """

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.withheld: set[str] = set()
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fill(self, folder) -> None:
        """Take the files of a folder that a library has saved."""
        self.contents = {path.name: path.read_bytes() for path in folder.iterdir()}

    def answer(self, handler) -> None:
        path = handler.path
        self.asked.append(path)
        name = path.removeprefix(f"/{REPOSITORY}/resolve/abc/")
        body = self.contents.get(name)
        if path.startswith(f"/api/models/{REPOSITORY}?"):
            body = json.dumps({"sha": "abc", "siblings": list(map(self._row, self.contents))})
            body = body.encode()
        status = 401 if body is None else 403 if name in self.withheld else 200
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body or b"")))
        handler.end_headers()
        try:
            handler.wfile.write((body or b"")[:1024])
            if name.startswith("model"):
                self.gate.wait(10)
            handler.wfile.write((body or b"")[1024:])
        except OSError:
            pass  # the other side has enough

    def _row(self, name):
        data = self.contents[name]
        digest = hashlib.sha256(data).hexdigest()
        kept = {"sha256": digest, "size": len(data)} if name.startswith("model") else None
        return {"rfilename": name, "size": len(data), "lfs": kept}

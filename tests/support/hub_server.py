"""Hugging Face on this computer: one repository, whose files are in a dictionary."""

import hashlib
import json

from local_server import LocalServer

REPOSITORY = "someone/model"


class HubServer(LocalServer):
    """Serves `contents` as a repository.

    Any other is answered as if it were private, as Hugging Face does; `withheld` are files that
    are listed and not given; `asked` are the paths that were asked for. While `gate` is closed
    nothing but a beginning comes of the weights.
    """

    def __init__(self) -> None:
        super().__init__()
        self.contents: dict[str, bytes] = {}
        self.withheld: set[str] = set()
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return self.root

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
        self.send(handler, body or b"", is_held=name.startswith("model"))

    def _row(self, name):
        data = self.contents[name]
        digest = hashlib.sha256(data).hexdigest()
        kept = {"sha256": digest, "size": len(data)} if name.startswith("model") else None
        return {"rfilename": name, "size": len(data), "lfs": kept}

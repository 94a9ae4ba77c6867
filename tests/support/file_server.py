"""A server of one file on this computer, which behaves as badly as it is told to."""

import hashlib

from local_server import LocalServer


class FileServer(LocalServer):
    """Serves `content` under every path.

    `breaks_after` counts down the bytes after which the connection breaks off, once; `status` is
    answered instead of the file; while `gate` is closed, nothing comes after the first kilobyte.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content
        self.breaks_after: int | None = None
        self.statuses: list[int] = []
        self.has_ranges = True
        self.has_tag = True
        self.ranges: list[str | None] = []
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        return f"{self.root}/model.bin"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def answer(self, handler) -> None:
        wanted = handler.headers.get("Range")
        self.ranges.append(wanted)
        self.paths.append(handler.path)
        if self.statuses:
            handler.send_error(self.statuses.pop(0))
            return
        tag = f'"{self.sha256}"'
        is_same = handler.headers.get("If-Range") == tag
        start = int(wanted[6:-1]) if wanted and self.has_ranges and is_same else None
        if start is not None and start >= len(self.content):
            handler.send_error(416)
            return
        body = self.content[start or 0 :]
        handler.send_response(200 if start is None else 206)
        if self.has_tag:
            handler.send_header("ETag", tag)
        if start is not None:
            size = len(self.content)
            handler.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if self.breaks_after is not None:
            body, self.breaks_after = body[: self.breaks_after], None
        self.send(handler, body)

"""A server on this computer whose answers a test decides."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LocalServer:
    """Answers in threads of its own, by `answer`; a closed `gate` holds answers up there."""

    def __init__(self) -> None:
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
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, handler) -> None:
        raise NotImplementedError

    def send(self, handler, body: bytes, *, is_held: bool = True) -> None:
        """Send the first kilobyte, and the rest when the gate is open."""
        try:
            handler.wfile.write(body[:1024])
            if is_held:
                self.gate.wait(10)
            handler.wfile.write(body[1024:])
        except OSError:
            pass  # the other side has enough

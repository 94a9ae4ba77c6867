"""What wakes the engine's loop when work in a thread of its own has news."""

import threading
from multiprocessing.connection import Connection, Pipe


class Bell:
    """Rung in any thread, heard by whoever waits for pipes.

    Attributes
    ----------
    heard : Connection
        Readable once the bell was rung, until `silence`.
    """

    def __init__(self) -> None:
        self.heard: Connection
        self.heard, self._rope = Pipe(duplex=False)
        self._lock = threading.Lock()
        self._rings = False

    def ring(self, _why: object = None) -> None:
        """Ring, unless it rings already: nobody may listen for a long time."""
        with self._lock:
            if not self._rings:
                self._rings = True
                self._rope.send_bytes(b"!")

    def silence(self) -> None:
        """Take the ringing back."""
        with self._lock:
            if self._rings:
                self._rings = False
                self.heard.recv_bytes()

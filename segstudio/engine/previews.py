"""What is done of large images, shown while the rest is on its way."""

import time
from collections.abc import Callable

from segstudio.core import shared
from segstudio.core.errors import SegstudioError
from segstudio.engine.envelopes import Preview
from segstudio.inference.progress import Partial

INTERVAL_S = 0.4


class Previews:
    """Sends previews, not too often."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._sent: dict[int, float] = {}

    def show(self, job: int, partial: Partial) -> None:
        """Show what is done of a request, unless that was just shown."""
        now = time.monotonic()
        if now - self._sent.get(job, 0.0) < INTERVAL_S:
            return
        try:
            block = shared.share(partial.preview())
        except SegstudioError:
            return  # no room: the result will say so, if it finds none either
        self._sent[job] = now
        self._send(Preview(job, block, partial.finished, partial.total))

    def end(self, job: int) -> None:
        """Forget a request that is over."""
        self._sent.pop(job, None)

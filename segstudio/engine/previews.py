"""What is done of large images, shown while the rest is on its way."""

import time
from collections.abc import Callable

from segstudio.core import shared
from segstudio.core.errors import SegstudioError
from segstudio.engine.envelopes import Preview
from segstudio.inference.progress import Partial

INTERVAL_S = 0.4


class Previews:
    """Sends previews, not too often, and can end a request with what is done of it."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._partials: dict[int, Partial] = {}
        self._sent: dict[int, float] = {}

    def show(self, job: int, partial: Partial) -> None:
        """Show what is done of a request, unless that was just shown."""
        self._partials[job] = partial
        now = time.monotonic()
        if now - self._sent.get(job, 0.0) < INTERVAL_S:
            return
        try:
            block = shared.share(partial.preview())
        except SegstudioError:
            return  # no room: the result will say so, if it finds none either
        self._sent[job] = now
        self._send(Preview(job, block, partial.finished, partial.total))

    def finish(self, job: int) -> bool:
        """Ask for an early end of a request, and tell whether there is anything to end with."""
        partial = self._partials.get(job)
        if partial is None:
            return False
        partial.finish()
        return True

    def end(self, job: int) -> None:
        """Forget a request that is over."""
        self._partials.pop(job, None)
        self._sent.pop(job, None)

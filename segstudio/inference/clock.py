"""How long each stage of a Segment takes, and how far it is."""

import time
from dataclasses import dataclass, field

from segstudio.inference.progress import Partial, Progress


@dataclass
class StageClock:
    """Adds up the time between marks by stage; time spent outside a step is not counted.

    Attributes
    ----------
    stages : dict of str to float
        Milliseconds.
    """

    stages: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)
    _done: float = 0.0
    _bend: tuple[float, float] = (1.0, 1.0)

    def stretch(self, until: float, to: float) -> None:
        """Make what lies before a share of the whole reach to another one.

        For a network that is to run many times: its constant share would be far too small.
        """
        self._bend = until, to

    def mark(self, stage: str, done: float, partial: Partial | None = None) -> Progress:
        """Count the time since the last mark to a stage, and return how far everything is."""
        elapsed_ms = (time.perf_counter() - self._started) * 1000.0
        self.stages[stage] = self.stages.get(stage, 0.0) + elapsed_ms
        until, to = self._bend
        if done <= until:
            done *= to / until
        else:
            done = 1.0 - (1.0 - done) * (1.0 - to) / (1.0 - until)
        self._done = max(self._done, min(done, 1.0))  # an easier way begins anew
        return Progress(self._done, stage, partial)

    def resume(self) -> None:
        """Count from now on."""
        self._started = time.perf_counter()

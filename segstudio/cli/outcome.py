"""What came of segmenting one file, and how the command line tells it."""

from dataclasses import asdict, dataclass
from typing import Any

from segstudio.cli.sources import Source
from segstudio.core.run_facts import RunFacts


@dataclass(frozen=True)
class Figures:
    """What segmenting one image gave and took.

    Attributes
    ----------
    width, height : int
        In pixels.
    ms : dict of str to float
        Milliseconds by stage, reading and writing included.
    pixels : dict of str to int
        Pixels by class name, classes without any included.
    """

    width: int
    height: int
    ms: dict[str, float]
    pixels: dict[str, int]
    refined_by: str
    facts: RunFacts

    @property
    def found(self) -> str:
        """The classes that were found, the largest first."""
        total = self.width * self.height
        largest = sorted(self.pixels.items(), key=lambda row: -row[1])
        return ", ".join(f"{name} {_percent(count / total)}" for name, count in largest if count)

    @property
    def total_ms(self) -> float:
        """Milliseconds for everything."""
        return sum(self.ms.values())


@dataclass(frozen=True)
class Outcome:
    """An image whose output files are written."""

    source: Source
    figures: Figures


def as_json(outcome: Outcome, model: str) -> dict[str, Any]:
    """Return the object that ``--json`` prints for one image."""
    figures = outcome.figures
    return {
        "path": str(outcome.source.path),
        "name": outcome.source.name,
        "width": figures.width,
        "height": figures.height,
        "model": model,
        "refined_by": figures.refined_by,
        "run": asdict(figures.facts),
        "ms": {stage: round(ms, 1) for stage, ms in figures.ms.items()},
        "pixels": figures.pixels,
    }


def as_row(outcome: Outcome) -> tuple[str, str, str, str]:
    """Return the row that the table shows for one image: image, size, classes found, ms."""
    figures = outcome.figures
    size = f"{figures.width} x {figures.height}"
    return outcome.source.path.name, size, figures.found, f"{figures.total_ms:.0f}"


def as_note(outcome: Outcome) -> str:
    """Return what is to be told of how the network ran: tiles, and memory that was not enough."""
    facts = outcome.figures.facts
    where = f"in {facts.tiles} tiles of {facts.side}" if facts.is_tiled else "whole"
    if not facts.ran_out:
        return f"looked at {where}." if facts.is_tiled else ""
    owner = "The computer" if facts.ran_out == "cpu" else "The GPU"
    moved = " on the CPU" if facts.device == "cpu" and facts.ran_out != "cpu" else ""
    half = " in half precision" if facts.half else ""
    return f"{owner} ran out of memory; done {where}{half}{moved}."


HEADINGS = ("image", "size", "classes found", "ms")


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "<1%"

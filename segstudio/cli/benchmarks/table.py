"""The table of benchmarks."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segstudio.cli.benchmarks.figure import Figure, Plan
from segstudio.core.errors import SegstudioError

Run = Callable[[Plan], Iterator[Figure]]

ALL = "all"


@dataclass(frozen=True)
class Benchmark:
    """One row: its name is also the name of its module."""

    name: str
    summary: str
    needs_images: bool = False
    """Whether it measures labelled images of one's own, and is no part of all."""

    def load(self) -> Run:
        """Import the module, which needs Qt or torch, and return what measures."""
        module = self.name.replace("-", "_")
        run: Run = importlib.import_module(f"segstudio.cli.benchmarks.{module}").run
        return run


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark("startup", "process start to the first painted window"),
    Benchmark("brush", "a move of a 50 px brush with its repaint, 24 megapixels"),
    Benchmark("brush-16k", "a move of a 2000 px brush with its repaint, 16384 x 16384"),
    Benchmark("snap", "a stroke of 50 px until it follows the edges, 12 megapixels"),
    Benchmark("repaint", "a whole viewport of image and labels"),
    Benchmark("undo", "undo and redo of a stroke and of a whole image, 24 megapixels"),
    Benchmark("fill", "filling a region of 10,000 x 10,000 pixels"),
    Benchmark(
        "polygon", "closing a polygon of 10,000 x 10,000 pixels, and a move while it is drawn"
    ),
    Benchmark(
        "wand", "a move of the wand with its repaint, 1600 x 1000 in sight and 24 megapixels"
    ),
    Benchmark("superpixel", "cutting a megapixel into superpixels, and a move over them"),
    Benchmark("models", "every architecture on five encoders: time, memory and weights"),
    Benchmark("segment", "from a file of 12 megapixels to its label map"),
    Benchmark("batch", "many files by the engine beside the bare network, and the hand meanwhile"),
    Benchmark("stall", "longest pause of the window during Segment, 12 megapixels, and Teach"),
    Benchmark("crf", "the CRF beside a plain call of pydensecrf2, 3 megapixels"),
    Benchmark("memory", "memory that an open image of 24 megapixels takes"),
    Benchmark(
        "scribble", "what follows from a scribble, 1 megapixel, alone, beside a batch, during Teach"
    ),
    Benchmark("effort", "strokes that correcting takes, of --images with --masks", True),
    Benchmark(
        "quality",
        "how superpixels, Box cut and Snap keep to borders, of --images with --masks",
        True,
    ),
    Benchmark(
        "refine", "mean IoU by refinement beside pydensecrf2, of --images with --masks", True
    ),
    Benchmark(
        "active",
        "labelling in the order of use beside a random one, of --images with --masks",
        True,
    ),
    Benchmark(
        "teach",
        "what Teach learns of 1 to 20 images, and seconds, of --images with --masks",
        True,
    ),
    Benchmark(
        "heads",
        "four heads on one encoder, trained by --train on --images with --masks",
        True,
    ),
    Benchmark("project", "100,000 images: opening, scrolling, storing strokes, reading them"),
)


def find(name: str) -> Benchmark:
    """Return the benchmark of a name.

    Raises
    ------
    SegstudioError
        When there is none; the sentence lists the names.
    """
    row = next((row for row in BENCHMARKS if row.name == name), None)
    if row is None:
        names = ", ".join(row.name for row in BENCHMARKS)
        raise SegstudioError(f"There is no benchmark “{name}”. There are {names} and {ALL}.")
    return row

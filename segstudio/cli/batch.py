"""Segmenting many files, and what is written and told of each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.cli.sources import CONFIDENCE, LABELS, OVERLAY, Source
from segstudio.core.errors import Cancelled, SegstudioError, StorageError

if TYPE_CHECKING:
    from segstudio.core.classes import ClassTable
    from segstudio.inference.pipeline import Lanes
    from segstudio.inference.predictor import Predictor
    from segstudio.inference.segmenter import Segmentation, SegmentSettings


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
    refined_by : str
        What really refined.
    """

    width: int
    height: int
    ms: dict[str, float]
    pixels: dict[str, int]
    refined_by: str

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
class Made:
    """The output files of one image by suffix, before they are written."""

    files: dict[str, bytes]
    figures: Figures


@dataclass(frozen=True)
class Outcome:
    """An image whose output files are written."""

    source: Source
    figures: Figures


@dataclass(frozen=True)
class Failure:
    """An image that could not be segmented, and the sentence that says why."""

    source: Source
    sentence: str


def segment_all(
    sources: Sequence[Source],
    predictor: "Predictor",
    settings: "SegmentSettings",
    out: Path,
    *,
    overlay: bool = False,
    confidence: bool = False,
) -> Iterator[Outcome | Failure]:
    """Segment images, write the files of each, and tell in their order what came of them.

    Several are under way at a time, see `segstudio.inference.pipeline`.

    Raises
    ------
    StorageError
        When the output folder cannot be written.
    """
    from segstudio.core.classes import write_classes
    from segstudio.inference import pipeline

    write_classes(out / "classes.json", predictor.spec.classes)
    suffixes = output_suffixes(overlay=overlay, confidence=confidence)
    # One image has all cores to itself, several share them.
    lanes = pipeline.Lanes(1 if len(sources) == 1 else None)

    def work(source: Source) -> Outcome | Failure:
        try:
            made = make(source.path, predictor, settings, lanes, suffixes)
            return write(source, made, out)
        except (StorageError, Cancelled):
            raise
        except SegstudioError as error:
            return Failure(source, str(error))
        except MemoryError:
            return Failure(source, too_large(source.path))

    try:
        for done in pipeline.in_order(sources, work, lanes):
            yield done.result()
    finally:
        lanes.close()


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
        "ms": {stage: round(ms, 1) for stage, ms in figures.ms.items()},
        "pixels": figures.pixels,
    }


def as_row(outcome: Outcome) -> tuple[str, str, str, str]:
    """Return the row that the table shows for one image: image, size, classes found, ms."""
    figures = outcome.figures
    size = f"{figures.width} x {figures.height}"
    return outcome.source.path.name, size, figures.found, f"{figures.total_ms:.0f}"


HEADINGS = ("image", "size", "classes found", "ms")


def make(
    path: Path,
    predictor: "Predictor",
    settings: "SegmentSettings",
    lanes: "Lanes",
    suffixes: Sequence[str],
) -> Made:
    """Segment one image and encode its output files, in a lane.

    Raises
    ------
    ImageError
        When the file cannot be read.
    Cancelled
        When the work of the lane is to end.
    """
    from segstudio.core import png
    from segstudio.formats import overlay
    from segstudio.formats.images import encode_png, read_image
    from segstudio.inference import pipeline

    found = pipeline.segment_file(path, predictor, settings, lanes)
    result = found.segmentation
    segmented = time.perf_counter()
    colours = predictor.spec.classes.colour_table()
    files = {LABELS: png.encode(result.label_map, colours)}
    if OVERLAY in suffixes:
        is_whole = found.image.shape[:2] == result.label_map.shape
        image = found.image if is_whole else read_image(path)
        files[OVERLAY] = encode_png(overlay.blend(image, result.label_map, colours))
    if CONFIDENCE in suffixes:
        files[CONFIDENCE] = png.encode(result.confidence)
    encode_ms = (time.perf_counter() - segmented) * 1e3
    ms = {"read": found.read_ms, **result.stages, "write": encode_ms}
    height, width = result.label_map.shape
    pixels = count_pixels(result, predictor.spec.classes)
    return Made(files, Figures(width, height, ms, pixels, result.refined_by))


def write(source: Source, made: Made, out: Path) -> Outcome:
    """Write the output files of one image below `out`.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    from segstudio.core import atomic

    started = time.perf_counter()
    for suffix, content in made.files.items():
        atomic.write_bytes(source.target(out, suffix), content)
    ms = dict(made.figures.ms)
    ms["write"] += (time.perf_counter() - started) * 1e3
    return Outcome(source, replace(made.figures, ms=ms))


def output_suffixes(*, overlay: bool, confidence: bool) -> list[str]:
    """Return the suffixes of the files that are written for each image."""
    return [LABELS, *[OVERLAY] * overlay, *[CONFIDENCE] * confidence]


def too_large(path: Path) -> str:
    """Return the sentence for an image that took more memory than there was."""
    return f"{path.name} is too large for the free memory."


def count_pixels(result: "Segmentation", classes: "ClassTable") -> dict[str, int]:
    """Return the number of pixels of each class by its name."""
    import numpy as np

    counts = np.bincount(result.label_map.ravel(), minlength=256)
    return {entry.name: int(counts[entry.index]) for entry in classes}


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "<1%"

"""Segmenting many files, and what is written for each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli.outcome import Figures, Outcome
from segstudio.cli.sources import LABELS, MEASURES, OVERLAY, Source
from segstudio.core.errors import Cancelled, SegstudioError, StorageError

if TYPE_CHECKING:
    from segstudio.core.arrays import Confidence
    from segstudio.core.classes import ClassTable
    from segstudio.inference.pipeline import Lanes
    from segstudio.inference.predictor import Predictor
    from segstudio.inference.segmenter import Segmentation, SegmentSettings


@dataclass(frozen=True)
class Made:
    """The output files of one image by suffix, before they are written."""

    files: dict[str, bytes]
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
    more: Sequence[str] = (),
) -> Iterator[Outcome | Failure]:
    """Segment images, write the files of each, and tell in their order what came of them.

    Several are under way at a time, see `segstudio.inference.pipeline`.

    Parameters
    ----------
    more : sequence of str
        Suffixes of what is written besides the labels.

    Raises
    ------
    StorageError
        When the output folder cannot be written.
    """
    from segstudio.core.classes import write_classes
    from segstudio.inference import pipeline

    write_classes(out / "classes.json", predictor.spec.classes)
    # One image has all cores to itself, several share them.
    lanes = pipeline.Lanes(1 if len(sources) == 1 else None)

    def work(source: Source) -> Outcome | Failure:
        try:
            made = make(source.path, predictor, settings, lanes, more)
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


def make(
    path: Path,
    predictor: "Predictor",
    settings: "SegmentSettings",
    lanes: "Lanes",
    more: Sequence[str],
) -> Made:
    """Segment one image and encode its output files, in a lane.

    Parameters
    ----------
    more : sequence of str
        Suffixes of what is made besides the labels.

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
    if OVERLAY in more:
        is_whole = found.image.shape[:2] == result.label_map.shape
        image = found.image if is_whole else read_image(path)
        files[OVERLAY] = encode_png(overlay.blend(image, result.label_map, colours))
    for suffix, measure in MEASURES.items():
        if suffix in more:
            files[suffix] = png.encode(_sureness(result, measure))
    encode_ms = (time.perf_counter() - segmented) * 1e3
    ms = {"read": found.read_ms, **result.stages, "write": encode_ms}
    height, width = result.label_map.shape
    pixels = count_pixels(result, predictor.spec.classes)
    return Made(files, Figures(width, height, ms, pixels, result.refined_by, result.facts))


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


def too_large(path: Path) -> str:
    """Return the sentence for an image that took more memory than there was."""
    return f"{path.name} is too large for the free memory."


def _sureness(result: "Segmentation", measure: str) -> "Confidence":
    """Return a measure of one result; the confidence is that of the class chosen at the end."""
    from segstudio.inference import doubt

    if measure == "confidence":
        return result.confidence
    height, width = result.label_map.shape
    return doubt.sureness(result.probabilities, measure, (height, width))


def count_pixels(result: "Segmentation", classes: "ClassTable") -> dict[str, int]:
    """Return the number of pixels of each class by its name."""
    import numpy as np

    counts = np.bincount(result.label_map.ravel(), minlength=256)
    return {entry.name: int(counts[entry.index]) for entry in classes}

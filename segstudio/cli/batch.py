"""Segmenting many files: which, under which names, and what is written for each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli.outcome import Outcome
from segstudio.core.errors import Cancelled, ImageError, SegstudioError, StorageError

if TYPE_CHECKING:
    from segstudio.core.arrays import Confidence
    from segstudio.core.classes import ClassTable
    from segstudio.inference.pipeline import Lanes
    from segstudio.inference.predictor import Predictor
    from segstudio.inference.segmenter import Segmentation, SegmentSettings

LABELS = ".png"
OVERLAY = ".overlay.png"
CONFIDENCE = ".confidence.png"
MARGIN = ".margin.png"
ENTROPY = ".entropy.png"
MEASURES = {CONFIDENCE: "confidence", MARGIN: "margin", ENTROPY: "entropy"}
SUFFIXES = (LABELS, OVERLAY, *MEASURES)
LONGEST_NAME = 255 - len(CONFIDENCE) - 8
"""Bytes of a name that leave room for a suffix and a number in what file systems allow."""


@dataclass(frozen=True)
class Source:
    """One image to segment.

    Attributes
    ----------
    path : Path
    name : str
        What its output files are called below the output folder, without suffix; with forward
        slashes for sub-folders.
    """

    path: Path
    name: str

    def target(self, out: Path, suffix: str) -> Path:
        """Return the path of one of its output files."""
        return out / f"{self.name}{suffix}"


@dataclass(frozen=True)
class Failure:
    """An image that could not be segmented, and the sentence that says why."""

    source: Source
    sentence: str


def find_sources(paths: Sequence[Path], out: Path) -> list[Source]:
    """Return the images to segment, each with a name of its own below `out`.

    Folders are walked, without the output folder and the labels that the window keeps beside
    images. A file that is named directly is taken whatever its suffix.

    Raises
    ------
    SegstudioError
        When a path does not exist, nothing is found, or an output file would replace an image.
    """
    from segstudio.formats.images import walk_images
    from segstudio.project.old_folder import FOLDER_NAME

    found: dict[Path, Path] = {}  # image: its path relative to the folder that was named
    for path in paths:
        if path.is_dir():
            for image in walk_images(path, skip=frozenset({FOLDER_NAME})):
                inside = out.resolve() != path.resolve() and _is_below(image, out)
                if not inside:
                    found.setdefault(image, image.relative_to(path))
        elif path.exists() or path.is_symlink():
            found.setdefault(path, Path(path.name))
        else:
            raise ImageError(f"{path} is not there. Check the path.")
    if not found:
        places = ", ".join(str(path) for path in paths)
        raise ImageError(f"There are no images in {places}.")
    sources = _named(found)
    _check_targets(sources, out)
    return sources


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
            return _segment_one(source, predictor, settings, lanes, out, more)
        except (StorageError, Cancelled):
            raise
        except SegstudioError as error:
            return Failure(source, str(error))
        except MemoryError:
            return Failure(source, f"{source.path.name} is too large for the free memory.")

    try:
        for done in pipeline.in_order(sources, work, lanes):
            yield done.result()
    finally:
        lanes.close()


def _segment_one(
    source: Source,
    predictor: "Predictor",
    settings: "SegmentSettings",
    lanes: "Lanes",
    out: Path,
    suffixes: Sequence[str],
) -> Outcome:
    from segstudio.core import atomic, png
    from segstudio.formats import overlay
    from segstudio.formats.images import encode_png, read_image
    from segstudio.inference import pipeline

    found = pipeline.segment_file(source.path, predictor, settings, lanes)
    result = found.segmentation
    segmented = time.perf_counter()
    colours = predictor.spec.classes.colour_table()
    png.write(source.target(out, LABELS), result.label_map, colours)
    if OVERLAY in suffixes:
        is_whole = found.image.shape[:2] == result.label_map.shape
        image = found.image if is_whole else read_image(source.path)
        blended = overlay.blend(image, result.label_map, colours)
        atomic.write_bytes(source.target(out, OVERLAY), encode_png(blended))
    for suffix, measure in MEASURES.items():
        if suffix in suffixes:
            png.write(source.target(out, suffix), _sureness(result, measure))
    written = time.perf_counter()
    ms = {"read": found.read_ms, **result.stages, "write": (written - segmented) * 1e3}
    height, width = result.label_map.shape
    pixels = count_pixels(result, predictor.spec.classes)
    return Outcome(source, width, height, ms, pixels, result.refined_by, result.facts)


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


def _named(found: dict[Path, Path]) -> list[Source]:
    """Give every image its stem as a name, or more of its file name where stems meet."""
    from segstudio.core.file_names import shortened

    taken: set[str] = set()
    sources = []
    for path, relative in found.items():
        folder = relative.parent.as_posix()
        prefix = "" if folder == "." else f"{folder}/"
        stem, whole = (shortened(name, LONGEST_NAME) for name in (relative.stem, relative.name))
        candidates = [stem, whole, *(f"{whole}-{number}" for number in range(2, len(found) + 2))]
        for candidate in candidates:
            name = prefix + candidate
            # Not even the overlay of one may be the labels of another; Windows and macOS do not
            # tell upper from lower case.
            files = {f"{name}{suffix}".casefold() for suffix in SUFFIXES}
            if not files & taken:
                taken |= files
                sources.append(Source(path, name))
                break
    return sources


def _check_targets(sources: Sequence[Source], out: Path) -> None:
    """Refuse to write over pictures: those that are read, and those that somebody else made."""
    from segstudio.core import png

    inputs = {source.path.resolve() for source in sources}
    for source in sources:
        for suffix in SUFFIXES:
            target = source.target(out, suffix)
            if target.resolve() in inputs:
                raise SegstudioError(
                    f"The result for {source.path.name} would replace the image {target}. "
                    "Choose another folder with --out."
                )
        labels = source.target(out, LABELS)
        if labels.exists():
            try:
                png.read(labels)
            except ImageError as error:
                raise SegstudioError(
                    f"{labels} is there already and is no label map. "
                    "Choose another folder with --out."
                ) from error


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())

"""Which files a command segments, and what the files that it writes for each are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.errors import ImageError, SegstudioError

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

"""Datasets of two trees of folders, one of pictures and one of labels, with parts below them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import pairing

PART_OF: Mapping[str, Part] = {
    "train": Part.TRAINING,
    "training": Part.TRAINING,
    "val": Part.VALIDATION,
    "valid": Part.VALIDATION,
    "validation": Part.VALIDATION,
    "test": Part.TEST,
    "testing": Part.TEST,
}
"""What folders of parts are called."""

SHORT: Mapping[Part, str] = {
    Part.NONE: "train",
    Part.TRAINING: "train",
    Part.VALIDATION: "val",
    Part.TEST: "test",
}
"""The names of parts in most formats, whose readers want at least one of them."""

WITHOUT_NONE: Mapping[Part, str] = {**SHORT, Part.NONE: ""}
"""The same where images without a part lie beside the folders of parts."""


@dataclass(frozen=True)
class Found:
    """A file of labels, and what its place says of it.

    Attributes
    ----------
    name : str
        Its path below the folder of labels without suffix, with forward slashes.
    """

    name: str
    labels: Path
    image: Path | None
    part: Part


@dataclass(frozen=True)
class Trees:
    """Where pictures and labels lie.

    Attributes
    ----------
    images, labels : str
        The two folders.
    part_names : mapping of Part to str
        The folder of a part below both; empty for none.
    """

    images: str
    labels: str
    part_names: Mapping[Part, str]

    def image(self, root: Path, name: str, part: Part, suffix: str) -> Path:
        """Return where a picture lies."""
        return root / self.images / self.part_names[part] / f"{name}{suffix}"

    def label(self, root: Path, name: str, part: Part, suffix: str) -> Path:
        """Return where labels lie."""
        return root / self.labels / self.part_names[part] / f"{name}{suffix}"

    def found(self, root: Path, suffixes: tuple[str, ...]) -> Iterator[Found]:
        """Yield the files of labels in their order, each with the picture of its name.

        Raises
        ------
        ImageError
            When two files of labels differ by their suffix alone, or two pictures do.
        """
        pictures = pairing.pictures_by_stem(root / self.images)
        seen: dict[str, Path] = {}
        for path in files(root / self.labels, suffixes):
            place = path.relative_to(root / self.labels)
            name = place.with_suffix("").as_posix()
            if name in seen:
                raise ImageError(
                    f"{seen[name].name} and {path.name} are labels of the same picture. Take one "
                    "of them away."
                )
            seen[name] = path
            part = part_of(place.parts[0]) if len(place.parts) > 1 else Part.NONE
            yield Found(name, path, pairing.of_stem(pictures, name), part)


def files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files of some kinds below a folder, in the order of their paths.

    Raises
    ------
    ImageError
        When the folder cannot be listed.
    """
    try:
        return sorted(p for p in folder.rglob("*") if p.suffix.casefold() in suffixes)
    except OSError as error:
        raise ImageError(
            f"The folder {folder} cannot be listed: {error.strerror or error}."
        ) from error


def part_of(folder: str) -> Part:
    """Return the part that a folder is named after, or none."""
    return PART_OF.get(folder.casefold(), Part.NONE)

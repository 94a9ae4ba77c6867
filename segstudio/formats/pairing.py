"""Which picture a label file belongs to: the one with its stem."""

from collections.abc import Mapping
from pathlib import Path

from segstudio.core.errors import ImageError
from segstudio.formats import images


def pictures_by_stem(folder: Path) -> dict[str, Path]:
    """Return the pictures of a folder by their path in it without suffix, with forward slashes.

    Raises
    ------
    ImageError
        When two pictures differ by their suffix alone.
    """
    found: dict[str, Path] = {}
    if not folder.is_dir():
        return found
    for path in images.walk_images(folder):
        stem = path.relative_to(folder).with_suffix("").as_posix()
        if stem in found:
            raise ImageError(
                f"{found[stem].name} and {path.name} have the same stem, so that their labels "
                "cannot be told apart. Rename one of them."
            )
        found[stem] = path
    return found


def of_stem(pictures: Mapping[str, Path], stem: str) -> Path | None:
    """Return the picture of a stem; where only one differs by case alone, that one."""
    if stem in pictures:
        return pictures[stem]
    alike = [path for name, path in pictures.items() if name.casefold() == stem.casefold()]
    return alike[0] if len(alike) == 1 else None

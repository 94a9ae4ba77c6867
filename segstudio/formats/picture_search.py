"""Which picture below a folder a dataset means by a name, whatever path it gives it."""

from pathlib import Path, PureWindowsPath

from segstudio.formats import image_scan


class PictureSearch:
    """The pictures below a folder, found by file name.

    Datasets are moved about, and the folders that they name are often those of another machine.
    So only the file name has to be the same; where several pictures have it, the folders say which.
    Nothing outside the folder is ever returned.
    """

    def __init__(self, root: Path, *, skip: frozenset[str] = frozenset()) -> None:
        self._root = root
        self._by_file: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for name in image_scan.scan_images(root, skip=skip, with_stamps=False).files:
            file = name.rsplit("/", 1)[-1].casefold()
            self._by_file.setdefault(file, []).append(name)
            self._by_stem.setdefault(file.rpartition(".")[0], []).append(name)

    def find(self, name: str, near: str = "") -> Path | None:
        """Return the picture of a file name, or None.

        Parameters
        ----------
        name : str
            As the dataset gives it: a file name, or a path with slashes or backslashes.
        near : str
            Folder below the root, or the name of one, in which it is most likely.
        """
        wanted = _parts(name)
        return self._best(self._by_file.get(wanted[-1], []), wanted, near) if wanted else None

    def find_stem(self, name: str, near: str = "") -> Path | None:
        """Return the picture of a file name without suffix, or None; see `find`."""
        wanted = _parts(name)
        return self._best(self._by_stem.get(wanted[-1], []), wanted, near) if wanted else None

    def _best(self, found: list[str], wanted: list[str], near: str) -> Path | None:
        if not found:
            return None
        best = min(found, key=lambda path: _rank(path, wanted, near.casefold()))
        return self._root.joinpath(*best.split("/"))


def _parts(name: str) -> list[str]:
    return [part.casefold() for part in PureWindowsPath(name.split("\0")[0]).parts]


def _rank(path: str, wanted: list[str], near: str) -> tuple[int, bool, bool, int]:
    """Return how little a path is like one that is wanted."""
    *folders, _ = path.casefold().split("/")
    common = 0
    for here, there in zip(reversed(folders), reversed(wanted[:-1]), strict=False):
        if here != there:
            break
        common += 1
    return -common, "/".join(folders) != near, near not in folders, len(folders)

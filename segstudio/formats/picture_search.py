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
        for name in image_scan.scan_images(root, skip=skip, with_stamps=False).files:
            self._by_file.setdefault(name.rsplit("/", 1)[-1].casefold(), []).append(name)

    def find(self, name: str, near: str = "") -> Path | None:
        """Return the picture of a name, or None.

        Parameters
        ----------
        name : str
            As the dataset gives it: a file name, or a path with slashes or backslashes.
        near : str
            Folder below the root, or the name of one, in which it is most likely.
        """
        wanted = [part.casefold() for part in PureWindowsPath(name.split("\0")[0]).parts]
        if not wanted:
            return None
        found = self._by_file.get(wanted[-1], [])
        if not found:
            return None
        best = min(found, key=lambda path: self._rank(path, wanted, near.casefold()))
        return self._root.joinpath(*best.split("/"))

    @staticmethod
    def _rank(path: str, wanted: list[str], near: str) -> tuple[int, bool, bool, int]:
        parts = path.casefold().split("/")
        common = 0
        while common < min(len(parts), len(wanted)) and parts[-1 - common] == wanted[-1 - common]:
            common += 1
        folder = "/".join(parts[:-1])
        return -common, folder != near, near not in parts[:-1], len(parts)

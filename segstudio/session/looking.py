"""One look at what lies on disk now, compared with what the project knows; off the GUI thread."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.core.errors import Cancelled, ImageError
from segstudio.core.file_facts import FileFacts, FileStamp, read_facts
from segstudio.core.image_record import ImageRecord
from segstudio.formats.image_scan import order, scan_images
from segstudio.project.relink import Comparison, Match, compare
from segstudio.session.jobs import Job

OWN_FOLDERS = frozenset({"segstudio-labels"})
"""Folders below the images whose pictures are labels."""


@dataclass(frozen=True)
class Ground:
    """What is to be looked at, and what is known of it.

    Attributes
    ----------
    root : Path
        The folder that all names lie below.
    folders : tuple of str
        Those that were opened whole, by name; an empty one is the root.
    listed : tuple of ImageRecord
        The list as it is.
    records : mapping of str to ImageRecord
        What the project keeps of its images, those without a file included.
    facts : mapping of str to FileFacts
        Of the files when they were labelled.
    shown : str
        The image that someone looks at, which stays in the list even without a file.
    """

    root: Path
    folders: tuple[str, ...]
    listed: tuple[ImageRecord, ...]
    records: Mapping[str, ImageRecord] = field(default_factory=dict)
    facts: Mapping[str, FileFacts] = field(default_factory=dict)
    shown: str = ""

    def is_inside(self, name: str) -> bool:
        """Whether a name lies in a folder that was opened whole."""
        return any(not folder or name.startswith(f"{folder}/") for folder in self.folders)


@dataclass(frozen=True)
class Outcome:
    """What a look has found.

    Attributes
    ----------
    comparison : Comparison
        Of the images of which something is known.
    names : tuple of str or None
        The list as it should be before anything is relinked, in order; None where it is so.
    missing : frozenset of str
        Names of the list without a file.
    back : frozenset of str
        Names marked as missing or altered that are as they were when they were labelled.
    watched : tuple of Path
        The folders to watch for changes.
    unreadable : tuple of str
        Folders and files that could not be looked at.
    """

    comparison: Comparison
    names: tuple[str, ...] | None
    missing: frozenset[str]
    back: frozenset[str]
    watched: tuple[Path, ...]
    unreadable: tuple[str, ...]


def look(ground: Ground, job: Job) -> Outcome:
    """Compare the files there are with what is known of the images.

    Raises
    ------
    Cancelled
    """
    check = _stopper(job)
    found, watched, unreadable = _find(ground, check)
    listed = {record.name: record for record in ground.listed}
    known: dict[str, FileFacts] = {}
    for name in dict.fromkeys((*listed, *ground.records, *ground.facts)):
        record = ground.records.get(name) or listed.get(name) or ImageRecord(name)
        if name not in listed and not ground.is_inside(name):
            continue
        if name in ground.facts:
            known[name] = ground.facts[name]
        elif is_worked_on(record):
            # Nothing tells whether it is the same file, so that of one that is there is believed.
            known[name] = FileFacts(*found.get(name, FileStamp(-1, -1)), "")
    comparison = compare(known, found, _reader(ground.root, check))
    names = _arranged(ground, found, known)
    altered = set(comparison.altered)
    return Outcome(
        comparison,
        names if names != tuple(listed) else None,
        frozenset(name for name in names if name not in found),
        frozenset(
            record.name
            for record in ground.listed
            if (record.is_missing or record.is_altered)
            and record.name in found
            and record.name not in altered
        ),
        tuple(watched),
        (*unreadable, *comparison.unreadable),
    )


def _arranged(
    ground: Ground, found: Mapping[str, FileStamp], known: Mapping[str, FileFacts]
) -> tuple[str, ...]:
    """Return the names that the list should have: what is there, what is known, what is shown."""
    at = {record.name: row for row, record in enumerate(ground.listed)}
    names = [name for name in found if name in at or ground.is_inside(name)]
    names += [name for name in known if name not in found]
    if ground.shown and ground.shown not in found and ground.shown not in known:
        names.append(ground.shown)
    if all(map(ground.is_inside, names)):
        names.sort(key=order)
    else:
        names.sort(key=lambda name: at.get(name, len(at)))
    return tuple(names)


def search(missing: Mapping[str, FileFacts], folder: Path, root: Path, job: Job) -> list[Match]:
    """Look for images that are not where they were in another folder.

    Returns
    -------
    list of Match
        The new names below `root` where they lie there, whole paths otherwise.

    Raises
    ------
    ImageError
        When the folder cannot be listed.
    Cancelled
    """
    check = _stopper(job)
    scan = scan_images(folder, skip=OWN_FOLDERS, check=check)
    place = folder.relative_to(root) if folder.is_relative_to(root) else folder
    prefix = "" if place == Path() else place.as_posix().rstrip("/") + "/"
    found = {prefix + name: stamp for name, stamp in scan.files.items()}
    known = {name: facts for name, facts in missing.items() if name not in found}
    outcome = compare(known, found, _reader(root, check))
    return [*outcome.certain, *outcome.likely]


def is_worked_on(record: ImageRecord) -> bool:
    """Tell whether anything is known of an image that would be missed."""
    return record != ImageRecord(
        record.name,
        width=record.width,
        height=record.height,
        is_missing=record.is_missing,
        is_altered=record.is_altered,
    )


def _find(
    ground: Ground, check: Callable[[], None]
) -> tuple[dict[str, FileStamp], list[Path], list[str]]:
    """Return the files there are, the folders they lie in, and what could not be looked at."""
    found: dict[str, FileStamp] = {}
    watched: dict[Path, None] = {}
    unreadable: list[str] = []
    for folder in ground.folders:
        prefix = f"{folder}/" if folder else ""
        try:
            scan = scan_images(ground.root / folder, skip=OWN_FOLDERS, check=check)
        except ImageError:
            unreadable.append(folder or str(ground.root))
            continue
        found |= {prefix + name: stamp for name, stamp in scan.files.items()}
        watched |= dict.fromkeys(ground.root / (prefix + name) for name in scan.folders)
        unreadable += [prefix + name for name in scan.unreadable]
    for record in ground.listed:
        if ground.is_inside(record.name):
            continue
        path = ground.root / record.name
        watched[path.parent] = None
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        except OSError:
            unreadable.append(record.name)
            continue
        found[record.name] = FileStamp(stat.st_size, stat.st_mtime_ns)
    return found, list(watched), unreadable


def _reader(root: Path, check: Callable[[], None]) -> Callable[[str], FileFacts]:
    def read(name: str) -> FileFacts:
        check()
        return read_facts(Path(os.path.join(root, name)))  # noqa: PTH118 - whole paths stay whole

    return read


def _stopper(job: Job) -> Callable[[], None]:
    def check() -> None:
        if job.stop.is_set():
            raise Cancelled

    return check

"""One look at what lies on disk now, compared with what the project knows; off the GUI thread."""

import bisect
import heapq
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from segstudio.core.errors import Cancelled, ImageError
from segstudio.core.file_facts import FileFacts, FileStamp, facts_of
from segstudio.core.image_record import ImageRecord
from segstudio.formats.image_scan import order, scan_images
from segstudio.project import old_folder
from segstudio.project.project import Project
from segstudio.project.relink import Comparison, Match, compare
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job

OWN_FOLDERS = frozenset({old_folder.FOLDER_NAME})
"""Folders below the images whose pictures are labels."""

PATIENCE_S = 10.0
_FEW = 100
"""Names that are put into a list one by one; more are merged with it."""


A_STRETCH, PAUSE_S = 50, 0.001
"""After how many names a look pauses for the window, and for how long."""


@dataclass(frozen=True)
class Ground:
    """What is to be looked at, and what is known of it.

    Attributes
    ----------
    root : Path
        The folder that all names lie below.
    opened : tuple of str
        The files and folders that were opened, by name; an empty one is the root.
    listed : tuple of ImageRecord
        The list as it is.
    project : Project or None
        What is stored of the images, those without a file included.
    shown : str
        The image that someone looks at, which stays in the list even without a file.
    removed : frozenset of str
        Images that a person took out of the project: nobody looks for them.
    read : dict of str to FileFacts
        Files read at earlier looks, so that each is read once; the look adds to it.
    """

    root: Path
    opened: tuple[str, ...]
    listed: tuple[ImageRecord, ...]
    project: Project | None = None
    shown: str = ""
    removed: frozenset[str] = frozenset()
    read: dict[str, FileFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a look has found.

    Attributes
    ----------
    comparison : Comparison
        Of the images of which something is known.
    images : ImageList or None
        The list as it should be before anything is relinked, made off the GUI thread; None where
        it is so, but for few marks.
    missing : frozenset of str
        Names of the list without a file.
    gone : frozenset of str
        Those of them that are not marked yet.
    altered : frozenset of str
        Names whose file has other content than was labelled, and that are not marked yet.
    back : frozenset of str
        Names marked as missing or altered that are as they were when they were labelled.
    watched : tuple of Path
        The folders to watch for changes.
    unreadable : tuple of str
        Folders and files that could not be looked at.
    """

    comparison: Comparison
    images: ImageList | None
    missing: frozenset[str]
    gone: frozenset[str]
    altered: frozenset[str]
    back: frozenset[str]
    watched: tuple[Path, ...]
    unreadable: tuple[str, ...]


def look(ground: Ground, job: Job) -> Outcome:
    """Compare the files there are with what is known of the images.

    Raises
    ------
    Cancelled
    """
    check = job.check
    listed = {record.name: record for record in ground.listed}
    records, facts = _stored(ground.project, listed)
    disk = _find(ground, check)
    found = disk.files
    known: dict[str, FileFacts] = {}
    for name in _gently(dict.fromkeys((*listed, *records, *facts))):
        record = listed.get(name) or records.get(name) or ImageRecord(name)
        if (name not in listed and not disk.is_inside(name)) or disk.is_hidden(name):
            continue
        if name in ground.removed and name not in listed:
            continue
        if name in facts:
            known[name] = facts[name]
        elif is_worked_on(record):
            # Nothing tells whether it is the same file, so that of one that is there is believed.
            known[name] = FileFacts(*found.get(name, FileStamp(-1, -1)), "")
    comparison = compare(known, found, _reader(ground.root, found, ground.read, check))
    names = _arranged(ground, disk, known)
    missing = frozenset(n for n in names if n not in found and not disk.is_hidden(n))
    altered = frozenset(comparison.altered)
    gone = frozenset(r.name for r in ground.listed if r.name in missing and not r.is_missing)
    newly = frozenset(r.name for r in ground.listed if r.name in altered and not r.is_altered)
    back = frozenset(
        r.name
        for r in ground.listed
        if (r.is_missing or r.is_altered) and r.name in found and r.name not in altered
    )
    is_other = names != list(listed) or len(gone) + len(newly) + len(back) > _FEW
    return Outcome(
        comparison,
        _list(ground, records, names, missing, altered, back) if is_other else None,
        missing,
        gone,
        newly,
        back,
        disk.watched,
        tuple(
            ground.root.name if name == "." else name
            for name in (*disk.unreadable, *comparison.unreadable)
        ),
    )


@dataclass(frozen=True)
class _Disk:
    """What there is now.

    Attributes
    ----------
    folders : tuple of str
        Those that were opened whole, by name; an empty one is the root.
    """

    files: Mapping[str, FileStamp]
    folders: tuple[str, ...]
    watched: tuple[Path, ...]
    unreadable: tuple[str, ...]

    def is_inside(self, name: str) -> bool:
        """Whether a name lies in a folder that was opened whole."""
        return any(not folder or name.startswith(f"{folder}/") for folder in self.folders)

    def is_hidden(self, name: str) -> bool:
        """Whether a file may be there, in a folder that cannot be listed."""
        return any(
            place in (name, ".") or name.startswith(f"{place}/") for place in self.unreadable
        )


def _arranged(ground: Ground, disk: _Disk, known: Mapping[str, FileFacts]) -> list[str]:
    """Return the names that the list should have: what is there, what is known, what is shown."""
    at = {record.name: row for row, record in enumerate(ground.listed)}
    found = disk.files
    names = [name for name in found if name in at or disk.is_inside(name)]
    stays = {name for name in at if name == ground.shown or disk.is_hidden(name)}
    more = [name for name in {**known, **dict.fromkeys(stays)} if name not in found]
    if not disk.folders or not all(map(disk.is_inside, at)):
        return sorted((*names, *more), key=lambda name: at.get(name, len(at)))
    # A scan gives its names in order. To sort them all would hold up every other thread.
    if len(more) > _FEW:
        return list(heapq.merge(names, sorted(more, key=order), key=order))
    for name in more:
        bisect.insort(names, name, key=order)
    return names


def _list(
    ground: Ground,
    stored: Mapping[str, ImageRecord],
    names: list[str],
    missing: frozenset[str],
    altered: frozenset[str],
    back: frozenset[str],
) -> ImageList:
    """Return the records of these names as a list, with their marks."""
    listed = {record.name: record for record in ground.listed}
    records = []
    for name in _gently(names):
        record = listed.get(name) or stored.get(name) or ImageRecord(name)
        is_missing = name in missing
        is_altered = name in altered or (record.is_altered and name not in back)
        if (record.is_missing, record.is_altered) != (is_missing, is_altered):
            record = replace(record, is_missing=is_missing, is_altered=is_altered)
        records.append(record)
    return ImageList(ground.root, records)


def _gently(names: Iterable[str]) -> Iterator[str]:
    """Yield names with pauses, in which the window gets to work."""
    for number, name in enumerate(names):
        if number % A_STRETCH == 0:
            time.sleep(PAUSE_S)
        yield name


def _stored(
    project: Project | None, listed: Collection[str] = ()
) -> tuple[dict[str, ImageRecord], dict[str, FileFacts]]:
    """Return records that are not listed, and all facts, once everything asked for is stored."""
    if project is None:
        return {}, {}
    if project.flush(PATIENCE_S):
        raise Cancelled  # the disk refuses: what is stored has names of before
    others = project.names().difference(listed)
    return project.records_of(others), project.files()


def search(
    names: Collection[str], folder: Path, root: Path, project: Project | None, job: Job
) -> list[Match]:
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
    check = job.check
    facts = _stored(project)[1]
    missing = {name: facts.get(name, FileFacts(-1, -1, "")) for name in names}
    scan = scan_images(folder, skip=OWN_FOLDERS, check=check)
    place = folder.relative_to(root) if folder.is_relative_to(root) else folder
    prefix = "" if place == Path() else place.as_posix().rstrip("/") + "/"
    found = {prefix + name: stamp for name, stamp in scan.files.items()}
    known = {name: facts for name, facts in missing.items() if name not in found}
    outcome = compare(known, found, _reader(root, found, {}, check))
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


def _find(ground: Ground, check: Callable[[], None]) -> _Disk:
    """Return the files there are, the folders they lie in, and what could not be looked at."""
    files: dict[str, FileStamp] = {}
    watched: dict[Path, None] = {}
    unreadable: list[str] = []
    folders = tuple(name for name in ground.opened if (ground.root / name).is_dir())
    for folder in folders:
        prefix = f"{folder}/" if folder else ""
        try:
            scan = scan_images(ground.root / folder, skip=OWN_FOLDERS, check=check)
        except ImageError:
            unreadable.append(folder or ".")
            continue
        files |= {prefix + name: stamp for name, stamp in scan.files.items()}
        watched |= dict.fromkeys(ground.root / (prefix + name) for name in scan.folders)
        unreadable += [prefix + name for name in scan.unreadable]
    disk = _Disk(files, folders, (), ())
    for record in ground.listed:
        if disk.is_inside(record.name):
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
        files[record.name] = FileStamp(stat.st_size, stat.st_mtime_ns)
    for name in ground.removed - {record.name for record in ground.listed}:
        files.pop(name, None)
    return _Disk(files, folders, tuple(watched), tuple(unreadable))


def _reader(
    root: Path,
    found: Mapping[str, FileStamp],
    known: dict[str, FileFacts],
    check: Callable[[], None],
) -> Callable[[str], FileFacts]:
    """Return what reads the file of a name, unless it was read before and is the same since."""

    def read(name: str) -> FileFacts:
        facts = known.get(name)
        if facts is None or facts.stamp != found[name]:
            check()
            facts = facts_of(Path(os.path.join(root, name)))  # noqa: PTH118 - whole paths stay
            known[name] = facts
        return facts

    return read

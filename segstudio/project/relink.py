"""Which images of a project moved, changed, appeared or vanished since they were labelled.

Labels follow the content of an image, never its mere name: a name that now holds other content is
altered, and where the old content lies elsewhere, its labels can follow it there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from posixpath import basename

from segstudio.core.file_facts import FileFacts, FileStamp

ReadFacts = Callable[[str], FileFacts]
"""Reads the file of a name; raises OSError where it cannot."""

_FEW = 8
"""Files of one name, beyond which the name says nothing of where a folder went."""


class Basis(StrEnum):
    """Why an image is believed to be at another place."""

    NOTHING = ""
    CONTENT = "content"
    FOLDER = "folder"
    NAME = "name"


@dataclass(frozen=True)
class Match:
    """An image that is not where it was, and where it is believed to be; empty for nowhere."""

    old: str
    new: str
    basis: Basis


@dataclass(frozen=True)
class Comparison:
    """What became of the images that a project knows.

    Attributes
    ----------
    new : tuple of str
        Files that the project does not know; the targets of matches are among them.
    vanished : tuple of str
        Names without a file, those with a match included.
    altered : tuple of str
        Names whose file has other content than when it was labelled, those of `certain` included.
    touched : mapping of str to FileFacts
        Files of the same content with another date, and what is to be kept of them.
    certain : tuple of Match
        Same content; to be renamed all at once, because two images may have changed places.
    likely : tuple of Match
        To be asked about.
    unreadable : tuple of str
        Files whose content could not be compared.
    """

    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    touched: Mapping[str, FileFacts] = field(default_factory=dict)
    certain: tuple[Match, ...] = ()
    likely: tuple[Match, ...] = ()
    unreadable: tuple[str, ...] = ()


def compare(
    known: Mapping[str, FileFacts], found: Mapping[str, FileStamp], read_facts: ReadFacts
) -> Comparison:
    """Compare what a project knows of its images with the files there are.

    Parameters
    ----------
    known : mapping of str to FileFacts
        By name, as of when the image was labelled.
    found : mapping of str to FileStamp
        Every image file there is, by name.
    read_facts : callable
        Called only for files whose size or time differs from what is known, and for those that
        have the size of an image that is not where it was.
    """
    reader = _Reader(read_facts)
    new = [name for name in found if name not in known]
    vanished = [name for name in known if name not in found]
    altered, touched = [], {}
    for name, facts in known.items():
        stamp = found.get(name)
        if stamp is None or stamp == facts.stamp:
            continue
        now = reader.read(name) if stamp.size == facts.size else None
        if now is not None and _same(now, facts):
            touched[name] = now
        else:
            altered.append(name)
    certain = _by_content(known, found, [*vanished, *altered], [*new, *altered], reader)
    old = {match.old for match in certain}
    taken = {match.new for match in certain}
    likely = _likely(
        {name: known[name] for name in vanished if name not in old},
        {name: found[name] for name in new if name not in taken},
        certain,
    )
    return Comparison(
        new=tuple(new),
        vanished=tuple(vanished),
        altered=tuple(altered),
        touched=touched,
        certain=tuple(certain),
        likely=likely,
        unreadable=tuple(reader.unreadable),
    )


class _Reader:
    """Reads each file once, and notes those that cannot be read."""

    def __init__(self, read_facts: ReadFacts) -> None:
        self._read = read_facts
        self._known: dict[str, FileFacts | None] = {}
        self.unreadable: list[str] = []

    def read(self, name: str) -> FileFacts | None:
        if name not in self._known:
            try:
                self._known[name] = self._read(name)
            except OSError:
                self._known[name] = None
                self.unreadable.append(name)
        return self._known[name]


def _same(one: FileFacts, other: FileFacts) -> bool:
    return bool(one.digest) and (one.size, one.digest) == (other.size, other.digest)


def _by_content(
    known: Mapping[str, FileFacts],
    found: Mapping[str, FileStamp],
    displaced: list[str],
    places: list[str],
    reader: _Reader,
) -> list[Match]:
    """Match images that are not where they were to files of the same content, each once."""
    sizes = {known[name].size for name in displaced if known[name].digest}
    contents: dict[tuple[int, str], list[str]] = {}
    for name in places:
        now = reader.read(name) if found[name].size in sizes else None
        if now is not None:
            contents.setdefault((now.size, now.digest), []).append(name)
    wanted: dict[tuple[int, str], list[str]] = {}
    for name in displaced:
        facts = known[name]
        if (facts.size, facts.digest) in contents:
            wanted.setdefault((facts.size, facts.digest), []).append(name)
    pairs: dict[str, str] = {}
    for key, old_names in wanted.items():
        pairs |= _paired(old_names, contents[key])
    return [Match(old, new, Basis.CONTENT) for old, new in _possible(pairs, known).items()]


def _paired(old_names: list[str], new_names: list[str]) -> dict[str, str]:
    """Pair names of equal content, those of the same file name first.

    Of several equal images it cannot be told by their content which is which: what their names do
    not tell is left for the person.
    """
    pairs: dict[str, str] = {}
    left = list(new_names)
    for old in old_names:
        same = [new for new in left if basename(new) == basename(old)]
        if len(same) == 1 or (same and len(old_names) == 1):
            pairs[old] = same[0]
            left.remove(same[0])
    if len(old_names) == 1 and not pairs and left:
        pairs[old_names[0]] = left[0]
    return pairs


def _possible(pairs: dict[str, str], known: Mapping[str, FileFacts]) -> dict[str, str]:
    """Leave out what would take the name of an image that keeps its own."""
    pairs = dict(pairs)
    while blocked := [old for old, new in pairs.items() if new in known and new not in pairs]:
        for old in blocked:
            del pairs[old]
    return pairs


def _likely(
    vanished: Mapping[str, FileFacts], places: Mapping[str, FileStamp], certain: Iterable[Match]
) -> tuple[Match, ...]:
    """Match what is left by moved folders, then by names and sizes that occur once."""
    matches: dict[str, Match] = {}
    left = dict(places)
    for old_folder, new_folder in _moves(vanished, places, certain):
        for old in vanished:
            new = new_folder + old.removeprefix(old_folder)
            if old not in matches and old.startswith(old_folder) and new in left:
                matches[old] = Match(old, new, Basis.FOLDER)
                del left[new]
    new_by_name = _by_name_and_size((name, stamp.size) for name, stamp in left.items())
    rest = ((name, facts.size) for name, facts in vanished.items() if name not in matches)
    for key, old_names in _by_name_and_size(rest).items():
        new_names = new_by_name.get(key, [])
        if len(old_names) == len(new_names) == 1:
            matches[old_names[0]] = Match(old_names[0], new_names[0], Basis.NAME)
    return tuple(matches[name] for name in vanished if name in matches)


def _by_name_and_size(files: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for name, size in files:
        found.setdefault((basename(name), size), []).append(name)
    return found


def _moves(
    vanished: Iterable[str], places: Iterable[str], certain: Iterable[Match]
) -> list[tuple[str, str]]:
    """Return which folders seem to have become which, the best attested first.

    One image of the same content, or two of the same name, speak for a move.
    """
    votes: Counter[tuple[str, str]] = Counter()
    for match in certain:
        votes[_prefixes(match.old, match.new)] += 2
    by_name: dict[str, list[str]] = {}
    for place in places:
        by_name.setdefault(basename(place), []).append(place)
    for name in vanished:
        same = by_name.get(basename(name), [])
        if len(same) <= _FEW:
            votes.update(_prefixes(name, place) for place in same)
    # A file renamed in its folder says nothing of the folder.
    return [move for move, count in votes.most_common() if count > 1 and all(_is_folder(move))]


def _is_folder(move: tuple[str, str]) -> tuple[bool, ...]:
    return tuple(prefix == "" or prefix.endswith("/") for prefix in move)


def _prefixes(old: str, new: str) -> tuple[str, str]:
    """Return the folders of two names before the parts they have in common at the end."""
    old_parts, new_parts = old.split("/"), new.split("/")
    same = 0
    while (
        same < min(len(old_parts), len(new_parts)) and old_parts[-1 - same] == new_parts[-1 - same]
    ):
        same += 1
    if not same:
        return old, new
    heads = ("/".join(parts[: len(parts) - same]) for parts in (old_parts, new_parts))
    first, second = (f"{head}/" if head else "" for head in heads)
    return first, second

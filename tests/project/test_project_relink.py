"""Labels follow the content of an image, and nothing else without being asked."""

import hashlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.file_facts import FileFacts, FileStamp
from segstudio.project.relink import Basis, Match, compare


@dataclass(frozen=True)
class File:
    content: bytes
    modified_ns: int = 0

    @property
    def facts(self) -> FileFacts:
        digest = hashlib.sha256(self.content).hexdigest()
        return FileFacts(len(self.content), self.modified_ns, digest)


class Disk:
    """Files by name, with a clock, and a note of what was read."""

    def __init__(self, **files: bytes) -> None:
        self.clock = 0
        self.files: dict[str, File] = {}
        self.read: list[str] = []
        self.locked: set[str] = set()
        for name, content in files.items():
            self.write(name, content)

    def write(self, name: str, content: bytes) -> None:
        self.clock += 1
        self.files[name] = File(content, self.clock)

    def known(self) -> dict[str, FileFacts]:
        return {name: file.facts for name, file in self.files.items()}

    def move(self, **moves: str) -> None:
        moved = {new: self.files.pop(old) for old, new in moves.items()}
        self.files |= moved

    def compare(self, known):
        def read(name):
            self.read.append(name)
            if name in self.locked:
                raise PermissionError(name)
            return self.files[name].facts

        found = {n: FileStamp(len(f.content), f.modified_ns) for n, f in self.files.items()}
        return compare(known, found, read)


def pairs(matches):
    return {match.old: match.new for match in matches}


# Properties

NAMES = [f"{folder}{name}.png" for folder in ("", "a/", "b/", "a/c/") for name in "xyz"]
CONTENTS = [b"1", b"2", b"33", b"44", b"555"]
names = st.sampled_from(NAMES)
steps = st.one_of(
    st.tuples(st.just("move"), names, names),
    st.tuples(st.just("swap"), names, names),
    st.tuples(st.just("copy"), names, names),
    st.tuples(st.just("write"), names, st.sampled_from(CONTENTS)),
    st.tuples(st.just("delete"), names, st.none()),
    st.tuples(st.just("touch"), names, st.none()),
    st.tuples(st.just("folder"), st.sampled_from(["a/", "b/", "a/c/"]), st.sampled_from("abd")),
)


def do(disk: Disk, step) -> None:
    kind, one, two = step
    files = disk.files
    if kind == "folder":
        for name in [n for n in files if n.startswith(one)]:
            files[f"{two}/{name.removeprefix(one)}"] = files.pop(name)
    elif kind == "write":
        disk.write(one, two)
    elif one not in files:
        return
    elif kind == "move":
        files[two] = files.pop(one)
    elif kind == "swap" and two in files:
        files[one], files[two] = files[two], files[one]
    elif kind == "copy":
        disk.write(two, files[one].content)
    elif kind == "delete":
        del files[one]
    elif kind == "touch":
        disk.write(one, files[one].content)


@given(
    st.dictionaries(names, st.sampled_from(CONTENTS), min_size=1),
    st.lists(steps, max_size=12),
)
def test_labels_are_never_linked_to_other_content_without_being_asked(begin, changes):
    disk = Disk()
    for name, content in begin.items():
        disk.write(name, content)
    known = disk.known()
    for step in changes:
        do(disk, step)
    outcome = disk.compare(known)
    moved = pairs(outcome.certain)
    after = {moved.get(name, name): name for name in known}
    assert len(after) == len(known), "two images would have one name"
    for name, labelled in after.items():
        asked = labelled not in moved and labelled in {*outcome.vanished, *outcome.altered}
        if not asked:
            assert disk.files[name].content == begin[labelled]


@given(
    st.dictionaries(names, st.sampled_from(CONTENTS), min_size=1),
    st.lists(steps, max_size=12),
)
def test_after_relinking_a_second_look_finds_nothing_more_to_relink(begin, changes):
    disk = Disk()
    for name, content in begin.items():
        disk.write(name, content)
    known = disk.known()
    for step in changes:
        do(disk, step)
    moved = pairs(disk.compare(known).certain)
    renamed = {moved.get(name, name): facts for name, facts in known.items()}
    again = disk.compare(renamed)
    assert not {m.old for m in again.certain} & {*moved.values()}


@given(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=9), st.permutations(range(9)))
def test_no_two_images_are_offered_one_place(contents, order):
    disk = Disk()
    for at, content in enumerate(contents):
        disk.write(f"a/{at}.png", content)
    known = disk.known()
    disk.move(**{f"a/{at}.png": f"b/{order[at]}.png" for at in range(len(contents))})
    outcome = disk.compare(known)
    matches = [*outcome.certain, *outcome.likely]
    assert len({m.old for m in matches}) == len({m.new for m in matches}) == len(matches)


# Cases


def test_nothing_is_read_while_nothing_has_changed():
    disk = Disk(**{"x.png": b"1", "y.png": b"2"})
    outcome = disk.compare(disk.known())
    assert disk.read == []
    told = (*outcome.new, *outcome.vanished, *outcome.altered, *outcome.touched)
    assert told == ()


def test_only_files_of_the_size_of_a_vanished_one_are_read():
    disk = Disk(**{"x.png": b"1", "y.png": b"22"})
    known = disk.known()
    disk.move(**{"x.png": "moved.png"})
    disk.write("other.png", b"333")
    outcome = disk.compare(known)
    assert disk.read == ["moved.png"]
    assert outcome.certain == (Match("x.png", "moved.png", Basis.CONTENT),)
    assert outcome.new == ("moved.png", "other.png")


def test_a_touched_file_is_noted_and_not_altered():
    disk = Disk(**{"x.png": b"1"})
    known = disk.known()
    disk.write("x.png", b"1")
    outcome = disk.compare(known)
    assert outcome.altered == ()
    assert outcome.touched == {"x.png": disk.files["x.png"].facts}


@pytest.mark.parametrize("content", [b"2", b"longer"])
def test_other_content_under_the_old_name_is_altered(content):
    disk = Disk(**{"x.png": b"1"})
    known = disk.known()
    disk.write("x.png", content)
    assert disk.compare(known).altered == ("x.png",)


def test_swapped_images_are_followed_by_their_labels():
    disk = Disk(**{"x.png": b"1", "y.png": b"2"})
    known = disk.known()
    disk.move(**{"x.png": "y.png", "y.png": "x.png"})
    outcome = disk.compare(known)
    assert pairs(outcome.certain) == {"x.png": "y.png", "y.png": "x.png"}


def test_a_row_of_images_renamed_by_one_is_followed():
    disk = Disk(**{f"{at}.png": bytes([at]) for at in range(5)})
    known = disk.known()
    disk.move(**{f"{at}.png": f"{at + 1}.png" for at in range(5)})
    expected = {f"{at}.png": f"{at + 1}.png" for at in range(5)}
    assert pairs(disk.compare(known).certain) == expected


def test_an_image_moved_over_another_does_not_take_the_place_of_its_labels():
    disk = Disk(**{"x.png": b"1", "y.png": b"2"})
    known = disk.known()
    disk.move(**{"x.png": "y.png"})
    outcome = disk.compare(known)
    assert (outcome.certain, outcome.vanished, outcome.altered) == ((), ("x.png",), ("y.png",))


def test_equal_images_are_told_apart_by_name_or_left_to_the_person():
    disk = Disk(**{"a/x.png": b"1", "a/y.png": b"1", "a/z.png": b"1"})
    known = disk.known()
    disk.move(**{"a/x.png": "b/x.png", "a/y.png": "b/one.png", "a/z.png": "b/two.png"})
    outcome = disk.compare(known)
    assert pairs(outcome.certain) == {"a/x.png": "b/x.png"}


def test_of_two_copies_of_a_vanished_image_one_is_taken():
    disk = Disk(**{"x.png": b"1"})
    known = disk.known()
    disk.move(**{"x.png": "a/x.png"})
    disk.write("a/copy.png", b"1")
    assert pairs(disk.compare(known).certain) == {"x.png": "a/x.png"}


def test_a_moved_folder_is_offered_for_images_whose_content_cannot_be_compared():
    disk = Disk(**{f"old/{name}.png": name.encode() for name in "xyz"})
    unknown = {n: FileFacts(f.size, f.modified_ns, "") for n, f in disk.known().items()}
    disk.move(**{f"old/{name}.png": f"new/deep/{name}.png" for name in "xyz"})
    disk.write("other/x.png", b"q")
    outcome = disk.compare(unknown)
    assert outcome.certain == ()
    assert pairs(outcome.likely) == {f"old/{n}.png": f"new/deep/{n}.png" for n in "xyz"}
    assert {m.basis for m in outcome.likely} == {Basis.FOLDER}


def test_name_and_size_are_offered_only_where_unique():
    disk = Disk(**{"a/x.png": b"1", "a/y.png": b"2"})
    known = disk.known()
    del disk.files["a/x.png"], disk.files["a/y.png"]
    disk.write("b/x.png", b"9")
    disk.write("c/y.png", b"9")
    disk.write("d/y.png", b"9")
    outcome = disk.compare(known)
    assert outcome.likely == (Match("a/x.png", "b/x.png", Basis.NAME),)


def test_files_that_cannot_be_read_are_told_and_not_linked():
    disk = Disk(**{"x.png": b"1", "y.png": b"2"})
    known = disk.known()
    disk.move(**{"x.png": "moved.png"})
    disk.write("y.png", b"3")
    disk.locked = {"moved.png", "y.png"}
    outcome = disk.compare(known)
    assert set(outcome.unreadable) == {"moved.png", "y.png"}
    assert (outcome.certain, outcome.altered) == ((), ("y.png",))

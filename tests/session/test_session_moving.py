"""Images that move, change, appear and vanish while they are open."""

import os
import threading

import numpy as np
import pytest
from disk import Disk
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.file_facts import facts_of
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.patch import Planes
from segstudio.project.project import Project
from segstudio.session import looking, moving, watching
from segstudio.session.notice import NoticeKind


def draw(path, shade, size=(40, 30)) -> None:
    """Write a picture whose bytes differ for each shade and whose size in bytes does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((size[1], size[0], 3), shade, np.uint8)).save(path.with_suffix(".bmp"))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "photos"
    for at, name in enumerate("abc"):
        draw(folder / f"{name}.bmp", 10 * at)
    return folder


class Watched:
    """A person with a folder, some of whose images have labels: each a class of its own."""

    def __init__(self, person, folder, labelled, home) -> None:
        self.person = person
        self.session = person.session
        self.folder = folder
        self.notices = []
        self.outcomes = []
        if labelled:
            self._label(labelled, home)
        self.session.noticed.connect(self.notices.append)
        self.session.moving.watching.looked.connect(self.outcomes.append)

    def _label(self, names, home) -> None:
        project = Project(self.folder, home)
        project.keep_classes(ClassTable.named(["one", "two", "three", "four", "five", "six"]))
        for index, name in enumerate(names):
            labels = np.full((30, 40), index, np.uint8)
            record = ImageRecord(
                name, ImageState.IN_WORK, classes=((index, 1200),), width=40, height=30
            )
            project.keep_planes(record, Planes(labels, np.full((30, 40), 3, np.uint8)))
            project.keep_file(name, facts_of(self.folder / name))
        assert project.flush(10) == ""
        project.end()

    def open(self, *paths):
        self.person.open(*(paths or [self.folder]))
        return self.look()

    @property
    def stored(self):
        """The class of each image that is stored, by its name."""
        assert self.session.project.flush(10) == ""
        return {name: r.classes[0][0] for name, r in self.session.project.records().items()}

    @property
    def facts(self):
        assert self.session.project.flush(10) == ""
        return self.session.project.files()

    def look(self):
        """Look again and wait until it is done and everything has followed."""
        self.person.idle()
        seen = len(self.outcomes)
        self.session.moving.watching.look_now()
        self.person.until(lambda: len(self.outcomes) > seen)
        self.person.idle()
        return self

    @property
    def names(self):
        return [record.name for record in self.session.images.records]

    def marked(self, mark):
        return {r.name for r in self.session.images.records if getattr(r, mark)}

    def told(self, words):
        return [n for n in self.notices if words in n.text]


@pytest.fixture
def watched(person, folder, monkeypatch, own_user_folders):
    monkeypatch.setattr(watching, "DEBOUNCE_MS", 20)
    monkeypatch.setattr(watching, "REST", 0)
    return lambda *labelled: Watched(person, folder, labelled, own_user_folders)


# The list


def test_new_files_appear_at_their_place_and_what_is_shown_stays(watched, folder):
    at = watched().open()
    at.person.show(1)
    shown = at.person.document
    draw(folder / "ab.bmp", 77)
    draw(folder / "deep" / "z.bmp", 78)
    at.look()
    assert at.names == ["a.bmp", "ab.bmp", "b.bmp", "c.bmp", "deep/z.bmp"]
    assert at.person.document is shown
    assert at.session.images.current == 2
    assert at.session.images.path == folder / "b.bmp"


def test_changes_of_the_folder_are_noticed_by_themselves(watched, folder):
    at = watched().open()
    assert str(folder) in at.session.moving.watching.folders
    draw(folder / "new.bmp", 77)
    at.person.until(lambda: "new.bmp" in at.names)
    (folder / "deep").mkdir()
    at.person.until(lambda: str(folder / "deep") in at.session.moving.watching.folders)
    draw(folder / "deep" / "x.bmp", 78)
    at.person.until(lambda: "deep/x.bmp" in at.names)


def test_files_beside_single_photos_are_not_added(watched, folder):
    at = watched().open(folder / "b.bmp")
    draw(folder / "new.bmp", 77)
    at.look()
    assert at.names == ["b.bmp"]


def test_vanished_images_go_or_are_marked_when_they_have_labels(watched, folder):
    at = watched("b.bmp").open()
    (folder / "b.bmp").unlink()
    (folder / "c.bmp").unlink()
    at.look()
    assert at.names == ["a.bmp", "b.bmp"]
    assert at.marked("is_missing") == {"b.bmp"}
    (notice,) = at.told("not where")
    assert notice.text == "1 image is not where it was."
    assert notice.actions == (("find_moved", "Find…"),)
    at.look()
    assert len(at.told("not where")) == 1


@pytest.mark.parametrize("few", [0, 100])
def test_many_missing_images_stand_where_they_were(watched, folder, monkeypatch, few):
    monkeypatch.setattr("segstudio.session.looking._FEW", few)
    names = ["a.bmp", "b.bmp", "b10.bmp", "b9.bmp", "c.bmp", "deep/a.bmp"]
    for name in names:
        draw(folder / name, 7)
    at = watched(*names).open()
    before = at.names
    for name in ("b.bmp", "b10.bmp", "deep/a.bmp"):
        (folder / name).unlink()
    at.look()
    assert at.names == before
    assert at.marked("is_missing") == {"b.bmp", "b10.bmp", "deep/a.bmp"}


def test_a_mark_made_during_a_look_is_not_lost(watched, folder):
    at = watched().open()
    draw(folder / "new.bmp", 77)
    at.session.moving.watching.look_now()
    at.session.change_record(1, note="look here")
    at.person.until(lambda: "new.bmp" in at.names)
    assert at.session.images.record(folder / "b.bmp").note == "look here"


def test_labelled_images_that_were_gone_before_are_in_the_list(watched, folder):
    at = watched("b.bmp")
    (folder / "b.bmp").unlink()
    at.open()
    assert at.names == ["a.bmp", "b.bmp", "c.bmp"]
    assert at.marked("is_missing") == {"b.bmp"}


def test_an_image_that_comes_back_is_not_missing_any_more(watched, folder):
    at = watched("b.bmp").open()
    (folder / "b.bmp").rename(folder.parent / "away.bmp")
    at.look()
    (folder.parent / "away.bmp").rename(folder / "b.bmp")
    at.look()
    assert at.marked("is_missing") == set()


def test_the_image_that_is_shown_stays_in_the_list_when_it_is_deleted(watched, folder):
    at = watched().open()
    shown = at.person.document
    (folder / "a.bmp").unlink()
    at.look()
    assert at.names == ["a.bmp", "b.bmp", "c.bmp"]
    assert at.person.document is shown
    assert at.marked("is_missing") == {"a.bmp"}


# Relinking


def test_a_renamed_image_keeps_its_labels_and_that_is_told(watched, folder):
    at = watched("b.bmp").open()
    at.person.show(1)
    shown = at.person.document
    (folder / "b.bmp").rename(folder / "z.bmp")
    at.look()
    assert at.stored == {"z.bmp": 0}
    assert at.names == ["a.bmp", "c.bmp", "z.bmp"]
    assert at.person.document is shown
    assert shown.path == folder / "z.bmp" == at.session.images.path
    assert at.session.images.record_at(2).classes == ((0, 1200),)
    (notice,) = at.told("moved")
    assert notice.kind is NoticeKind.TOAST
    assert at.told("not where") == []


def test_images_that_changed_places_before_they_were_opened_are_read_again(watched, folder):
    at = watched("a.bmp", "b.bmp")
    swap = folder / "t.bmp"
    for old, new in (("a.bmp", "t.bmp"), ("b.bmp", "a.bmp"), ("t.bmp", "b.bmp")):
        (folder / old).rename(folder / new)
    assert not swap.exists()
    at.open()
    at.person.until(lambda: at.person.document)
    assert at.stored == {"b.bmp": 0, "a.bmp": 1}
    assert at.session.images.path == folder / "b.bmp", "it follows what was opened"
    assert at.person.document.path == folder / "b.bmp"
    assert (at.person.document.image == 0).all()
    assert (at.person.document.label_map == 0).all()
    assert at.marked("is_altered") == set()


def test_a_moved_image_that_was_opened_as_new_gets_its_labels(watched, folder):
    at = watched("a.bmp")
    (folder / "a.bmp").rename(folder / "0.bmp")
    at.open()
    at.person.settle()
    assert at.names == ["0.bmp", "b.bmp", "c.bmp"]
    assert at.person.document.path == folder / "0.bmp"
    assert at.session.images.record_at(0).classes == ((0, 1200),)
    assert (at.person.document.label_map == 0).all()


def test_a_project_that_is_held_elsewhere_is_only_looked_at(watched, folder, monkeypatch):
    at = watched("a.bmp", "b.bmp")
    content = (folder / "project.segstudio").read_bytes()
    monkeypatch.setattr(Project, "_look", lambda project: project._claim.lose("Another."))
    (folder / "a.bmp").rename(folder / "0.bmp")
    os.utime(folder / "b.bmp", (1, 1))
    at.open()
    assert at.marked("is_missing") == {"a.bmp"}
    at.session.project.flush(10)
    assert (folder / "project.segstudio").read_bytes() == content


def test_what_only_looks_alike_is_offered_and_linked_when_asked(watched, folder):
    at = watched("b.bmp").open()
    (folder / "b.bmp").unlink()
    draw(folder / "deep" / "b.bmp", 99)
    at.look()
    assert at.stored == {"b.bmp": 0}
    (match,) = at.session.moving.missing()
    assert (match.old, match.new) == ("b.bmp", "deep/b.bmp")
    assert at.session.moving.link({match.old: match.new}) == {"b.bmp": "deep/b.bmp"}
    at.look()
    assert at.names == ["a.bmp", "c.bmp", "deep/b.bmp"]
    assert at.marked("is_altered") == {"deep/b.bmp"}


def test_labels_are_never_put_on_an_image_that_has_its_own(watched, folder):
    at = watched("a.bmp", "b.bmp").open()
    (folder / "a.bmp").unlink()
    at.look()
    assert at.session.moving.link({"a.bmp": "b.bmp"}) == {}
    assert at.stored == {"a.bmp": 0, "b.bmp": 1}


def test_another_folder_is_searched_for_what_is_missing(watched, folder, qtbot):
    at = watched("a.bmp", "b.bmp").open()
    (folder / ".bin").mkdir()
    (folder / "a.bmp").rename(folder / ".bin" / "a.bmp")
    (folder / "b.bmp").rename(folder.parent / "b.bmp")
    at.look()
    moving = at.session.moving
    with qtbot.waitSignal(moving.found, timeout=5000) as wait:
        moving.search(folder / ".bin")
    assert [(m.old, m.new) for m in wait.args[0]] == [("a.bmp", ".bin/a.bmp")]
    with qtbot.waitSignal(moving.found, timeout=5000) as wait:
        moving.search(folder.parent)
    found = {m.old: m.new for m in wait.args[0]}
    assert found["b.bmp"] == (folder.parent / "b.bmp").as_posix()
    with qtbot.waitSignal(moving.search_failed, timeout=5000) as wait:
        moving.search(folder / "nowhere")
    assert "nowhere" in wait.args[0]


def test_many_images_follow_in_a_job_with_what_is_noted_meanwhile(watched, folder, monkeypatch):
    monkeypatch.setattr(moving, "FEW", 0)
    at = watched("a.bmp", "b.bmp").open()
    for name in ("a.bmp", "b.bmp"):
        (folder / name).rename(folder / f"z{name}")
    planned = threading.Event()
    plan = moving.plan

    def plan_late(wish):
        try:
            return plan(wish)
        finally:
            assert planned.wait(5)

    monkeypatch.setattr(moving, "plan", plan_late)
    at.session.moving.watching.look_now()
    at.person.until(lambda: at.session.runner.running("link"))
    at.session.change_record(0, note="written meanwhile")
    planned.set()
    at.look()
    assert at.names == ["c.bmp", "za.bmp", "zb.bmp"]
    assert at.stored == {"za.bmp": 0, "zb.bmp": 1}
    assert at.session.images.record_at(1).note == "written meanwhile"
    assert at.marked("is_missing") == set()
    assert len(at.told("labels went with them")) == 1


def test_a_list_that_changes_while_images_are_linked_is_linked_as_it_is(watched, folder, qtbot):
    at = watched("b.bmp").open()
    (folder / "b.bmp").unlink()
    draw(folder / "deep" / "b.bmp", 99)
    at.look()
    with qtbot.waitSignal(at.session.moving.linked, timeout=5000) as wait:
        at.session.moving.link_soon({"b.bmp": "deep/b.bmp"})
    assert wait.args == [{"b.bmp": "deep/b.bmp"}]
    at.look()
    assert at.names == ["a.bmp", "c.bmp", "deep/b.bmp"]


@pytest.mark.parametrize("few", [0, 100])
def test_marks_of_many_images_come_and_go(watched, folder, monkeypatch, few):
    monkeypatch.setattr(looking, "_FEW", few)
    at = watched("a.bmp", "b.bmp").open()
    at.person.show(2)
    before = {name: (folder / name).read_bytes() for name in ("a.bmp", "b.bmp")}
    (folder / "a.bmp").unlink()
    draw(folder / "b.bmp", 200)
    at.look()
    assert (at.marked("is_missing"), at.marked("is_altered")) == ({"a.bmp"}, {"b.bmp"})
    for name, content in before.items():
        (folder / name).write_bytes(content)
    at.look()
    assert (at.marked("is_missing"), at.marked("is_altered")) == (set(), set())
    assert at.session.images.current == 2


# Altered images


def test_an_image_that_changes_while_a_stroke_is_unsaved_is_read_once_it_is(
    watched, folder, monkeypatch
):
    disk = Disk(monkeypatch)
    at = watched("a.bmp").open()
    disk.fill()
    at.person.paint(20, 20, 1)
    draw(folder / "a.bmp", 200)
    at.session.moving._show_altered("a.bmp")
    at.person.idle()
    assert (at.person.document.image == 0).all()
    disk.free()
    at.person.until(lambda: at.person.document and (at.person.document.image == 200).all())
    assert at.person.document.label_map[20, 20] == 1


def test_an_altered_image_is_flagged_shown_anew_and_told_until_its_labels_fit(watched, folder):
    at = watched("a.bmp", "b.bmp").open()
    draw(folder / "b.bmp", 200)
    at.look()
    assert at.marked("is_altered") == {"b.bmp"}
    assert at.told("has changed") == []
    at.person.show(1)
    notice = at.told("has changed")[-1]
    assert notice.text.startswith("b.bmp has changed since it was labelled.")
    assert notice.actions == (("labels_fit", "They fit"),)
    at.session.files.accept(at.person.document)
    at.person.until(lambda: at.marked("is_altered") == set())
    assert at.facts["b.bmp"] == facts_of(folder / "b.bmp")
    at.look()
    assert at.marked("is_altered") == set()


def test_an_image_that_changes_while_it_is_shown_is_read_again(watched, folder):
    at = watched("a.bmp").open()
    draw(folder / "a.bmp", 200)
    at.look()
    at.person.until(lambda: at.person.document and (at.person.document.image == 200).all())
    assert at.told("a.bmp has changed")


def test_an_image_put_back_as_it_was_is_not_altered_any_more(watched, folder):
    at = watched("b.bmp").open()
    before = (folder / "b.bmp").read_bytes()
    draw(folder / "b.bmp", 200)
    at.look()
    (folder / "b.bmp").write_bytes(before)
    at.look()
    assert at.marked("is_altered") == set()


def test_a_touched_image_is_noted_quietly(watched, folder):
    at = watched("b.bmp").open()
    os.utime(folder / "b.bmp", (1, 1))
    at.look()
    assert at.facts["b.bmp"].modified_ns == 10**9
    assert at.marked("is_altered") == set()
    assert at.notices == []


# Facts of what is labelled


def test_looking_keeps_nothing_and_the_first_labels_keep_the_file(watched, folder):
    at = watched().open()
    at.person.show(1)
    at.person.idle()
    assert at.facts == {}
    at.session.add_class("cat")
    at.person.paint(20, 15, 0)
    assert at.facts == {"b.bmp": facts_of(folder / "b.bmp")}
    at.person.paint(10, 15, 0)
    assert set(at.facts) == {"b.bmp"}


# Watching


def test_beyond_the_bound_the_folders_are_looked_at_every_minute(watched, folder, monkeypatch):
    monkeypatch.setattr(watching, "MAX_WATCHED", 2)
    at = watched().open()
    assert not at.session.moving.watching.looks_every_minute
    for name in "xyz":
        draw(folder / name / "1.bmp", 50)
    at.look()
    assert at.session.moving.watching.looks_every_minute
    assert len(at.session.moving.watching.folders) == 2


def test_coming_back_to_the_window_looks_again_but_not_at_once(watched, folder, monkeypatch):
    at = watched("b.bmp").open()
    draw(folder / "b.bmp", 200)
    at.session.moving.watching.window_activated()
    assert not at.session.runner.running("look")
    monkeypatch.setattr(watching, "ACTIVATION_MS", -1)

    def come_back():
        at.session.moving.watching.window_activated()
        return at.marked("is_altered") == {"b.bmp"}

    at.person.until(come_back)


def test_what_cannot_be_looked_at_is_told_once(watched, folder, monkeypatch):
    at = watched("b.bmp").open()
    (folder / "b.bmp").unlink()
    (folder / "b.bmp").symlink_to(folder / "b.bmp")
    at.look().look()
    assert len(at.told("b.bmp cannot be read")) == 1


@pytest.fixture
def refuse(monkeypatch):
    """Return a function that has the system refuse to list a folder, as it never does to root."""

    def refuse_folder(folder):
        scandir = os.scandir

        def list_folder(place):
            if os.path.normpath(place) == str(folder):
                raise PermissionError(13, "Permission denied")
            return scandir(place)

        monkeypatch.setattr(os, "scandir", list_folder)

    return refuse_folder


@pytest.mark.parametrize("place", [".", "deep"])
def test_what_lies_in_a_folder_that_cannot_be_listed_is_not_missing(watched, folder, refuse, place):
    draw(folder / "deep" / "x.bmp", 70)
    draw(folder / "deep" / "y.bmp", 80)
    at = watched("b.bmp", "deep/x.bmp").open()
    names = at.names
    refuse(folder / place)
    at.look().look()
    assert at.names == names
    assert at.marked("is_missing") == set()
    assert len(at.told("cannot be read")) == 1


def test_an_altered_file_is_read_once(watched, folder, monkeypatch):
    at = watched("b.bmp").open()
    draw(folder / "b.bmp", 200)
    at.look()
    monkeypatch.setattr("segstudio.session.looking.facts_of", None)
    at.look()
    assert at.marked("is_altered") == {"b.bmp"}


def test_images_that_were_removed_from_the_project_do_not_come_back(person, photos):
    folder = photos("a.png", "b.png", "c.png")
    person.open(folder)
    person.paint(20, 20)
    person.session.remove_images([1])
    person.saved()
    photos("d.png")
    person.until(lambda: len(person.session.images) == 3)
    assert [r.name for r in person.session.images.records] == ["a.png", "c.png", "d.png"]
    assert person.session.images.removed == {"b.png"}

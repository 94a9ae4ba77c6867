"""Projects in files of other names: copies are opened where their images are, or say what to do."""

import json
import shutil

import pytest

from segstudio.cli import main
from segstudio.core.classes import ClassTable
from segstudio.project.images_root import is_project_file, root_of
from segstudio.project.reader import Reader


@pytest.fixture
def copy(person, photos, tmp_path):
    """A copy, outside the folder of the images, of a project with one stroke."""
    person.open(photos("a.png", "deep/b.png"))
    person.session.set_classes(ClassTable.named(["cat"]))
    person.paint(20, 20, 0)
    person.saved()
    target = tmp_path / "sent" / "work of Ann.segstudio"
    target.parent.mkdir()
    person.session.keeping.save_copy(target)
    person.until(lambda: any("copy was saved" in text for text in person.told))
    person.told.clear()
    return target


def test_a_copy_opens_with_the_images_of_where_it_was_made_and_is_worked_in(person, begin, copy):
    original = person.session.project.file
    root = person.session.root
    assert person.session.close() == ""
    before = original.read_bytes()
    other = begin()
    other.open(copy)
    assert other.session.root == root
    assert [record.name for record in other.session.images.records] == ["a.png", "deep/b.png"]
    assert other.document.label_map[20, 20] == 0
    other.paint(60, 20, 0)
    other.saved()
    assert other.session.project.file == copy
    assert other.session.close() == ""
    assert original.read_bytes() == before
    assert len(Reader(copy).step_ids("a.png")) == 2
    again = begin()
    again.open(copy)
    again.session.undo()
    assert again.document.label_map[20, 60] == 255


def test_a_copy_beside_images_belongs_to_those(person, begin, copy, tmp_path):
    here = tmp_path / "elsewhere"
    shutil.copytree(person.session.root, here)
    (here / "project.segstudio").unlink()
    moved = shutil.move(copy, here / "a copy without suffix")
    assert is_project_file(here / "a copy without suffix")
    person.open(moved)
    assert person.session.root == here
    assert person.document.path == here / "a.png"
    assert person.document.label_map[20, 20] == 0


def test_a_copy_with_the_usual_name_in_another_folder_finds_its_images(person, begin, copy):
    root = person.session.root
    usual = copy.rename(copy.parent / "project.segstudio")
    assert root_of(usual) == root
    person.open(usual)
    assert person.session.root == root
    assert person.session.project.file == usual


def test_a_copy_whose_images_are_not_found_says_so_and_finds_them_later(
    person, begin, copy, tmp_path
):
    root = person.session.root
    assert person.session.close() == ""
    hidden = root.rename(tmp_path / "on the other disk")
    person = begin()
    person.session.open([copy])
    person.until(lambda: person.told)
    person.idle()
    assert "No image of work of Ann.segstudio is in" in person.told[0]
    assert person.session.project.file == copy
    (hidden / "a.png").rename(copy.parent / "renamed.png")
    person.session.moving.watching.look_now()
    person.until(lambda: person.session.images.records[0].name == "renamed.png")
    person.session.show_image(0)
    person.settle()
    assert person.document.label_map[20, 20] == 0


def test_a_project_is_not_opened_among_other_files(person, copy):
    person.session.open([copy, person.session.root])
    person.until(lambda: person.errors)
    assert "Open it by itself" in person.errors[0]


def test_a_new_image_beside_a_copy_is_found(person, copy, photos):
    root = person.session.root
    person.open(copy)
    shutil.copy(root / "a.png", root / "c.png")
    person.session.moving.watching.look_now()
    person.until(lambda: len(person.session.images) == 3)


def test_what_is_no_project_is_none(tmp_path):
    for name, content in (("a.db", b"SQLite format 3\0" + bytes(100)), ("b", b"x"), ("c", b"")):
        (tmp_path / name).write_bytes(content)
        assert not is_project_file(tmp_path / name)
    assert not is_project_file(tmp_path)


def test_the_command_line_looks_at_a_copy_of_any_name(person, copy, capsys):
    assert person.session.close() == ""
    assert main.main(["project", "compact", str(copy)]) == 0
    assert main.main(["project", "info", "--json", str(copy)]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["images"] == 1

"""What an export takes from the images that are open."""

import pytest

from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageState
from segstudio.session.exporting import export_work, exportable
from segstudio.session.jobs import Job


@pytest.fixture
def export(tmp_path):
    """Return a function that exports what a person has open."""

    def run(person, which="done"):
        session = person.session
        work = export_work(
            session.images,
            session.open_documents(),
            session.project,
            session.classes,
            which=which,
            folder=tmp_path / "set",
            with_images=True,
            root=session.root,
        )
        return work(Job("export", work, session))

    return run


def test_a_done_image_that_was_replaced_by_another_size_is_not_exported_blank(
    begin, photos, export, tmp_path
):
    person = begin()
    folder = photos("a.png", "b.png")
    person.open(folder)
    for row in (0, 1):
        person.show(row)
        person.paint(20, 20)
        person.session.set_done(True)
    person.show(0)
    assert person.session.close() == ""
    photos("b.png", size=(60, 40))
    person = begin()
    person.open(folder)
    report = export(person)
    assert report.written == 1
    assert "60 x 40" in report.failed[str(folder / "b.png")]
    person.show(1)
    assert export(person).failed == {}
    assert [path.name for path in (tmp_path / "set" / "masks").iterdir()] == ["a.png"]


def test_an_image_without_any_label_is_named_and_not_exported(person, photos, export):
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.session.set_done(True)
    with pytest.raises(SegstudioError, match=r"a\.png has no labels"):
        export(person)
    person.paint(20, 20, 255)
    assert export(person).written == 1


def test_checked_counts_as_done_and_skipped_is_left_out(person, photos, export):
    person.open(photos("a.png", "b.png", "c.png"))
    for row in range(3):
        person.show(row)
        person.paint(20, 20)
    session = person.session
    session.set_state(0, ImageState.CHECKED)
    session.set_state(1, ImageState.SKIPPED)
    assert (exportable(session.images).done, exportable(session.images).labelled) == (1, 2)
    assert export(person).written == 1
    assert export(person, "labelled").written == 2

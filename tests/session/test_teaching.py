"""Teach: what is learned from, what comes of it, and every way in which it can fail."""

import pytest
from disk import Disk
from teacher import CAT, COW, DOG, Teacher, left_behind

from segstudio.core import parting, taught_files
from segstudio.core.errors import EngineError, SegstudioError
from segstudio.core.image_record import ImageState, Part
from segstudio.core.lesson import Verdict
from segstudio.editing.tool import Modifiers
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.session import lesson_jobs
from segstudio.session.material import Plan
from segstudio.session.moves import Moves

NAMES = [f"{letter}.png" for letter in "abcdef"]


@pytest.fixture
def at(person, photos):
    """Six photos; cats and dogs are scribbled on the first three."""
    teacher = Teacher(person)
    teacher.open(photos(*NAMES))
    for row in range(3):
        teacher.scribble_on(row, CAT, DOG)
    return teacher


@pytest.fixture
def lessons(engine):
    return engine.lessons


# What there is -------------------------------------------------------------------------------


def test_scribbled_images_are_learned_from_and_their_classes_counted(at):
    usable = at.usable()
    assert [image.name for image in usable.images] == NAMES[:3]
    assert usable.problem == ""
    assert usable.ready == 3
    pixels = at.person.document.counts
    cat, dog, cow = usable.classes
    assert (cat.pixels, cat.images) == (3 * pixels[CAT], 3)
    assert (dog.name, dog.images) == ("dog", 3)
    assert (cow.pixels, cow.images) == (0, 0)


def test_of_images_that_are_not_done_a_persons_pixels_count_and_no_others(at, engine):
    at.session.set_match("scenes", {"person": CAT, "animal": DOG})
    at.session.segment()
    at.person.until(lambda: at.person.document.segment_info)
    by_person = dict(at.usable().images[2].pixels)
    assert sum(by_person.values()) < 2000
    assert dict(at.usable().images[1].pixels) == by_person
    at.done(2)
    assert sum(at.usable().images[2].pixels.values()) == 120 * 90
    at.person.show(0)
    at.person.idle()
    at.session.set_state(2, ImageState.IN_WORK)
    assert at.usable().images[2].pixels == by_person


def test_classes_that_go_and_come_back_are_counted_anew(at, engine):
    at.session.set_match("scenes", {"person": CAT, "animal": DOG})
    at.session.segment()  # from now on records alone do not say what a person painted
    at.person.until(lambda: at.person.document.segment_info)
    at.person.idle()
    before = at.usable().classes
    at.person.delete(DOG)
    at.person.until(lambda: [c.name for c in at.usable().classes] == ["cat", "cow"])
    at.person.until(
        lambda: at.usable().images[2].person_pixels == at.usable().classes[0].pixels / 3
    )
    at.person.take_back()
    at.person.until(lambda: at.usable().classes == before)


def test_an_image_of_the_same_name_elsewhere_changes_nothing_here(at, photos):
    at.session.set_match("scenes", {"person": CAT, "animal": DOG})
    at.session.segment()
    at.person.until(lambda: at.person.document.segment_info)
    at.person.idle()
    at.person.show(0)
    here, before = at.session.root, at.usable().images
    at.open(photos(NAMES[2], folder="elsewhere"))
    at.session.set_match("scenes", {"person": CAT, "animal": DOG})
    at.session.segment()
    at.person.until(lambda: at.person.document.segment_info)
    at.open(here)
    assert at.usable().images == before


def test_test_images_skipped_ones_and_a_few_pixels_are_not_learned_from(at):
    at.session.change_record(0, part=Part.TEST)
    at.session.set_state(1, ImageState.SKIPPED)
    at.person.show(3)
    at.person.paint(20, 20, CAT)
    assert [image.name for image in at.usable().images] == ["c.png"]


def test_an_image_that_is_left_out_stays_out_after_a_restart(at, begin):
    at.teaching.set_used("b.png", False)
    at.teaching.set_plan(Plan(2.0, "last"))
    assert at.usable().ready == 2
    folder = at.session.root
    assert at.session.close() == ""
    again = Teacher(begin())
    again.open(folder)
    assert [image.is_used for image in again.usable().images] == [True, False, True]
    assert again.teaching.plan == Plan(2.0, "last")
    again.teaching.set_used("b.png", True)
    assert again.usable().ready == 3


def test_what_is_missing_is_said(person, photos):
    at = Teacher(person)
    assert "Open images first" in at.teaching.usable().problem
    at.open(photos("a.png", "b.png"))
    assert "nothing to learn from yet" in at.usable().problem
    person.paint(20, 20, CAT)
    assert "200 pixels" in at.usable().problem
    at.scribble(CAT, 40)
    assert "second class" in at.usable().problem
    assert "“cat”" in at.usable().problem
    at.scribble(DOG, 60)
    assert at.usable().problem == ""
    at.teaching.set_used("a.png", False)
    assert "No image is ticked" in at.usable().problem
    at.teaching.set_used("a.png", True)
    at.session.change_record(0, part=Part.VALIDATION)
    assert "only measured on" in at.usable().problem
    at.scribble_on(1, CAT)
    assert "Label a second class" in at.usable().problem
    for row in (0, 1):
        at.session.change_record(row, part=Part.TEST)
    assert "test part" in at.usable().problem


def test_a_single_class_or_pixels_that_are_all_ignored_are_a_sentence(person, photos):
    at = Teacher(person)
    at.open(photos("a.png"))
    at.scribble(255, 40)
    at.done(0)
    assert "Ignore" in at.usable().problem
    assert "counts for nothing" in at.teach()
    at.scribble(CAT, 60)
    assert "second class" in at.teach()
    assert at.model == "scenes"


# What is asked of the engine -----------------------------------------------------------------


def test_the_lesson_says_what_to_learn_and_what_is_held_out_stays_so(at, engine, lessons):
    at.session.settings.set("annotator", "Ada")
    at.teaching.set_plan(Plan(2.0, "last"))
    found = at.teach()
    (lesson,) = lessons.given
    assert sorted(lesson.training + lesson.held_out) == NAMES[:3]
    assert len(lesson.held_out) == 1
    assert [entry.name for entry in lesson.classes] == ["cat", "dog"]
    assert (lesson.start, lesson.minutes, lesson.reach) == ("scenes", 2.0, "last")
    assert lesson.targets == at.session.book.match(engine.models[0]).targets
    assert lesson.title == "photos v1"
    assert lesson.name.startswith("photos-v1-")
    assert found.version.author == "Ada"
    assert at.news
    parts = {record.name: record.part for record in at.session.images.records}
    assert {n for n, part in parts.items() if part is Part.VALIDATION} == set(lesson.held_out)
    assert parts["d.png"] is Part.NONE
    at.scribble_on(3, CAT, DOG)
    at.teach()
    for name in NAMES[:3]:
        assert at.session.project.record(name).part is parts[name]


def test_a_class_that_only_held_out_images_have_is_neither_learned_nor_checked(at, lessons):
    at.scribble_on(3, CAT, COW)
    session = at.session
    session.register.change(session.images.path_of("d.png"), part=Part.VALIDATION)
    at.teach()
    (lesson,) = lessons.given
    assert "d.png" in lesson.held_out
    assert [entry.name for entry in lesson.classes] == ["cat", "dog"]
    assert lesson.ignored == (COW,)


def test_a_version_that_knew_other_classes_is_not_compared(at, lessons):
    at.teach()
    at.use()
    at.teach()
    assert lessons.given[-1].is_comparable
    at.scribble_on(3, CAT, COW)
    at.scribble_on(4, CAT, COW)
    at.teach()
    assert lessons.given[-1].start == at.session.versions.current.name
    assert not lessons.given[-1].is_comparable


def test_the_last_stroke_is_in_the_file_before_anything_is_learned(at, lessons, monkeypatch):
    seen = []
    give = lessons.give

    def give_and_look(lesson, *others):
        with_record = at.session.project.records()
        seen.append(dict(with_record["c.png"].classes)[COW])
        return give(lesson, *others)

    monkeypatch.setattr(lessons, "give", give_and_look)
    editor = at.session.editor
    editor.change(tool="brush", class_index=COW)
    editor.press((20.5, 80.5), Modifiers())
    at.teach()
    assert seen == [at.person.document.counts[COW]]


# What comes of it ----------------------------------------------------------------------------


def test_a_model_that_is_used_is_a_version_and_segments_from_then_on(at, engine):
    found = at.teach()
    assert found.is_offered
    assert found.old.name == "scenes"
    assert at.model == "scenes"
    at.use()
    (version,) = at.versions.all
    assert (version.number, version.title, version.parent) == (1, "photos v1", "scenes")
    assert version.classes == ((CAT, "cat"), (DOG, "dog"))
    assert (version.verdict, version.before, version.after) == ("better", 0.5, 0.75)
    assert at.versions.current == version
    assert at.model == version.name
    assert at.teaching.last is None
    assert left_behind() == []
    assert taught_files.find(version.name).read_bytes() == at.session.project.version_content(1)
    assert at.teaching.remaining() == tuple(NAMES)
    at.teach()
    at.use()
    assert [v.title for v in at.versions.all] == ["photos v1", "photos v2"]
    assert at.versions.all[1].parent == version.name


def test_the_rest_is_what_is_not_done_and_not_segmented_by_it(at, engine):
    assert at.teaching.remaining() == ()
    at.teach()
    at.use()
    at.done(0)
    at.person.show(3)
    at.session.segment()
    at.person.until(lambda: at.person.document.segment_info)
    assert at.teaching.remaining() == ("b.png", "c.png", "e.png", "f.png")


def test_a_worse_model_is_not_offered_and_the_old_one_stays(at, lessons):
    lessons.verdict = Verdict.WORSE
    found = at.teach()
    assert not found.is_offered
    at.teaching.keep_old()
    assert at.person.told[-1].startswith("Scenes stays in use")
    assert (at.versions.all, at.model, at.teaching.last) == ((), "scenes", None)
    assert left_behind() == []


def test_scores_of_images_that_were_learned_from_before_are_said_to_be_too_good(at):
    first = at.teach()
    assert first.told == ()
    at.use()
    (held,), seen = first.version.held_out, first.version.training[0]
    images = at.session.images
    at.session.change_record(images.row_of(images.path_of(seen)), part=Part.VALIDATION)
    at.teach()
    assert any("1 of 2 held-out images" in sentence for sentence in at.found[-1].told)
    assert set(at.found[-1].version.held_out) == {held, seen}


def test_of_many_held_out_images_the_same_few_are_measured_on(at, lessons, monkeypatch):
    monkeypatch.setattr(parting, "MOST_IMAGES", 1)
    for row in (1, 2):
        at.session.change_record(row, part=Part.VALIDATION)
    at.teach()
    at.teach()
    first, again = lessons.given
    assert len(first.held_out) == 1
    assert first.held_out == again.held_out
    assert first.training == again.training == (NAMES[0],)


def test_stopping_keeps_the_best_so_far(at, lessons):
    lessons.gate.close()
    at.teaching.start()
    at.person.until(lambda: at.news)
    assert at.teaching.is_running
    at.teaching.stop_and_keep()
    at.over()
    assert at.found[0].result.stopped
    at.use()
    assert at.versions.current is not None


def test_images_that_could_not_be_used_are_told(at, lessons):
    lessons.skipped = dict.fromkeys(NAMES[:5], "It is gone.")
    lessons.told = ("A new head was taught.",)
    told = at.teach().told
    assert told[:2] == ("A new head was taught.", "a.png: It is gone.")
    assert told[-1] == "2 more images could not be used."


# Classes that change meanwhile ---------------------------------------------------------------


def test_a_class_that_was_merged_meanwhile_is_what_it_became(at, engine, lessons):
    lessons.gate.close()
    at.teaching.start()
    at.person.until(lambda: at.news)
    at.person.merge(DOG, COW)
    at.session.add_class("horse")
    lessons.gate.open()
    at.over()
    gone, came = at.found[0].told
    assert "“dog” is gone" in gone
    assert "“cow”" in gone
    assert "“horse” came meanwhile" in came
    at.use()
    model = at.session.segmenting.model(at.model)
    assert at.session.book.match(model).targets == (CAT, COW)
    at.person.take_back()
    assert at.session.book.match(model).targets == (CAT, DOG)
    at.person.delete(DOG)
    assert at.session.book.match(model).targets == (CAT, -1)


def test_a_class_that_is_gone_for_good_is_still_what_it_became(at, begin):
    at.teach()
    at.use()
    at.person.merge(DOG, COW)
    with at.person.qtbot.waitSignal(at.session.keeping.compacted):
        at.session.keeping.compact()
    at.person.settle()
    folder = at.session.root
    model = at.session.segmenting.model(at.model)
    assert at.session.book.match(model).targets == (CAT, COW)
    at.person.delete(COW)
    assert at.session.close() == ""
    again = Teacher(begin())
    again.open(folder)
    assert again.session.book.match(model).targets == (CAT, -1)
    again.person.take_back()
    assert again.session.book.match(model).targets == (CAT, COW)


def test_a_class_keeps_its_match_under_another_name(at):
    at.teach()
    at.use()
    at.session.edit_classes(lambda table: table.changed(CAT, name="kitten"))
    model = at.session.segmenting.model(at.model)
    assert at.session.book.match(model).targets == (CAT, DOG)


def test_nothing_is_taught_while_classes_are_merged(at, monkeypatch, lessons):
    disk = Disk(monkeypatch)
    at.person.saved()
    disk.hold()
    at.session.merge_classes(DOG, COW)
    at.teaching.start()
    assert "all images are being changed" in at.failed[-1]
    assert not lessons.given
    disk.go.set()
    at.person.classes_settled()


# Failing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        EngineError("The model stopped unexpectedly."),
        SegstudioError("The losses are no numbers any more."),
        SegstudioError("The disk is full."),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_the_old_model_stays(at, lessons, error):
    at.teach()
    at.use()
    version = at.versions.current
    lessons.error = error
    at.found.clear()
    assert at.teach() == f"{error} photos v1 stays as it is."
    assert at.versions.current == version
    assert taught_files.find(version.name) is not None
    assert left_behind() == []
    lessons.error = None
    assert at.teach().version.title == "photos v2"


def test_a_disk_that_does_not_take_the_last_stroke_is_a_sentence(at, monkeypatch, lessons):
    monkeypatch.setattr(lesson_jobs, "PATIENCE_S", 0.2)
    disk = Disk(monkeypatch)
    disk.fill()
    at.scribble(CAT, 80)
    assert "not saved yet" in at.teach()
    assert not lessons.given
    disk.free()


def test_a_disk_that_is_full_when_it_is_kept_loses_nothing(at, monkeypatch):
    at.teach()
    disk = Disk(monkeypatch)
    at.person.saved()
    disk.fill()
    at.use()
    assert "was not kept, try again. The disk is full." in at.failed[-1]
    assert (at.model, at.versions.all) == ("scenes", ())
    assert at.teaching.last is at.found[0]
    disk.free()
    at.use()
    assert at.versions.current.title == "photos v1"


def test_a_folder_that_cannot_be_written_is_a_sentence(at, monkeypatch):
    taught_files.folder().parent.mkdir(exist_ok=True)
    taught_files.folder().write_text("no folder")
    assert "cannot be written" in at.teach()
    taught_files.folder().unlink()
    assert at.teach() is at.found[-1]


def test_a_cancelled_lesson_leaves_nothing(at, lessons):
    lessons.gate.close()
    at.teaching.start()
    at.person.until(lambda: at.news)
    at.teaching.cancel()
    at.person.idle()
    assert not at.teaching.is_running
    assert (at.found, at.failed, left_behind()) == ([], [], [])
    lessons.gate.open()
    assert at.teach() is at.found[-1]


def test_closing_while_a_model_is_taught_ends_at_once_and_leaves_nothing(at, lessons):
    lessons.gate.close()
    at.teaching.start()
    at.person.until(lambda: at.news)
    assert at.session.close() == ""
    assert left_behind() == []


def test_images_that_move_while_it_begins_do_not_keep_it_from_beginning(at):
    at.scribble(CAT, 70)
    at.teaching.start()
    assert at.teaching.is_running  # what was painted last is being counted
    at.session.images_moved.emit(Moves())
    at.over()
    assert at.found
    assert not at.teaching.is_running


def test_other_images_end_what_is_taught_and_what_waits(at, photos, lessons):
    at.teach()
    assert left_behind() != []
    at.open(photos("x.png", folder="others"))
    assert (at.teaching.last, left_behind()) == (None, [])
    at.scribble(CAT, 20)
    at.scribble(DOG, 40)
    lessons.gate.close()
    at.teaching.start()
    at.person.until(lambda: len(lessons.given) == 2)
    at.open(photos("y.png", folder="more"))
    at.person.idle()
    assert not at.teaching.is_running
    assert (len(at.found), at.failed, left_behind()) == (1, [], [])


def test_a_project_that_another_window_has_is_not_taught(at, begin, engine):
    at.person.saved()
    other = Teacher(begin())
    at.session.project._claim.lose("Ann has it.")
    assert at.teach() == "Ann has it."
    assert not engine.asked(TeachRequest)
    at.session.project._claim.lose("")
    assert other.failed == []

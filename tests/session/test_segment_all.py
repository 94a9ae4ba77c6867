"""Segment all: a queue of images, with a person who goes on working."""

import numpy as np
import pytest
from batch_person import Batch
from disk import Disk

from segstudio.core.file_facts import facts_of
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.editing.tool import Modifiers
from segstudio.engine.messages import SegmentFileRequest
from segstudio.session import batch as batch_module
from segstudio.session.batch_choice import Which, chosen

NAMES = [f"{letter}.png" for letter in "abcdef"]


@pytest.fixture
def batch(person, engine, photos):
    return Batch(person, engine, photos(*NAMES))


def halves(height, width):
    labels = np.zeros((height, width), np.uint8)
    labels[:, width // 2 :] = 1
    return labels


def test_every_image_gets_its_labels_and_the_open_one_a_step_on_its_canvas(batch):
    batch.start()
    batch.over()
    document = batch.person.document
    assert document.path.name == "a.png"
    assert np.array_equal(document.label_map, halves(90, 120))
    assert document.history.position == 1
    assert document.segment_info is not None
    assert batch.stored == NAMES
    for name in NAMES[1:]:
        assert np.array_equal(batch.labels(name), halves(90, 120))
        assert batch.project.load(name).confidence.shape == (90, 120)
        record = batch.project.records()[name]
        assert (record.model, record.height, record.width) == ("scenes", 90, 120)
        assert record.classes == ((0, 5400), (1, 5400))
        assert record.ink == (0, 10800, 0, 0)
    assert {batch.state(name) for name in NAMES} == {ImageState.SEGMENTED}
    assert batch.person.told == ["Segment all: 6 images segmented"]
    assert not batch.project.value("segment_all", None)


def test_images_of_two_sizes_each_get_labels_of_their_own(person, engine, photos):
    photos("a.png", "b.png")
    batch = Batch(person, engine, photos("c.png", size=(300, 270)))
    batch.start()
    batch.over()
    assert batch.labels("b.png").shape == (90, 120)
    assert np.array_equal(batch.labels("c.png"), halves(270, 300))


def test_finished_images_are_not_asked_for_even_when_they_become_so_meanwhile(batch):
    images = batch.session.images
    for name, state in zip(
        "bcd", (ImageState.DONE, ImageState.CHECKED, ImageState.SKIPPED), strict=True
    ):
        images.change(images.root / f"{name}.png", state=state)
    batch.engine.gate.close()
    batch.start(Which.NOT_DONE)
    batch.person.until(batch.engine.gate.waiting.is_set)
    images.change(images.root / "e.png", state=ImageState.DONE)
    batch.session.set_done(True)
    batch.engine.gate.open()
    batch.over()
    assert {request.path[-5] for request in batch.engine.asked(SegmentFileRequest)} <= set("aef")
    assert batch.stored == ["f.png"]
    assert not batch.person.document.history.can_undo


def test_a_persons_ink_stays_in_open_and_in_stored_images(batch):
    stored = Planes(np.full((90, 120), 255, np.uint8), np.zeros((90, 120), np.uint8))
    stored.labels[10:20, 10:20], stored.ink[10:20, 10:20] = 3, Ink.PERSON
    batch.project.keep_planes(ImageRecord("b.png", width=120, height=90), stored)
    batch.person.paint(30, 40, index=2)
    batch.start(Which.NOT_DONE)
    batch.over()
    assert (batch.labels("b.png")[10:20, 10:20] == 3).all()
    assert (batch.planes("b.png").ink == Ink.PERSON).sum() == 100
    document = batch.person.document
    assert document.label_map[40, 30] == 2
    assert document.ink[40, 30] == Ink.PERSON
    batch.session.undo()
    assert document.label_map[40, 30] == 2
    assert (document.ink == Ink.MODEL).sum() == 0


def test_a_stroke_in_progress_is_waited_for(batch):
    editor = batch.session.editor
    editor.change(tool="brush", class_index=3)
    editor.press((50.5, 50.5), Modifiers())
    batch.start()
    batch.person.until(lambda: batch.all.run.done == 5)
    assert not batch.person.document.history.can_undo
    editor.release()
    batch.over()
    assert batch.person.document.label_map[50, 50] == 3
    assert batch.person.document.history.position == 2


def test_an_image_that_was_left_but_is_in_memory_does_not_go_stale(batch):
    batch.person.show(1)
    batch.start()
    batch.over()
    batch.person.show(0)
    assert np.array_equal(batch.person.document.label_map, halves(90, 120))
    assert batch.person.document.history.position == 1
    assert np.array_equal(batch.labels("a.png"), halves(90, 120))


def test_an_image_that_is_opened_while_it_is_segmented_gets_its_labels(batch):
    batch.engine.gate.close()
    batch.start()
    batch.person.until(lambda: len(batch.engine.asked(SegmentFileRequest)) == 4)
    batch.person.show(2)
    batch.engine.gate.open()
    batch.over()
    assert np.array_equal(batch.person.document.label_map, halves(90, 120))
    assert batch.person.document.history.position == 1
    assert np.array_equal(batch.labels("c.png"), halves(90, 120))


def test_pause_lets_what_is_under_way_end_and_begins_nothing(batch):
    batch.engine.gate.close()
    batch.start()
    batch.person.until(lambda: len(batch.engine.asked(SegmentFileRequest)) == 4)
    batch.all.set_paused(True)
    batch.engine.gate.open()
    batch.person.until(lambda: batch.all.run.done == 4)
    batch.person.idle()
    assert len(batch.engine.asked(SegmentFileRequest)) == 4
    batch.all.set_paused(False)
    batch.over()
    assert batch.stored == NAMES


def test_cancel_keeps_what_is_finished_and_forgets_the_rest(batch):
    batch.engine.gate.close()
    batch.start()
    batch.person.until(lambda: len(batch.engine.asked(SegmentFileRequest)) == 4)
    batch.all.set_paused(True)
    batch.engine.gate.open()
    batch.person.until(lambda: batch.all.run.done == 4)
    batch.all.cancel()
    batch.person.idle()
    assert batch.all.run is None
    assert batch.stored == NAMES[:4]
    assert not batch.project.value("segment_all", None)


def test_one_broken_image_stops_no_other_and_is_named_at_the_end(batch):
    batch.engine.broken = {"c.png", "e.png"}
    batch.start()
    batch.over()
    assert batch.stored == ["a.png", "b.png", "d.png", "f.png"]
    assert batch.all.failed == {name: f"{name} could not be read." for name in ("c.png", "e.png")}
    assert batch.person.told == ["Segment all: 4 of 6 images segmented; not c.png, e.png."]


def test_when_image_after_image_fails_it_pauses_and_says_so(batch, monkeypatch):
    monkeypatch.setattr(batch_module, "MOST_IN_A_ROW", 3)
    batch.engine.broken = {"a.png", "b.png", "c.png"}
    batch.start()
    batch.person.until(lambda: batch.person.errors)
    assert batch.person.errors[0].startswith("Segment all is paused: 3 images in a row failed.")
    batch.all.set_paused(False)
    batch.over()
    assert batch.stored == ["d.png", "e.png", "f.png"]


@pytest.mark.parametrize("paused", [False, True])
def test_the_next_window_goes_on_as_this_one_was(begin, engine, photos, paused):
    folder = photos(*NAMES)
    first = Batch(begin(), engine, folder)
    engine.broken = {"b.png"}
    engine.gate.close()
    first.start()
    first.person.until(lambda: len(engine.asked(SegmentFileRequest)) == 4)
    first.all.set_paused(True)
    engine.gate.open()
    first.person.until(lambda: first.all.run.done == 4)
    first.person.idle()
    first.person.saved()
    first.project.keep_value(
        "segment_all", {**first.project.value("segment_all", None), "paused": paused}
    )
    first.person.saved()
    first.session.close()
    second = Batch(begin(), engine, folder)
    word = "is paused" if paused else "goes on"
    assert second.person.told[0] == f"Segment all {word}: 2 of 6 left"
    if paused:
        assert second.all.run.paused
        second.all.set_paused(False)
    second.over()
    assert second.stored == ["a.png", "c.png", "d.png", "e.png", "f.png"]
    assert list(second.all.failed) == ["b.png"]
    assert not second.project.value("segment_all", None)


def test_a_project_that_another_window_holds_is_told_and_left_alone(batch):
    batch.project._claim.lose("Ada has this project open.")
    batch.start()
    assert batch.person.errors == ["Ada has this project open."]
    assert batch.all.run is None


def test_each_choice_takes_what_it_says():
    labelled = ((0, 5),)
    records = (
        ImageRecord("new"),
        ImageRecord("segmented", ImageState.SEGMENTED, classes=labelled),
        ImageRecord("imported", classes=labelled),
        ImageRecord("work", ImageState.IN_WORK, classes=labelled),
        ImageRecord("done", ImageState.DONE, classes=labelled),
        ImageRecord("skipped", ImageState.SKIPPED),
        ImageRecord("gone", is_missing=True),
    )
    assert chosen(records, Which.NOT_SEGMENTED) == ("new",)
    assert chosen(records, Which.NOT_DONE) == ("new", "segmented", "imported", "work")
    assert chosen(records[3:6], Which.SELECTION) == ("work",)


def test_a_class_step_while_images_are_under_way_is_not_undone_by_them(batch):
    batch.engine.gate.close()
    batch.start()
    batch.person.until(lambda: len(batch.engine.asked(SegmentFileRequest)) == 4)
    batch.engine.gate.open()
    for job in batch.session.runner.running("segment all"):
        assert job.join(5)  # merged already; its signal has not been taken yet
    batch.person.delete(1, 3)
    batch.over()
    for name in NAMES:
        assert not np.isin(batch.labels(name), (1,)).any()


def test_notes_written_meanwhile_are_kept(batch):
    batch.engine.gate.close()
    batch.start()
    batch.person.until(lambda: len(batch.engine.asked(SegmentFileRequest)) == 4)
    batch.session.change_record(1, note="look at the left", flagged=True)
    batch.engine.gate.open()
    batch.over()
    batch.person.saved()
    record = batch.project.records()["b.png"]
    assert (record.note, record.flagged, record.model) == ("look at the left", True, "scenes")


def test_a_full_disk_holds_it_up_and_it_goes_on_by_itself(person, engine, photos, monkeypatch):
    disk = Disk(monkeypatch)
    batch = Batch(person, engine, photos(*NAMES))
    batch.person.saved()
    disk.fill()
    batch.start()
    batch.person.until(lambda: batch.session.saver.state.problem)
    batch.person.idle()
    assert batch.all.run is not None
    assert batch.all.run.next < len(NAMES)
    disk.free()
    batch.over()
    assert batch.stored == NAMES


def test_files_of_images_that_only_segment_all_labelled_can_be_found_again(batch):
    batch.start()
    batch.over()
    batch.person.until(lambda: set(batch.project.files()) >= set(NAMES[1:]))
    facts = batch.project.files()["c.png"]
    assert facts == facts_of(batch.session.images.root / "c.png")


def test_cancelling_says_how_far_it_came(batch):
    batch.engine.gate.close()
    batch.start()
    batch.all.cancel()
    assert batch.person.told[-1] == "Segment all was cancelled: 0 of 6 images are segmented"
    batch.engine.gate.open()
    batch.over()

"""Teach in the window, from the ticks to the rest of the images."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from stub_lessons import StubLessons

from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.labels import Ink
from segstudio.core.lesson import Verdict
from segstudio.core.model_info import ModelInfo
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import whole
from segstudio.ui.quit_question import QuitQuestion

SIDE = 64
NAMES = ("a.png", "b.png", "c.png", "d.png", "e.png")


class RealLessons(StubLessons):
    """Teaches a network of a few weights, in the thread that asks."""

    def __init__(self, folder) -> None:
        super().__init__()
        self._start = folder / "tiny.safetensors"

    def give(self, lesson, tell, cancelled, finish):
        from segstudio.models import checkpoint, networks
        from segstudio.models.spec import ModelSpec
        from segstudio.training import teach

        arguments = networks.find("plain").completed({"layers": 1, "width": 8})
        known = ClassTable.named(["sky", "sea"])
        small = {"arguments": arguments, "encoder_inside": True, "short_side": 48, "multiple": 1}
        spec = ModelSpec("tiny", "plain", known, **small)
        checkpoint.save(self._start, spec, networks.build(spec))

        class Control:
            should_finish = property(lambda _self: finish.is_set())

            def step(self):
                if cancelled.is_set():
                    raise Cancelled

        begun = replace(lesson, start=str(self._start), targets=(-1, -1), device="cpu")
        return teach.teach(begun, tell, Control())

    def models(self, names):
        known = ClassTable.named(["dark", "bright"])
        return tuple(ModelInfo(n, n, n, known, None, "none", kind="taught") for n in names)


@pytest.fixture
def folder(tmp_path):
    """Five images, dark at the left and bright at the right."""
    place = tmp_path / "shades"
    place.mkdir()
    noise = np.random.default_rng(0).integers(0, 40, (SIDE, SIDE, 3))
    shades = np.where(np.arange(SIDE) < SIDE // 2, 30, 200)[None, :, None]
    for number, name in enumerate(NAMES):
        pixels = (shades + noise + number).astype(np.uint8)
        Image.fromarray(pixels).save(place / name)
    return place


@pytest.fixture
def at(program, folder):
    """The window with three images that are done, two that are not, and the panel open."""
    program.open(folder)
    program.use_classes("dark", "bright")
    for row in range(3):
        program.show(row)
        document = program.document
        labels = np.where(np.arange(SIDE) < SIDE // 2, 0, 1) * np.ones((SIDE, 1))
        labels = labels.astype(np.uint8)
        ink = np.full(labels.shape, Ink.PERSON, np.uint8)
        change = difference(whole(labels), document.planes, Planes(labels, ink))
        program.session.apply(document, assemble([change], Origin("brush", Ink.PERSON)))
        program.session.set_done(True)
    program.saved()
    program.action("teach")
    program.until(lambda: "3 of 3" in text(program, "teach_heading"))
    return program


def text(program, name):
    found = program.window.findChild(QLabel, name)
    assert found is not None, name
    return "" if not found.isVisible() else found.text()


def shown(program):
    panel = program.widget("teach_panel")
    pages = {panel.setup: "setup", panel.run: "run", panel.end: "end"}
    return pages[panel.page] if panel.isVisible() else ""


def test_a_lesson_is_given_used_and_followed_by_the_rest(at, engine, tmp_path):
    session = at.session
    engine.lessons = RealLessons(tmp_path)
    session.teaching.set_plan(replace(session.teaching.plan, minutes=0.03))
    assert at.widget("teach_ready").whole_text() == "3 images ready"
    assert at.widget("teach_start_model").whole_text() == "Begins with Scenes"
    at.click_button("teach_start")
    assert shown(at) == "run"
    at.until(lambda: shown(at) != "run", timeout=90_000)
    assert (shown(at), at.banner) == ("end", "")
    assert {r.part for r in session.images.records[:3]} == {Part.TRAINING, Part.VALIDATION}
    assert text(at, "teach_headline").endswith("on 1 image it never saw")
    assert "dark: IoU" in at.widget("class_changes").accessibleDescription()
    at.until(lambda: at.widget("held_out_view_0").isVisible())
    at.click_button("teach_use")
    at.until(lambda: text(at, "teach_used") == "shades v1 is in use.")
    assert at.widget("teach_segment_rest").text() == "Segment the 2 remaining images"
    at.click_button("teach_segment_rest")
    assert shown(at) == ""
    name = session.versions.current.name
    at.until(lambda: [r.model for r in session.images.records[3:]] == [name, name])

    at.action("versions")
    assert at.widget("version_title").whole_text() == "shades v1"
    at.click_button("versions_teach")
    assert shown(at) == "setup"
    assert at.widget("teach_versions").isVisible()
    assert at.widget("teach_start_model").whole_text() == f"Begins with {name}"


def test_ticks_and_plan_are_kept_and_an_image_opens(at):
    images = at.widget("teach_images")

    def click(name, x):
        place = QPoint(x, images.place_of(name).center().y())
        QTest.mouseClick(images.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click("b.png", 10)
    at.until(lambda: "2 of 3" in text(at, "teach_heading"))
    at.click_button("teach_minutes_10")
    at.click_button("teach_reach_all")
    plan = at.session.teaching.plan
    assert (plan.minutes, plan.reach) == (10.0, "all")
    click("a.png", 120)
    at.settle()
    assert at.document.path.name == "a.png"


def test_a_lesson_goes_on_without_its_panel_and_can_be_cancelled_by_its_chip(at, engine):
    engine.lessons.gate.close()
    at.click_button("teach_start")
    at.until(lambda: at.widget("teach_text").text() == "Teach 50 % · 30 s left")
    at.click_button("teach_close")
    assert shown(at) == ""
    at.click_button("teach_text")
    assert shown(at) == "run"
    at.click_button("teach_cancel")
    at.until(lambda: shown(at) == "setup")
    assert not at.widget("teach_chip").isVisible()


def test_ended_early_it_keeps_the_best_and_a_worse_model_is_not_offered_first(at, engine):
    engine.lessons.verdict = Verdict.WORSE
    engine.lessons.gate.close()
    at.click_button("teach_start")
    at.until(lambda: at.widget("teach_stop").isEnabled())
    at.click_button("teach_close")
    at.widget("teach_stop").click()
    at.until(lambda: "Worse" in at.banner)
    at.click_button("banner_action_1")
    assert shown(at) == "end"
    assert text(at, "teach_headline") == "Worse: 0.50 → 0.75"
    assert "Ended early" in text(at, "teach_explanation")
    assert at.window.focusWidget() is at.widget("teach_keep")
    at.click_button("teach_keep")
    assert shown(at) == "setup"
    assert at.session.versions.all == ()


def test_a_lesson_and_what_came_of_it_are_not_lost_by_quitting(at, engine, monkeypatch):
    asked = []

    def stay(jobs, _window):
        asked.extend(job.text for job in jobs)
        return False

    monkeypatch.setattr(QuitQuestion, "ask", stay)
    engine.lessons.gate.close()
    at.click_button("teach_start")
    at.until(lambda: at.session.teaching.is_running)
    at.window.close()
    engine.lessons.gate.open()
    at.until(lambda: shown(at) == "end")
    at.window.close()
    assert asked == ["Teach is running.", "A model was taught and is not in use yet."]
    assert at.window.isVisible()
    at.click_button("teach_keep")


def test_what_came_of_a_lesson_is_not_lost_by_opening_other_images(at, folder, photos, monkeypatch):
    asked, answers = [], [False, True]

    def answer(jobs, _window, *, opens):
        asked.append((jobs[0].text, opens))
        return answers[len(asked) - 1]

    monkeypatch.setattr(QuitQuestion, "ask", answer)
    session, other = at.session, photos("other.png")
    at.click_button("teach_start")
    at.until(lambda: shown(at) == "end")
    at.open(folder)  # the same project: nothing is lost by it
    assert (shown(at), asked) == ("end", [])
    session.open([other])
    at.until(lambda: asked)
    assert asked == [("A model was taught and is not in use yet.", True)]
    at.until(lambda: not session.opening.is_looking)
    assert (session.root, shown(at)) == (folder, "end")
    at.open(other)
    assert (session.root, shown(at)) == (other, "setup")


def test_a_failure_is_told_and_one_can_try_again(at, engine):
    engine.lessons.error = SegstudioError("The loss was no number.")
    at.click_button("teach_start")
    at.until(lambda: "The loss was no number." in at.banner)
    assert shown(at) == "setup"
    assert at.widget("teach_start").isEnabled()


def test_without_labels_it_says_what_is_missing(program, folder):
    program.action("teach")
    assert program.window.shows_start
    program.open(folder)
    program.use_classes("dark", "bright")
    program.action("teach")
    assert "There is nothing to learn from yet" in text(program, "teach_problem")
    assert not program.widget("teach_start").isEnabled()
    assert program.widget("teach_ready").whole_text() == ""

"""Lessons in the engine: told of, held up for the hand, ended early, given up."""

import gc
import threading
import weakref

import pytest
from driven_steps import PATIENCE_S, driven

from segstudio.core.errors import Cancelled
from segstudio.core.lesson import LessonNews
from segstudio.engine.bell import Bell
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.lesson_work import LessonWork
from segstudio.training import teach


@pytest.fixture
def lessons(monkeypatch):
    """Lessons that do what the test says, instead of learning."""

    def started(does):
        monkeypatch.setattr(teach, "teach", lambda _lesson, tell, control: does(tell, control))
        work = LessonWork(Bell())
        return work, work.teach(TeachRequest(lesson=None))

    return started


def test_every_news_is_told_in_order_before_the_result(lessons):
    told = [LessonNews("train", number / 100, step=number) for number in range(100)]

    def does(tell, _control):
        for news in told:
            tell(news)
        return "taught"

    _, steps = lessons(does)
    seen, reply = driven(steps)
    assert [progress.news for progress in seen[1:]] == told
    assert reply == "taught"


def test_a_lesson_waits_while_a_hand_is_at_work(lessons):
    went_on = threading.Event()

    def does(_tell, control):
        control.step()
        went_on.set()
        return "taught"

    work, steps = lessons(does)
    next(steps)
    work.hold(True)
    waiting = next(steps)
    assert not went_on.wait(0.05)
    work.hold(False)
    assert went_on.wait(PATIENCE_S)
    waiting.exception(timeout=PATIENCE_S)


def test_finished_early_a_lesson_is_told_so_and_its_result_still_counts(lessons):
    def does(_tell, control):
        while not control.should_finish:
            control.step()
        return "the best so far"

    _, steps = lessons(does)
    finish = next(steps).finish
    finish()
    assert driven(steps) == ([], "the best so far")


def test_a_lesson_that_nobody_wants_any_more_ends(lessons):
    ended = threading.Event()

    def does(_tell, control):
        try:
            while True:
                control.step()
        except Cancelled:
            ended.set()
            raise

    _, steps = lessons(does)
    next(steps)
    next(steps)
    steps.close()
    assert ended.wait(PATIENCE_S)


class Images:
    """Stands for much memory."""

    def __init__(self):
        self.itself = self


@pytest.mark.parametrize("fault", [None, Cancelled, MemoryError])
def test_what_a_lesson_held_goes_with_it_however_it_ends(lessons, fault):
    held, goes_on = [], threading.Event()

    def does(_tell, _control):
        images = Images()
        held.append(weakref.ref(images))
        if fault is None:
            return "taught"
        try:
            raise fault
        except fault as error:
            raise RuntimeError from error

    gc.disable()  # else it would go by chance
    try:
        _, steps = lessons(does)
        next(steps)
        ended = next(steps)
        ended.add_done_callback(lambda _: goes_on.set())
        assert goes_on.wait(PATIENCE_S)
        assert (ended.exception() is None) == (fault is None)
        assert held[0]() is None
    finally:
        gc.enable()

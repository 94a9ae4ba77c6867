"""Work in a thread of the engine, driven as the server drives its steps."""

import threading

import pytest
from driven_steps import driven

from segstudio.core.errors import ModelError
from segstudio.engine.bell import Bell
from segstudio.engine.side_work import beside
from segstudio.inference.progress import Progress


def test_progress_comes_before_the_reply():
    def work(report, _should_stop):
        report(0.5, "half")
        return "done"

    assert driven(beside(work, Bell())) == ([Progress(0.5, "half")], "done")


def test_what_goes_wrong_in_the_thread_is_raised_in_the_steps():
    def work(_report, _should_stop):
        raise ModelError("It is damaged.")

    with pytest.raises(ModelError, match="damaged"):
        driven(beside(work, Bell()))


def test_closing_the_steps_stops_the_thread():
    ended = threading.Event()

    def work(_report, should_stop):
        while not should_stop():
            ended.wait(0.001)
        ended.set()
        return ""

    steps = beside(work, Bell())
    next(steps)
    assert not ended.is_set()
    steps.close()
    assert ended.wait(10)


def test_the_bell_is_heard_until_it_is_silenced_however_often_it_rang():
    bell = Bell()
    for _ in range(100_000):  # more than a pipe holds
        bell.ring()
    assert bell.heard.poll()
    bell.silence()
    assert not bell.heard.poll()
    bell.silence()
    bell.ring()
    assert bell.heard.poll()

"""Closing the window: a question while something is running, and none that nobody can answer."""

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from disk import Disk
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QPushButton

from segstudio.core import png
from segstudio.ui.quit_question import QuitQuestion, RunningJob

NAMES = [f"{letter}.png" for letter in "abcdef"]


@pytest.fixture
def at(program, photos):
    program.open(photos(*NAMES))
    program.use_classes("person", "animal")
    program.brush(6)
    return program


@pytest.fixture
def asked(monkeypatch):
    """The questions that were asked; each is answered with the answer that stands in the list."""
    asked = Asked()
    monkeypatch.setattr(QuitQuestion, "ask", asked.ask)
    return asked


class Asked:
    def __init__(self) -> None:
        self.texts = []
        self.answer = False

    def ask(self, jobs, _window):
        self.texts.append([job.text for job in jobs])
        return self.answer


def segment_all(at, engine):
    """Start Segment all, which comes no further than to its first images."""
    engine.gate.close()
    at.action("segment_all")
    at.click_button("batch_start")
    at.until(engine.gate.waiting.is_set)


def test_nothing_is_asked_while_nothing_is_running(at, asked):
    at.click((30, 30))
    assert at.window.close()
    assert asked.texts == []


def test_segment_all_is_named_with_how_far_it_is_and_stay_goes_on(at, engine, asked):
    segment_all(at, engine)
    at.action("quit")
    assert asked.texts == [["Segment all is running: 0 of 6 images are done."]]
    assert at.window.isVisible()
    engine.gate.open()
    at.until(lambda: not at.widget("batch_chip").isVisible())
    assert at.window.close()
    assert len(asked.texts) == 1


def test_quit_ends_segment_all_which_goes_on_next_time(at, engine, asked):
    segment_all(at, engine)
    asked.answer = True
    assert at.window.close()
    assert engine.stopped


def test_a_run_that_is_paused_is_no_reason_to_ask(at, engine, asked):
    segment_all(at, engine)
    at.click_button("batch_pause")
    assert at.window.close()
    assert asked.texts == []


def test_a_fetch_is_named_with_how_much_of_it_is_here(at, engine, asked):
    afar = replace(
        engine.models[0], name="voc", title="VOC", path="", kind="published", is_installed=False
    )
    engine.models += (afar,)
    with at.qtbot.waitSignal(at.session.models.models_changed):
        at.session.models.refresh()
    engine.shelf.gate.close()
    at.session.models.fetch("voc")
    at.until(lambda: at.session.models.fetching == {"voc": 0.5})
    assert not at.window.close()
    assert asked.texts == [["VOC: 50 % of it is fetched."]]
    engine.shelf.gate.open()
    at.until(lambda: not at.session.models.fetching)


def test_an_export_is_named_and_left_out_only_by_quit(at, asked, monkeypatch):
    at.click((30, 30))
    go = threading.Event()
    written = png.write

    def slow(*values):
        go.wait(5)
        written(*values)

    monkeypatch.setattr(png, "write", slow)
    at.action("export")
    at.widget("export_labelled").click()
    at.click_button("export_start")
    assert not at.window.close()
    assert asked.texts == [["Export is running."]]
    go.set()
    at.until(lambda: not at.session.runner.running("export"))
    at.widget("export_dialog").close()


def test_an_evaluation_is_named(at, engine, asked):
    at.click((30, 30))
    at.session.set_done(True)
    at.saved()
    at.action("evaluate")
    at.until(lambda: at.widget("evaluation_start").isEnabled())
    engine.gate.close()
    at.click_button("evaluation_start")
    at.until(lambda: at.widget("evaluation_progress").maximum() == 1)
    assert not at.window.close()
    assert asked.texts == [["Evaluate is running: 0 of 1 images are measured."]]
    engine.gate.open()
    at.until(lambda: "mean IoU" in at.widget("evaluation_line").text())
    at.widget("evaluation_close").click()


def test_enter_and_escape_stay_and_quit_is_a_word_of_its_own(qtbot, appearance):
    jobs = [RunningJob("One is running.", "It goes on."), RunningJob("Two is running.", "Lost.")]
    question = QuitQuestion(jobs)
    qtbot.addWidget(question)
    assert question.text() == "One is running.\nTwo is running. Quit anyway?"
    assert question.informativeText() == "It goes on.\nLost."
    assert question.defaultButton().text() == "Stay"
    assert question.escapeButton().text() == "Stay"
    assert [b.text() for b in question.findChildren(QPushButton) if b.property("danger")] == [
        "Quit"
    ]


def test_the_end_of_the_desktop_asks_nobody(at, engine, asked, monkeypatch):
    segment_all(at, engine)
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: pytest.fail("nobody is there"))
    with monkeypatch.context() as patch:
        Disk(patch).fill()
        at.click((30, 30))
        at.window.end_at_once()
    assert asked.texts == []
    assert not at.window.isVisible()
    assert engine.stopped


def test_the_end_of_the_desktop_closes_a_question_that_is_open(at, engine):
    segment_all(at, engine)
    QTimer.singleShot(0, at.window.end_at_once)
    assert at.window.close()
    assert not at.window.isVisible()
    assert engine.stopped


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_ends_a_program_that_would_ask(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from segstudio import application\n"
        "from segstudio.ui.batch_wiring import BatchWiring\n"
        "from segstudio.ui.quit_question import RunningJob\n"
        "BatchWiring.running_job = lambda _wiring: RunningJob('It runs.', 'It goes on.')\n"
        "kill = lambda: os.kill(os.getpid(), signal.SIGTERM)\n"
        "application.keep_lively = lambda _window: QTimer.singleShot(0, kill)\n"
        "sys.exit(application.run())\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

"""Work off the GUI thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from segstudio.core.errors import Cancelled, SegstudioError
from segstudio.session.jobs import JobRunner


class Listener(QObject):
    """Notes what came, in which thread, and who sent it."""

    def __init__(self) -> None:
        super().__init__()
        self.notes = []
        self.senders = []
        self.threads = set()

    def listen(self, job) -> None:
        job.progressed.connect(self.on_progress)
        job.succeeded.connect(self.on_success)
        job.failed.connect(self.on_failure)
        job.cancelled.connect(self.on_cancel)
        job.ended.connect(self.on_end)

    def _note(self, *words) -> None:
        self.notes.append(words)
        self.senders.append(self.sender())
        self.threads.add(threading.current_thread())

    def on_progress(self, done, stage):
        self._note("progress", done, stage)

    def on_success(self, result):
        self._note("success", result)

    def on_failure(self, sentence):
        self._note("failure", sentence)

    def on_cancel(self):
        self._note("cancel")

    def on_end(self, _job):
        self._note("end")


@pytest.fixture
def runner(qapp):
    runner = JobRunner()
    yield runner
    runner.stop_all()


def run(runner, qtbot, work, stop_first=False):
    listener = Listener()
    job = runner.new("work", work)
    listener.listen(job)
    if stop_first:
        job.cancel()
    with qtbot.waitSignal(job.ended):
        job.start()
    qtbot.waitUntil(lambda: not runner.running("work"))
    return job, listener


def test_signals_come_in_order_in_the_gui_thread_with_their_sender(runner, qtbot):
    def work(job):
        job.report(0.5, "half")
        return 2**40

    job, listener = run(runner, qtbot, work)
    assert listener.notes == [("progress", 0.5, "half"), ("success", 2**40), ("end",)]
    assert all(sender is job for sender in listener.senders)
    assert listener.threads == {threading.main_thread()}


@pytest.mark.parametrize(
    ("error", "notes"),
    [
        (SegstudioError("No."), [("failure", "No."), ("end",)]),
        (Cancelled(), [("cancel",), ("end",)]),
        (
            KeyError("x"),
            [
                ("failure", "Something went wrong: 'x'. Your labels are untouched; see the log."),
                ("end",),
            ],
        ),
    ],
)
def test_how_work_may_end(runner, qtbot, error, notes):
    def work(_job):
        raise error

    _, listener = run(runner, qtbot, work)
    assert listener.notes == notes


def test_the_result_of_a_cancelled_job_is_not_delivered(runner, qtbot):
    _, listener = run(runner, qtbot, lambda _job: 1, stop_first=True)
    assert listener.notes == [("cancel",), ("end",)]


def test_many_jobs_at_once_are_told_apart_and_deleted(runner, qtbot, qapp):
    listener = Listener()
    jobs = [runner.new("work", lambda _job, i=i: i) for i in range(40)]
    numbers = {job: i for i, job in enumerate(jobs)}
    for job in jobs:
        listener.listen(job)
        job.start()
    qtbot.waitUntil(lambda: not runner.running("work"))
    came = [
        (numbers[sender], words[1])
        for sender, words in zip(listener.senders, listener.notes, strict=True)
        if words[0] == "success"
    ]
    assert sorted(came) == [(i, i) for i in range(40)]
    jobs.clear()
    qtbot.waitUntil(lambda: not runner.children())


def test_closing_in_the_middle_of_jobs_is_safe(qapp, qtbot):
    runner = JobRunner()
    entered = threading.Event()

    def work(job):
        entered.set()
        for step in range(10_000):
            if job.stop.wait(0.001):
                raise Cancelled
            job.report(step / 10_000, "on")

    for _ in range(5):
        runner.new("work", work).start()
    assert entered.wait(5)
    runner.stop_all()
    runner.deleteLater()
    del runner
    qapp.processEvents()
    gc.collect()
    assert not [t for t in threading.enumerate() if t.name == "job-work"]


def test_a_job_may_outlive_the_objects_that_qt_deleted(qapp, qtbot):
    import shiboken6

    runner = JobRunner()
    go = threading.Event()
    job = runner.new("work", lambda _job: go.wait(5))
    job.start()
    shiboken6.delete(runner)
    go.set()
    assert job.join(5)

"""The thread that stores changes: in order, none left out, however the disk behaves."""

import threading

import pytest

from segstudio.core.errors import StorageError
from segstudio.project import writer
from segstudio.project.holder import HeldError
from segstudio.project.writer import Writer


class Store:
    """Takes the place of the file: notes what was stored, or refuses."""

    def __init__(self):
        self.stored = []
        self.states = []
        self.error = None
        self.go = threading.Event()
        self.go.set()
        self.idle = threading.Event()
        self.writer = Writer(self.transact, self.states.append, self.idle.set, idle_s=0.02)

    def transact(self, tickets):
        assert self.go.wait(5)
        if self.error is not None:
            raise self.error
        for ticket in tickets:
            ticket.work(None)

    def put(self, name):
        return self.writer.put(name, lambda _connection: self.stored.append(name))


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    made = Store()
    yield made
    made.go.set()
    made.writer.stop(5)


def test_changes_are_stored_in_order(store):
    tickets = [store.put(str(number)) for number in range(200)]
    assert all(ticket.wait(5) for ticket in tickets)
    assert store.stored == [str(number) for number in range(200)]
    assert store.writer.state == writer.WriterState()


def test_no_thread_is_started_before_the_first_change(store):
    assert not [t for t in threading.enumerate() if t.name == "project"]
    assert store.put("a").wait(5)
    assert [t for t in threading.enumerate() if t.name == "project"]


def test_what_is_refused_stays_in_order_and_is_tried_again(store):
    store.error = StorageError("The disk is full.")
    tickets = [store.put(name) for name in "abc"]
    assert not tickets[0].wait(0.1)
    assert not store.writer.flush(5)
    assert store.writer.state.problem == "The disk is full."
    assert store.writer.is_waiting("b")
    store.error = None
    assert all(ticket.wait(5) for ticket in tickets)
    assert store.stored == ["a", "b", "c"]
    assert store.writer.state.problem == ""


def test_flush_waits_for_what_is_on_its_way(store):
    store.go.clear()
    store.put("a")
    assert not store.writer.flush(0.05)
    store.go.set()
    assert store.writer.flush(5)
    assert store.stored == ["a"]


def test_the_end_comes_after_what_is_on_its_way(store):
    store.go.clear()
    tickets = [store.put(str(number)) for number in range(100)]
    assert store.writer.waiting == 100
    assert not store.writer.stop(0.05)
    store.go.set()
    assert store.writer.stop(5)
    assert all(ticket.is_stored for ticket in tickets)


def test_the_end_does_not_wait_for_a_disk_that_refuses(store):
    store.error = StorageError("The disk is full.")
    ticket = store.put("a")
    assert not ticket.wait(0.1)
    assert store.writer.stop(5)
    assert not ticket.is_stored


def test_another_window_ends_it_for_good(store):
    store.error = HeldError("Ann has it.")
    ticket = store.put("a")
    ticket.wait(5)
    assert (ticket.is_stored, ticket.error) == (False, "Ann has it.")
    store.error = None
    late = store.put("b")
    assert late.wait(0) is False
    assert store.stored == []
    assert store.states[-1].is_over


def test_a_mistake_in_a_change_holds_back_what_builds_on_it(store):
    def fail(_connection):
        raise KeyError("mistake")

    bad = store.writer.put("a", fail)
    good = store.put("a")
    assert not good.wait(0.2)
    assert not bad.is_stored
    assert "mistake" in store.writer.state.problem


def test_nothing_to_do_is_told(store):
    assert store.put("a").wait(5)
    assert store.idle.wait(5)


def test_what_is_behind_a_slow_write_is_taken_back_without_waiting_for_it(store):
    store.go.clear()
    first = store.put("a")
    while not store.states:
        store.idle.wait(0.001)
    second = store.put("b")
    assert store.writer.withdraw(second)
    store.go.set()
    assert first.wait(5)
    assert not store.writer.withdraw(first)
    assert store.writer.flush(5)
    assert store.stored == ["a"]


def test_a_refusal_or_a_wish_to_stop_ends_the_wait_for_a_change(store):
    stop = threading.Event()
    store.go.clear()
    ticket = store.put("a")
    stop.set()
    store.writer.settle(ticket, 60, stop)
    assert not ticket.has_ended
    store.error = StorageError("The disk is full.")
    store.go.set()
    store.writer.settle(ticket, 60)
    assert not ticket.has_ended
    store.error = None
    assert ticket.wait(5)

"""Work that is done in turns of the event loop."""

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer

from segstudio.ui.turns import Turns


@pytest.fixture
def owner(qapp):
    owner = QObject()
    yield owner
    owner.deleteLater()


def test_what_happens_meanwhile_comes_between_the_pieces(owner, qtbot):
    order = []

    def work():
        for piece in range(3):
            order.append(piece)
            QTimer.singleShot(0, owner, lambda piece=piece: order.append(f"after {piece}"))
            yield

    Turns(work(), owner).start()
    qtbot.waitUntil(lambda: len(order) == 6)
    assert order.index("after 0") < order.index(2)


def test_a_piece_with_an_event_loop_of_its_own_is_waited_for(owner, qtbot):
    order = []

    def work():
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()
        order.append("asked")
        yield
        order.append("next")

    Turns(work(), owner).start()
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["asked", "next"]


def test_what_is_left_is_done_at_once_or_not_at_all(owner, qapp):
    done = []

    def work(name):
        done.append(name)
        yield
        done.append(name)

    Turns(work("finished"), owner).finish()
    assert done == ["finished", "finished"]
    stopped = Turns(work("stopped"), owner)
    stopped.start()
    stopped.stop()
    qapp.processEvents()
    assert "stopped" not in done


def test_an_error_ends_the_work_and_is_told(owner, qtbot):
    def work():
        yield
        raise ImportError("numpy")

    turns = Turns(work(), owner)
    with qtbot.waitSignal(turns.failed, timeout=2000) as told:
        turns.start()
    assert str(told.args[0]) == "numpy"

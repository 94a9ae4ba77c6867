"""Work in pieces, so that a window goes on meanwhile."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal


class Turns(QObject):
    """Does a work piece by piece, each in a turn of the event loop of its own."""

    failed = Signal(object)
    """The exception that ended the work."""

    def __init__(self, work: Iterator[None], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        # Not a repeating timer: a piece may ask the person something in an event loop of its own.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._do_piece)

    def start(self) -> None:
        """Do the first piece in the next turn; what a person does comes before every piece."""
        self._timer.start()

    def stop(self) -> None:
        """Leave out what is not done yet."""
        self._timer.stop()
        self._work = iter(())

    def finish(self) -> None:
        """Do all that is left, now."""
        self._timer.stop()
        for _ in self._work:
            pass

    def _do_piece(self) -> None:
        work = self._work
        try:
            next(work)
        except StopIteration:
            return
        except Exception as error:
            self.failed.emit(error)
            return
        if work is self._work:
            self._timer.start()

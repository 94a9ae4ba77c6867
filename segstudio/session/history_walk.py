"""The walk through the history of the open image: a step back, a step on, or to any of them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.patch import Patch
from segstudio.core.region import Region
from segstudio.session.editor import Editor
from segstudio.session.unfinished import Unfinished


class HistoryWalk(QObject):
    """Undoes and does again; what is no step yet is taken back first."""

    stepped = Signal(object)
    """The tuple of `Region` that look different."""
    failed = Signal(str)

    def __init__(
        self,
        editor: Editor,
        unfinished: list[Unfinished],
        may_change: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """Walk as far as `may_change` allows, which tells the person where it does not."""
        super().__init__(parent)
        self._editor = editor
        self._unfinished = unfinished
        self._may_change = may_change
        self._document: Document | None = None
        editor.document_opened.connect(self._on_opened)

    def undo(self) -> None:
        """Take back the last step of the open image; what is not one yet is cancelled.

        Of a shape that is being drawn the last point is taken back. Anything else that waits for
        Enter becomes a step first, so that Redo brings it back; where it is too little for one,
        that is what is taken back, and no step before it.
        """
        pending = self._editor.pending
        if self._editor.is_busy:
            self._editor.cancel()
        elif pending is not None and pending.points:
            self._editor.back()
        elif self._may_change() and (pending is not None or not self._drop_unfinished()):
            assert self._document is not None
            last = self._document.history.last
            with self._editor.ahead_of_results():
                self._editor.finish()
                if pending is None or self._document.history.last is not last:
                    self._go(self._document.undo)

    def redo(self) -> None:
        """Do the next step of the open image again, unless something waits for Enter."""
        if self._may_change() and not self._editor.is_busy and self._editor.pending is None:
            assert self._document is not None
            self._go(self._document.redo)

    def travel(self, position: int) -> None:
        """Go to a position of the open image's history; 0 is before all steps."""
        if not self._may_change() or self._editor.is_busy:
            return
        assert self._document is not None
        if self._editor.pending is not None:
            self._editor.finish()
        history = self._document.history
        ways = history.position - max(0, min(position, len(history.steps)))
        step = self._document.undo if ways > 0 else self._document.redo
        self._go(*[step] * abs(ways))

    def _drop_unfinished(self) -> bool:
        return any(work.drop_last() for work in self._unfinished)

    def _go(self, *steps: Callable[[], Patch | None]) -> None:
        regions: list[Region] = []
        try:
            for step in steps:
                patch = step()
                if patch is not None:
                    regions.extend(patch.regions)
        except SegstudioError as error:
            self.failed.emit(str(error))
        if regions:
            self.stepped.emit(tuple(regions))

    def _on_opened(self, document: Document | None) -> None:
        self._document = document

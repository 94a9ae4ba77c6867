"""The three hints of the start page, ticked when they have been done once."""

from PySide6.QtCore import QObject

from segstudio.session.session import Session
from segstudio.ui.export_flow import ExportFlow
from segstudio.ui.start_page import StartPage

SEGMENT, CORRECT, EXPORT = 1, 2, 3


class FirstSteps(QObject):
    """Remembers which of Segment, Correct and Export this person has done."""

    def __init__(self, page: StartPage, session: Session, export: ExportFlow) -> None:
        super().__init__(page)
        self._page = page
        self._settings = session.settings
        session.confidence_changed.connect(self._on_segmented)
        session.editor.step_made.connect(self._on_corrected)
        export.written.connect(self._on_exported)

    def _on_segmented(self) -> None:
        self._tick(SEGMENT)

    def _on_corrected(self, _patch: object) -> None:
        self._tick(CORRECT)

    def _on_exported(self) -> None:
        self._tick(EXPORT)

    def _tick(self, step: int) -> None:
        done = set(self._settings.get("hints.done"))
        if step not in done:
            done.add(step)
            self._settings.set("hints.done", sorted(done))
            self._page.set_hints(done)

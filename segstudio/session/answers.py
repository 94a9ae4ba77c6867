"""Computations of tools: done in a thread, the answer brought back to the tool that asked."""

from functools import partial

from PySide6.QtCore import QObject

from segstudio.core.document import Document
from segstudio.editing.requests import Computation
from segstudio.session.editor import Editor
from segstudio.session.jobs import Job, JobRunner


class Answers(QObject):
    """Runs the latest `Computation` of each tool; a newer one stops the one before."""

    def __init__(self, editor: Editor, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._runner = runner
        self._jobs: dict[str, tuple[Job, Computation]] = {}
        editor.requested.connect(self._on_requested)
        editor.document_opened.connect(self._on_opened)

    def _on_requested(self, request: object) -> None:
        if not isinstance(request, Computation):
            return
        before = self._jobs.pop(request.tool, None)
        if before is not None:
            before[0].cancel()
        job = self._runner.new(f"tool-{request.tool}", partial(_compute, request))
        self._jobs[request.tool] = job, request
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.start()

    def _on_opened(self, _document: Document | None) -> None:
        for job, _ in self._jobs.values():
            job.cancel()
        self._jobs.clear()

    def _on_succeeded(self, found: object) -> None:
        for tool, (job, request) in list(self._jobs.items()):
            if job is self.sender():
                del self._jobs[tool]
                self._editor.answer(request, found, tool)

    def _on_failed(self, sentence: str) -> None:
        for tool, (job, _) in list(self._jobs.items()):
            if job is self.sender():
                del self._jobs[tool]
                self._editor.refused.emit(sentence)


def _compute(request: Computation, job: Job) -> object:
    return request.work(job.stop.is_set)

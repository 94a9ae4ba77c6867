"""Disks that refuse or take their time, in place of the one that projects are written to."""

import threading

from segstudio.core.errors import StorageError
from segstudio.project import writer
from segstudio.project.project import Project


class Disk:
    """Refuses while it is full, and waits while it is held; tells how often it was asked."""

    def __init__(self, monkeypatch) -> None:
        self.asked = 0
        self.problem = ""
        self.entered, self.go = threading.Event(), threading.Event()
        self.go.set()
        transact = Project._transact

        def transact_or_refuse(project, tickets):
            self.asked += 1
            self.entered.set()
            assert self.go.wait(10)
            if self.problem:
                raise StorageError(self.problem)
            transact(project, tickets)

        monkeypatch.setattr(Project, "_transact", transact_or_refuse)
        monkeypatch.setattr(writer, "RETRY_S", 0.05)

    def fill(self) -> None:
        self.problem = "The disk is full."

    def free(self) -> None:
        self.problem = ""

    def hold(self) -> None:
        """Let nothing through until `go` is set."""
        self.go.clear()

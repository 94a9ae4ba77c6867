"""The claim of this window on a project file: whether it may write there, or somebody else."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from segstudio.core.errors import StorageError
from segstudio.project import holder, lineage
from segstudio.project.holder import HeldError, Holder

Reading = Callable[[], AbstractContextManager[sqlite3.Connection | None]]
"""Gives a connection that reads the file, None where there is no file."""


class Claim:
    """Knows who had the project when its content was read, and holds it from the first change on.

    Attributes
    ----------
    is_taken : bool
        Whether this window has changed the project.
    ended_badly : float
        When the window began that last had the project and did not close it; 0 if it did.
    """

    def __init__(self, reading: Reading) -> None:
        self.is_taken = False
        self.ended_badly = 0.0
        self._reading = reading
        self._me = holder.this_window()
        self._held_by = ""
        self._seen_holder: Holder | None = None
        self._seen_writer = ""
        self._watched: Holder | None = None
        """Somebody on another computer, who may turn out to be gone."""

    @property
    def held_by(self) -> str:
        """Empty, or a sentence saying who has it open elsewhere: then nothing can be changed."""
        if self._watched is not None and self._watched.silent_s() >= holder.SILENT_S:
            self._look_again()
        return self._held_by

    def look(self, connection: sqlite3.Connection) -> None:
        """Note who has the project as its content is read."""
        there = holder.read(connection)
        self._seen_writer = lineage.last_writer(connection)
        self._seen_holder = there
        if there is None or (there.pid, there.host) == (self._me.pid, self._me.host):
            return  # or this window itself, which opens the same images again
        if there.is_alive():
            self._held_by = there.sentence()
            self._watched = there if there.is_elsewhere else None
        else:
            self.ended_badly = there.since

    def follow(self, other: "Claim") -> None:
        """Take what another claim of this window stored as known; that one is at its end."""
        self._seen_writer = other._seen_writer

    def take(self, connection: sqlite3.Connection, *, is_change: bool) -> None:
        """Hold the project, inside of a transaction.

        Raises
        ------
        HeldError
            When somebody else has it, or changed it since its content was read.
        """
        try:
            if holder.take(connection, self._me, last=self._seen_holder, is_change=is_change):
                return
            if lineage.last_writer(connection) != self._seen_writer:
                raise HeldError(holder.CHANGED)
        except HeldError as error:
            self.lose(str(error))
            raise
        lineage.begin_session(connection, self._me.token)

    def note_taken(self) -> None:
        """Note that the transaction is on the disk."""
        self.is_taken = True
        self._seen_writer, self._seen_holder = self._me.token, None

    def release(self, connection: sqlite3.Connection) -> None:
        """Let the project go."""
        holder.release(connection, self._me)

    def lose(self, sentence: str) -> None:
        """Know from now on that somebody else has the project; empty for nobody."""
        self._held_by, self._watched = sentence, None

    def _look_again(self) -> None:
        with suppress(StorageError), self._reading() as connection:
            there = holder.read(connection) if connection is not None else None
            if there is not None and there.is_alive():
                self._watched = there
            else:
                self.lose("" if there == self._seen_holder else holder.CHANGED)

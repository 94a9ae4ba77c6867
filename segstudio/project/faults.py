"""Changes that are wrong in themselves, told from a disk that refuses."""

import logging
import sqlite3
from collections.abc import Sequence

from segstudio.project.connection import is_damage
from segstudio.project.holder import HeldError
from segstudio.project.writer import Ticket

log = logging.getLogger(__name__)


def is_of_disk(error: Exception) -> bool:
    """Tell whether the disk may take a change later, as against one that is wrong in itself."""
    is_broken_file = isinstance(error, sqlite3.Error) and is_damage(error)
    kinds = (sqlite3.OperationalError, OSError, HeldError, MemoryError)
    return is_broken_file or isinstance(error, kinds)


def do_each(connection: sqlite3.Connection, tickets: Sequence[Ticket]) -> dict[Ticket, str]:
    """Do the work of tickets inside of a transaction, each wholly or not at all.

    Returns
    -------
    dict of Ticket to str
        What is wrong with those whose work is not done; with them goes what builds on them.

    Raises
    ------
    Exception
        When it is the disk that refuses.
    """
    faults: dict[Ticket, str] = {}
    held: frozenset[str] = frozenset()
    for ticket in tickets:
        if held & ticket.touches:
            held |= ticket.touches
            faults[ticket] = "it builds on a change that is not stored"
            continue
        connection.execute("SAVEPOINT one")
        try:
            ticket.work(connection)
        except Exception as error:
            if is_of_disk(error):
                raise
            log.exception("a change of %s cannot be stored", ticket.name or "the project")
            faults[ticket] = str(error) or type(error).__name__
            held |= ticket.touches
            connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")
    return faults

"""Reading beside a writer with a rollback journal (network drives), and after it was killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from project_steps import blank, painted, record

from segstudio.project import connection, location

_SCRIBBLE = """
import os, signal, sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("PRAGMA cache_size = 5")
file.execute("PRAGMA cache_spill = 5")
file.execute("BEGIN EXCLUSIVE")
file.execute("UPDATE image SET note = 'half written'")
for number in range(300):
    file.execute("INSERT INTO value VALUES (?, ?)", (f"k{number}", '"' + "x" * 3000 + '"'))
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def scribbler(places, monkeypatch):
    """Another program in the middle of a large change of a project with a rollback journal."""
    monkeypatch.setattr(location, "is_on_network", lambda _path: True)
    monkeypatch.setattr(connection, "BUSY_S", 0.2)
    project = places.project()
    assert project.keep_step(record(), painted(blank(), 1)).wait(5)
    project.end()
    command = [sys.executable, "-c", _SCRIBBLE, str(places.file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout.readline() == "written\n"
        yield child
        child.kill()


def test_a_reader_never_looks_past_a_lock(places, scribbler):
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        connection.connect_to_read(places.file)


def test_what_a_killed_program_had_half_written_is_not_read(places, scribbler):
    os.kill(scribbler.pid, signal.SIGKILL)
    scribbler.wait()
    assert places.file.with_name("project.segstudio-journal").exists()
    with closing(connection.connect_to_read(places.file)) as file:
        assert file.execute("SELECT note FROM image").fetchone() == ("",)
    project = places.project()
    assert (project.load("a.png").planes.labels == 1).all()
    assert project.keep_record(record(note="after")).wait(5)

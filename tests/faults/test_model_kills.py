"""A model that the project has acknowledged is whole after a kill, and none is there in part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from taught import content

from segstudio.project.checking import check
from segstudio.project.project import Project

KEEPER = Path(__file__).resolve().parent / "model_keeper.py"
BYTES = 3_000_000


@pytest.mark.parametrize("acknowledged", [1, 3])
def test_no_acknowledged_model_is_lost_by_a_kill(tmp_path, acknowledged):
    child = subprocess.Popen(
        [sys.executable, str(KEEPER), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path))},
    )
    told = [int(child.stdout.readline()) for _ in range(acknowledged)]
    child.kill()
    told += [int(line) for line in child.stdout.read().splitlines() if line]
    child.stdout.close()
    child.wait(10)
    project = Project(tmp_path, tmp_path / "home")
    numbers = [found.number for found in project.versions()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(told) <= set(numbers)
    for number in numbers:
        assert project.version_content(number) == content(f"model-{number}", BYTES)
    project.end()
    assert check(project.file) == []

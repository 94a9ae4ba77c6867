"""A folder of images with a project, which may be opened again and again."""

from pathlib import Path

import pytest
from disk import Disk
from project_places import Places
from project_steps import blank, painted, record

from segstudio.core.patch import Planes
from segstudio.project.project import Project


@pytest.fixture
def places(tmp_path: Path):
    made = Places(tmp_path)
    yield made
    made.end_all()


@pytest.fixture
def make_step():
    """Return a function that paints rows of an image and has the step stored."""

    def make(project: Project, name: str = "a.png", index: int = 1, rows=slice(0, 6)) -> Planes:
        stored = project.load(name)
        planes = stored.planes if stored is not None else blank()
        patch = painted(planes, index, rows)
        assert project.keep_step(record(name, planes), patch).wait(10), project.state
        return planes

    return make


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)

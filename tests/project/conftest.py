"""A folder of images with a project, which may be opened again and again."""

from pathlib import Path

import pytest
from project_places import Places


@pytest.fixture
def places(tmp_path: Path):
    made = Places(tmp_path)
    yield made
    made.end_all()

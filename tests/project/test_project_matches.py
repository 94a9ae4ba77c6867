import pytest

from segstudio.core.errors import StorageError
from segstudio.project.folder import FolderStore


def test_what_was_matched_by_hand_comes_back(tmp_path):
    matches = {"scenes": {"person": 3, "sky": 255, "water": -1}}
    store = FolderStore(tmp_path, tmp_path / "elsewhere")
    assert store.matches() == {}

    store.keep_matches(matches)

    assert FolderStore(tmp_path, tmp_path / "elsewhere").matches() == matches


def test_damaged_matches_are_told_and_left_alone(tmp_path):
    store = FolderStore(tmp_path, tmp_path / "elsewhere")
    store.keep_matches({"scenes": {"person": 3}})
    path = store.location / "matches.json"
    path.write_text('{"scenes": ["person"]}')

    with pytest.raises(StorageError, match="start afresh"):
        FolderStore(tmp_path, tmp_path / "elsewhere").matches()

    assert path.read_text() == '{"scenes": ["person"]}'

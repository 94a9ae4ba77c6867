"""What the program remembers of a person."""

import json

import pytest

from segstudio.session.settings import SETTINGS, Settings


@pytest.fixture
def path(qapp, tmp_path):
    return tmp_path / "settings.json"


def test_only_what_differs_is_on_disk(path):
    settings = Settings(path=path)
    settings.set("brush.size", 77)
    settings.set("theme", "light")
    settings.set("theme", "system")
    settings.flush()
    assert json.loads(path.read_text()) == {"brush.size": 77}
    assert Settings(path=path).get("brush.size") == 77


def test_nothing_is_written_without_a_change(path):
    settings = Settings(path=path)
    settings.set("theme", "system")
    settings.flush()
    assert not path.exists()


def test_a_slider_writes_the_file_once_it_rests(path, qtbot, monkeypatch):
    settings = Settings(path=path)
    for size in range(10, 60):
        settings.set("brush.size", size)
    assert not path.exists()
    qtbot.waitUntil(path.exists)
    assert json.loads(path.read_text()) == {"brush.size": 59}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'"text"', b"null"])
def test_a_damaged_file_gives_the_defaults(path, content):
    path.write_bytes(content)
    settings = Settings(path=path)
    assert all(settings.get(row.name) == row.default for row in SETTINGS)
    settings.set("brush.size", 77)
    settings.flush()
    assert Settings(path=path).get("brush.size") == 77


def test_values_that_make_no_sense_are_left_out_one_by_one(path):
    path.write_text('{"brush.size": -3, "theme": "pink", "overlay.opacity": 0.3, "new": 1}')
    settings = Settings(path=path)
    assert settings.get("brush.size") == 30
    assert settings.get("theme") == "system"
    assert settings.get("overlay.opacity") == 0.3


def test_a_change_is_told(path, qtbot):
    settings = Settings(path=path)
    with qtbot.waitSignal(settings.changed) as told:
        settings.set("brush.size", 5)
    assert told.args == ["brush.size"]
    with qtbot.assertNotEmitted(settings.changed):
        settings.set("brush.size", 5)


def test_a_disk_that_refuses_is_survived(qapp, tmp_path):
    (tmp_path / "file").write_text("")
    settings = Settings(path=tmp_path / "file" / "settings.json")
    settings.set("brush.size", 5)
    settings.flush()
    assert settings.get("brush.size") == 5

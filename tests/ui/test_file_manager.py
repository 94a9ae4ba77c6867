"""Showing a file in the file manager of each system."""

from pathlib import Path, PureWindowsPath

import pytest

from segstudio.ui import file_manager


@pytest.mark.parametrize("name", ["a b.png", "-rf; rm *.png", "$(x) `y`, z.png"])
def test_no_name_of_a_file_is_taken_for_a_command(name):
    path = Path("/photos") / name
    assert file_manager.command_for("darwin", path) == ["open", "-R", str(path)]
    windows = PureWindowsPath("C:/photos") / name
    assert file_manager.command_for("win32", windows) == f'explorer /select,"{windows}"'
    assert file_manager.command_for("linux", path) == ""


def test_where_no_file_manager_answers_the_folder_is_opened(qapp, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(file_manager.QDesktopServices, "openUrl", opened.append)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(file_manager.sys, "platform", "linux")
    file_manager.reveal(tmp_path / "a.png", qapp)
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]

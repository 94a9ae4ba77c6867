"""The logs of the program, each in a process of its own as in real life."""

import os
import subprocess
import sys

CODE = """
import logging
from segstudio.cli import main as cli
from segstudio.core import logs
cli._prepare()
logs.log_to_file(logs.WINDOW)
logging.getLogger("segstudio.test").info("a small thing")
logging.getLogger("segstudio.test").warning("a large thing")
logging.shutdown()
print(logs.path_of(logs.WINDOW))
"""


def run(home):
    environment = {**os.environ, "SEGSTUDIO_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment
    )


def test_the_windows_log_tells_everything_and_the_terminal_only_warnings(tmp_path):
    done = run(tmp_path / "home")
    path = tmp_path / "home" / "window.log"
    assert done.stdout.strip() == str(path)
    text = path.read_text()
    assert "segstudio.test a small thing" in text
    assert "segstudio.test a large thing" in text
    assert done.stderr == "segstudio: a large thing\n"


def test_without_a_place_for_the_log_warnings_reach_the_terminal_once(tmp_path):
    home = tmp_path / "home"
    home.write_text("not a folder")
    assert run(home).stderr == "segstudio: a large thing\n"

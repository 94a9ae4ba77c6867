import os
import subprocess
import sys
from pathlib import Path

import pytest

import segstudio
from segstudio.cli import main as cli
from segstudio.cli import models
from segstudio.core.errors import SegstudioError

ROOT = Path(segstudio.__file__).parent.parent


def test_help_lists_every_command_and_loads_neither_torch_nor_qt() -> None:
    code = (
        "import sys, segstudio.__main__ as m\n"
        "sys.argv = ['segstudio', '--help']\n"
        "try:\n    m.main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert not {'torch', 'PySide6', 'cv2'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    for command in cli.COMMANDS:
        assert command.name in done.stdout


def test_module_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segstudio", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "segstudio photos/" in done.stdout


@pytest.mark.parametrize("command", [row.name for row in cli.COMMANDS])
def test_every_command_has_help(command, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    assert command in capsys.readouterr().out


def test_version_is_told(capsys) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert segstudio.__version__ in capsys.readouterr().out


def test_error_is_one_sentence_on_stderr(monkeypatch, capsys) -> None:
    assert failing(monkeypatch, SegstudioError("The disk is full. Free some space.")) == 2
    captured = capsys.readouterr()
    assert captured.err == "segstudio: The disk is full. Free some space.\n"
    assert captured.out == ""


def test_ctrl_c_is_no_traceback(monkeypatch, capsys) -> None:
    assert failing(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "segstudio: Stopped.\n"


def test_too_little_memory_is_no_traceback(monkeypatch, capsys) -> None:
    assert failing(monkeypatch, MemoryError()) == 2
    assert "not enough memory" in capsys.readouterr().err


def failing(monkeypatch, error: BaseException) -> int:
    def run(_arguments):
        raise error

    broken = cli.Command("models", "Fail", models.add_arguments, run)
    monkeypatch.setattr(cli, "COMMANDS", (broken,))
    return cli.main(["models"])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX pipe")
def test_reader_that_goes_away_is_no_traceback() -> None:
    code = (
        "import sys\n"
        "from segstudio.cli import main as cli, models\n"
        "def run(_):\n"
        "    for _ in range(100_000):\n"
        "        print('one more line')\n"
        "    return 0\n"
        "cli.COMMANDS = (cli.Command('models', 'Talk', models.add_arguments, run),)\n"
        "sys.exit(cli.main(['models']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 141
    assert complaint == b""


def test_word_that_is_neither_command_nor_file_names_the_commands(capsys) -> None:
    assert cli.main(["segmnt"]) == 2
    assert "segment" in capsys.readouterr().err


def test_paths_open_the_window(tmp_path, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(cli.window, "open_paths", lambda paths: opened.append(paths) or 0)
    assert cli.main([]) == 0
    assert cli.main([str(tmp_path)]) == 0
    assert opened == [[], [tmp_path]]


def test_no_display_is_a_sentence(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(cli.window, "has_display", lambda: False)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert cli.main([str(tmp_path)]) == 2
    assert "no display" in capsys.readouterr().err


def test_openmp_is_told_not_to_spin(monkeypatch, bundled) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.delenv("KMP_BLOCKTIME")
    cli.main(["models"])
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["KMP_BLOCKTIME"] == "0"


def test_paths_and_exit_code_pass_through_to_the_window(monkeypatch, tmp_path) -> None:
    application = pytest.importorskip("segstudio.application")
    opened = []
    monkeypatch.setattr(application, "run", lambda paths: opened.append(list(paths)) or 3)
    assert cli.window.open_paths([tmp_path]) == 3
    assert opened == [[tmp_path]]

import json
from pathlib import Path

import pytest

from segstudio.cli import doctor, program_checks, system_checks
from segstudio.cli.main import main
from segstudio.cli.system_checks import Finding
from segstudio.core.errors import ModelError

linux = pytest.mark.skipif(not system_checks.sys.platform.startswith("linux"), reason="Linux only")


def fails(error: Exception):
    def raise_it(*_arguments):
        raise error

    return raise_it


def test_old_python_is_an_error() -> None:
    assert system_checks.check_python((3, 10, 4)).status == "error"
    assert system_checks.check_python((3, 13, 0)).status == "ok"


@linux
def test_missing_library_is_an_error_that_names_its_package(monkeypatch) -> None:
    monkeypatch.setattr(system_checks, "has_display", lambda: True)
    finding = system_checks.check_libraries(lambda library: library != "libxcb-cursor.so.0")
    assert finding.status == "error"
    assert "libxcb-cursor.so.0" in finding.text
    assert finding.cure.endswith("apt-get install libxcb-cursor0")


@linux
def test_screen_library_may_be_missing_without_a_screen(monkeypatch) -> None:
    monkeypatch.setattr(system_checks, "has_display", lambda: False)
    missing_screen = system_checks.check_libraries(lambda library: "xcb" not in library)
    assert missing_screen.status == "warning"
    assert system_checks.check_libraries(lambda library: "EGL" not in library).status == "error"
    assert system_checks.check_libraries(lambda _library: True).status == "ok"


def test_qt_that_cannot_start_is_an_error() -> None:
    finding = system_checks.check_qt(fails(ImportError("libEGL.so.1: cannot open")))
    assert finding.status == "error"
    assert "libEGL" in finding.text


def test_qt_without_a_display_is_a_warning(monkeypatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setattr(system_checks, "has_display", lambda: False)
    assert system_checks.check_qt(lambda: "6.9 on offscreen").status == "warning"
    monkeypatch.setattr(system_checks, "has_display", lambda: True)
    assert system_checks.check_qt(lambda: "6.9 on xcb").status == "ok"


def test_qt_is_started_in_a_process_of_its_own() -> None:
    pytest.importorskip("PySide6")
    assert "offscreen" in system_checks.check_qt().text


def test_qt_that_aborts_is_an_error_and_not_the_end(monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    finding = system_checks.check_qt()
    assert finding.status == "error"
    assert "ended its process" in finding.text


def test_second_qt_is_a_warning() -> None:
    finding = system_checks.check_second_qt(lambda _names: {"opencv-python": "4.12"}, {})
    assert finding.status == "warning"
    assert "pip uninstall opencv-python" in finding.cure
    variables = {"QT_QPA_PLATFORM_PLUGIN_PATH": "/elsewhere"}
    finding = system_checks.check_second_qt(lambda _names: {}, variables)
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" in finding.text
    assert system_checks.check_second_qt(lambda _names: {}, {}).status == "ok"


def test_installed_packages_are_found() -> None:
    assert set(system_checks.installed_versions(["numpy", "no-such-package"])) == {"numpy"}


def test_broken_torch_is_an_error() -> None:
    assert program_checks.check_torch(fails(OSError("libtorch.so"))).status == "error"
    assert program_checks.check_torch(lambda: "2.9, cpu").status == "ok"


def test_missing_pydensecrf2_is_no_fault_and_a_broken_one_is_told() -> None:
    missing = fails(ModuleNotFoundError("pydensecrf"))
    finding = program_checks.check_crf(missing, (3, 11))
    assert finding.status == "ok"
    assert "pip install" in finding.cure
    assert "3.12" in program_checks.check_crf(missing, (3, 13)).cure
    broken = program_checks.check_crf(fails(ImportError("undefined symbol")), (3, 11))
    assert broken.status == "warning"
    assert "undefined symbol" in broken.text
    assert program_checks.check_crf(lambda _name: None, (3, 11)).status == "ok"


def test_damaged_or_missing_model_is_an_error() -> None:
    files = [Path("scenes.safetensors")]
    damaged = fails(ModelError("scenes.safetensors ends too early."))
    assert "ends too early" in program_checks.check_models(lambda: files, damaged).text
    assert program_checks.check_models(list, damaged).status == "error"
    assert program_checks.check_models(lambda: files, lambda _path: "scenes").status == "ok"


def test_truncated_model_file_is_found(bundled) -> None:
    assert program_checks.check_models().status == "ok"
    path = bundled / "models" / "scenes.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    assert program_checks.check_models().status == "error"


def test_folder_that_cannot_be_written_is_an_error(tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    finding = system_checks.check_folders({"settings": blocked / "below"})
    assert finding.status == "error"
    assert "SEGSTUDIO_HOME" in finding.cure
    assert system_checks.check_folders({"settings": tmp_path / "new"}).status == "ok"


def test_full_folder_is_a_warning(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(system_checks, "LEAST_FREE_BYTES", 1 << 60)
    assert system_checks.check_folders({"settings": tmp_path}).status == "warning"


@linux
def test_small_shared_memory_is_a_warning(tmp_path) -> None:
    finding = system_checks.check_shared_memory(tmp_path, lambda _folder: 64_000_000)
    assert finding.status == "warning"
    assert "--shm-size" in finding.cure
    assert system_checks.check_shared_memory(tmp_path / "no").status == "warning"
    assert system_checks.check_shared_memory(tmp_path, lambda _folder: 10**10).status == "ok"


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("warning", 0), ("error", 1)])
def test_exit_code_tells_of_errors_only(monkeypatch, capsys, status, code) -> None:
    rows = (lambda: Finding("ok", "Python", "3.12"), lambda: Finding(status, "Qt", "seen", "do"))
    monkeypatch.setattr(doctor, "CHECKS", rows)
    assert main(["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ok", "Python:", "3.12"]
    assert lines[1].split() == [status, "Qt:", "seen"]
    assert lines[2].strip() == "→ do"
    assert main(["doctor", "--json"]) == code
    content = json.loads(capsys.readouterr().out)
    assert content["ok"] is (code == 0)
    assert content["checks"][1] == {"status": status, "name": "Qt", "text": "seen", "cure": "do"}


def test_the_binding_that_aborts_python_311_is_an_error():
    def six_twelve(_packages):
        return {"PySide6-Essentials": "6.12.0"}

    found = system_checks.check_binding(six_twelve, (3, 11))
    assert found.status == "error"
    assert "<6.12" in found.cure
    assert system_checks.check_binding(six_twelve, (3, 12)).status == "ok"
    assert system_checks.check_binding(lambda _packages: {}, (3, 12)).status == "error"

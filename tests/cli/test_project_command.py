"""``segstudio project``: what a person and a script are told."""

import json
import shutil
from pathlib import Path

import pytest

from segstudio.cli.main import main
from segstudio.core import places
from segstudio.project import backups
from segstudio.project.location import Location

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "projects" / "v1.segstudio"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "photos"
    made.mkdir()
    shutil.copyfile(GOLDEN, made / "project.segstudio")
    return made


def told(capsys, *words) -> tuple[int, dict]:
    code = main(["project", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def damage(folder: Path) -> None:
    file = folder / "project.segstudio"
    data = bytearray(file.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    file.write_bytes(data)


def test_info_says_what_is_in_a_project(folder, capsys):
    code, content = told(capsys, "info", folder)
    assert code == 0
    assert content["images"] == 2
    assert content["states"] == {"in work": 1, "done": 1}
    assert content["classes"] == ["cat", "grass"]
    assert content["class_steps"] == ["dog → cat"]
    assert main(["project", "info", str(folder / "project.segstudio")]) == 0
    assert "classes: cat, grass" in capsys.readouterr().out


def test_check_finds_damage_and_says_so_with_its_exit_code(folder, capsys):
    assert told(capsys, "check", folder) == (
        0,
        {"file": str(folder / "project.segstudio"), "whole": True, "findings": []},
    )
    damage(folder)
    code, content = told(capsys, "check", folder)
    assert code == 1
    assert content["findings"]


def test_repair_uses_the_backup_and_reports_each_image(folder, capsys):
    kept = Location.of(folder, places.user_folder()).backups
    backups.make(folder / "project.segstudio", kept)
    damage(folder)
    code, content = told(capsys, "repair", folder)
    assert code == 1
    assert Path(content["kept_as"]).name == "project.damaged-1.segstudio"
    assert {image["name"] for image in content["images"]} == {"a.png", "sub/b.png"}
    assert told(capsys, "check", folder)[0] == 0
    assert told(capsys, "info", folder)[1]["images"] == 2


def test_compact_says_the_sizes(folder, capsys):
    code, content = told(capsys, "compact", folder)
    assert code == 0
    assert content["class_steps"] == 1
    assert 0 < content["after"] <= content["before"]
    assert told(capsys, "info", folder)[1]["class_steps"] == []


def test_taught_models_are_listed_and_one_is_written_to_a_file(tmp_path, capsys):
    shutil.copyfile(GOLDEN.with_name("v2.segstudio"), tmp_path / "project.segstudio")
    before = (tmp_path / "project.segstudio").read_bytes()
    _, found = told(capsys, "versions", tmp_path)
    assert [(m["number"], m["title"]) for m in found["models"]] == [(1, "pets v1"), (2, "pets v2")]
    assert main(["project", "versions", str(tmp_path)]) == 0
    assert "pets-v2-00000000" in capsys.readouterr().out
    assert told(capsys, "info", tmp_path)[1]["models"] == ["pets v1", "pets v2"]
    out = tmp_path / "mine.safetensors"
    code, written = told(capsys, "export-model", tmp_path, "pets v2", "--out", out)
    assert (code, written["number"], out.read_bytes()) == (0, 2, b"golden 2")
    code, written = told(capsys, "export-model", tmp_path, 1, "--out", tmp_path)
    assert Path(written["path"]) == tmp_path / "pets-v1-00000000.safetensors"
    assert Path(written["path"]).read_bytes() == b"golden 1"
    assert (tmp_path / "project.segstudio").read_bytes() == before


def test_no_file_is_written_over_and_a_wrong_name_lists_the_models(tmp_path, capsys):
    shutil.copyfile(GOLDEN.with_name("v2.segstudio"), tmp_path / "project.segstudio")
    words = ["project", "export-model", str(tmp_path), "9"]
    assert main(words) == 2
    assert "1 (pets-v1-00000000)" in capsys.readouterr().err
    out = tmp_path / "mine.safetensors"
    out.write_bytes(b"precious")
    assert main([*words[:3], "1", "--out", str(out)]) == 2
    assert "there already" in capsys.readouterr().err
    assert out.read_bytes() == b"precious"


def test_a_project_without_models_says_so(folder, capsys):
    assert main(["project", "versions", str(folder)]) == 0
    assert "No model was taught" in capsys.readouterr().out


def test_a_path_without_a_project_is_told_in_a_sentence(tmp_path, capsys):
    assert main(["project", "check", str(tmp_path)]) == 2
    assert "is no project" in capsys.readouterr().err

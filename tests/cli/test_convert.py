"""``segstudio convert`` on the golden folder."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from segstudio.cli.main import main
from segstudio.core import png
from segstudio.core.classes import read_classes

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "native" / "dataset"


def converted(capsys, *words):
    code = main(["convert", *map(str, words), "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else {}, told.err


def test_there_and_back_every_pixel_is_the_same(tmp_path, capsys):
    assert converted(capsys, GOLDEN, tmp_path / "voc", "--to", "voc")[0] == 0
    assert converted(capsys, tmp_path / "voc", tmp_path / "back", "--to", "native")[0] == 0
    was, now = read_classes(GOLDEN / "classes.json"), read_classes(tmp_path / "back/classes.json")
    table = np.full(256, 255, np.uint8)
    for entry in was:
        table[entry.index] = now.find(entry.name).index
    for name in ("plain", "turned"):
        before, after = (png.read(f / f"masks/{name}.png") for f in (GOLDEN, tmp_path / "back"))
        assert np.array_equal(after, table[before])


def test_classes_are_chosen_renamed_and_merged(tmp_path, capsys):
    words = ("--to", "native", "--classes", "sky=air,Straße=air")
    _, result, _ = converted(capsys, GOLDEN, tmp_path / "out", *words)
    assert list(result["pixels_by_class"]) == ["air"]
    assert result["pixels_by_class"]["air"] == 300


def test_images_are_divided_as_asked(tmp_path, capsys):
    _, result, _ = converted(
        capsys, GOLDEN, tmp_path / "out", "--to", "native", "--split", "0.5,0.5"
    )
    assert result["images_by_part"] == {"training": 1, "validation": 1}


def test_tiles_are_images_of_their_own(tmp_path, capsys):
    _, result, _ = converted(
        capsys, GOLDEN, tmp_path / "out", "--to", "native", "--tile", "16", "--unlabelled", "sky"
    )
    assert result["written"] == 2
    assert png.read(tmp_path / "out/masks/plain.png").max() < 255


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to", "nonsense"), "no format “nonsense”"),
        (("--to", "voc", "--classes", "moon"), "no class “moon”"),
        (("--to", "voc", "--split", "a,b"), "no shares"),
        (("--to", "voc", "--option", "a=b"), "no option “a=b”"),
        (("--to", "voc", "--from", "project"), "is no project"),
        (("--to", "voc", "--tile", "3"), "Tiles need"),
    ],
)
def test_a_wrong_word_is_answered_by_what_there_is(tmp_path, capsys, words, sentence):
    code, _, told = converted(capsys, GOLDEN, tmp_path / "out", *words)
    assert code == 2
    assert sentence in told
    assert not (tmp_path / "out").exists()


def test_a_folder_of_no_format_says_so(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    code, _, told = converted(capsys, tmp_path / "empty", tmp_path / "out", "--to", "voc")
    assert code == 2
    assert "none of the formats" in told


def test_validate_tells_what_it_finds_by_its_exit_code_too(tmp_path, capsys):
    assert main(["validate", str(GOLDEN), "--json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert found["images"] == 2
    broken = tmp_path / "broken"
    shutil.copytree(GOLDEN, broken)
    (broken / "masks" / "plain.png").write_bytes(b"no picture")
    assert main(["validate", str(broken)]) == 2
    assert "unreadable" in capsys.readouterr().out

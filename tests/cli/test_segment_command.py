import json

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.cli.batch import Source
from segstudio.cli.main import main
from segstudio.cli.outcome import Figures, Outcome, as_note
from segstudio.core.classes import read_classes
from segstudio.core.run_facts import RunFacts


@pytest.fixture
def segment(model_file, tmp_path):
    def run(*words, out="out"):
        words = [str(word) for word in words]
        return main(["segment", *words, "--model", str(model_file), "--out", str(tmp_path / out)])

    return run


def files_below(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_label_map_has_the_image_size_and_the_palette(segment, photo, tmp_path, capsys) -> None:
    path = photo(tmp_path / "cat.jpg", (37, 53))
    assert segment(path, "--refine", "none") == 0
    classes = read_classes(tmp_path / "out" / "classes.json")
    assert [c.name for c in classes] == ["ground", "animal", "sky"]
    with PillowImage.open(tmp_path / "out" / "cat.png") as picture:
        assert picture.mode == "P"
        assert picture.size == (53, 37)
        assert set(np.unique(np.array(picture))) <= {0, 1, 2}
        assert tuple(picture.getpalette()[:3]) == classes.get(0).colour
    shown = capsys.readouterr().out
    assert "cat.jpg" in shown
    assert "53 x 37" in shown


def test_json_is_one_object_per_image(segment, photo, tmp_path, capsys) -> None:
    photo(tmp_path / "in" / "a.png", (20, 30))
    photo(tmp_path / "in" / "b.png", (1, 1))
    assert segment(tmp_path / "in", "--json", "--refine", "guided") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["width"], row["height"]) for row in rows] == [(30, 20), (1, 1)]
    assert sum(rows[0]["pixels"].values()) == 600
    assert set(rows[0]["pixels"]) == {"ground", "animal", "sky"}
    assert rows[0]["refined_by"] == "guided"
    assert {"read", "encoder", "refine", "write"} <= rows[0]["ms"].keys()
    assert rows[0]["path"].endswith("a.png")


def test_measures_of_doubt_are_written_when_asked(segment, photo, tmp_path) -> None:
    path = photo(tmp_path / "cat.jpg", (37, 53))
    assert segment(path, "--margin", "--entropy") == 0
    written = files_below(tmp_path / "out")
    assert written == ["cat.entropy.png", "cat.margin.png", "cat.png", "classes.json"]


def test_tiles_passes_and_precision_are_told(segment, photo, tmp_path, capsys) -> None:
    path = photo(tmp_path / "large.png", (300, 400))
    ways = ("--detail", "native", "--tile", "160", "--tta", "flip", "--precision", "full")
    assert segment(path, "--refine", "none", *ways, "--json") == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert (run["side"], run["passes"], run["half"]) == (160, 2, False)
    assert run["tiles"] == run["finished"] > 4
    assert segment(path, "--refine", "none", *ways) == 0
    assert f"large.png: looked at in {run['tiles']} tiles of 160." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        (RunFacts("cpu"), ""),
        (RunFacts("cuda:0", 4, 512, 4, ran_out="cuda"), "The GPU ran out of memory; done in 4"),
        (RunFacts("cpu", ran_out="cuda"), "The GPU ran out of memory; done whole on the CPU."),
        (RunFacts("cpu", 9, 128, 9, ran_out="cpu"), "The computer ran out of memory; done in 9"),
    ],
)
def test_memory_that_was_not_enough_is_told_in_one_line(tmp_path, facts, note) -> None:
    source = Source(tmp_path / "a.png", "a")
    figures = Figures(1, 1, {}, {}, "none", facts)
    assert as_note(Outcome(source, figures)).startswith(note)


def test_a_tile_of_a_few_pixels_is_refused(segment, photo, tmp_path, capsys) -> None:
    with pytest.raises(SystemExit):
        segment(photo(tmp_path / "cat.jpg", (37, 53)), "--tile", "8")
    assert "64 to 8192 pixels" in capsys.readouterr().err


def test_overlay_and_confidence_are_written_when_asked(segment, photo, tmp_path) -> None:
    path = photo(tmp_path / "cat.jpg", (37, 53))
    assert segment(path, "--overlay", "--confidence") == 0
    written = files_below(tmp_path / "out")
    assert written == ["cat.confidence.png", "cat.overlay.png", "cat.png", "classes.json"]
    with PillowImage.open(tmp_path / "out" / "cat.overlay.png") as picture:
        assert (picture.mode, picture.size) == ("RGB", (53, 37))


def test_a_name_too_long_for_its_overlay_is_cut(segment, photo, tmp_path) -> None:
    photo(tmp_path / "in" / ("n" * 251 + ".png"))
    photo(tmp_path / "in" / "z.png")
    assert segment(tmp_path / "in", "--overlay", "--confidence") == 0
    written = files_below(tmp_path / "out")
    assert len(written) == 7
    assert "z.overlay.png" in written


def test_images_of_one_stem_do_not_overwrite_each_other(segment, photo, tmp_path) -> None:
    for seed, name in enumerate(["a.jpg", "a.png", "A.bmp", "x/a.jpg", "a.overlay.jpg"]):
        photo(tmp_path / "in" / name, seed=seed)
    other = photo(tmp_path / "other" / "a.jpg", seed=9)
    assert segment(tmp_path / "in", other, "--overlay") == 0
    labels = [
        name
        for name in files_below(tmp_path / "out")
        if name.endswith(".png") and not name.endswith(".overlay.png")
    ]
    assert len(labels) + 1 >= 6  # one of the six is itself called overlay
    with_overlays = [n for n in files_below(tmp_path / "out") if n.endswith(".png")]
    assert len(with_overlays) == 12
    assert "x/a.png" in labels


def test_bad_file_is_named_and_the_others_are_done(segment, photo, tmp_path, capsys) -> None:
    photo(tmp_path / "in" / "good.jpg")
    (tmp_path / "in" / "bad.jpg").write_bytes(b"no picture at all")
    (tmp_path / "in" / "empty.png").touch()
    assert segment(tmp_path / "in") == 1
    captured = capsys.readouterr()
    assert "bad.jpg" in captured.err
    assert "empty.png" in captured.err
    assert "Traceback" not in captured.err
    assert (tmp_path / "out" / "good.png").is_file()


def test_nothing_but_bad_files_is_a_failure(segment, tmp_path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture at all")
    assert segment(tmp_path / "bad.jpg") == 2


def test_input_image_is_never_replaced(segment, photo, tmp_path, capsys) -> None:
    path = photo(tmp_path / "in" / "a.png")
    before = path.read_bytes()
    assert segment(path, out="in") == 2
    assert "would replace" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert files_below(tmp_path / "in") == ["a.png"]


def test_picture_that_is_not_an_input_is_not_replaced_either(
    segment, photo, tmp_path, capsys
) -> None:
    path = photo(tmp_path / "in" / "a.jpg")
    beside = photo(tmp_path / "in" / "a.png", seed=1).read_bytes()
    assert segment(path, out="in") == 2
    assert "no label map" in capsys.readouterr().err
    assert (tmp_path / "in" / "a.png").read_bytes() == beside


def test_second_run_into_the_same_folder_leaves_results_out(segment, photo, tmp_path) -> None:
    photo(tmp_path / "in" / "a.jpg")
    assert segment(tmp_path / "in", out="in/results") == 0
    assert segment(tmp_path / "in", "--overlay", out="in/results") == 0
    assert files_below(tmp_path / "in") == [
        "a.jpg",
        "results/a.overlay.png",
        "results/a.png",
        "results/classes.json",
    ]


@pytest.mark.parametrize("name", ["missing.jpg", "empty-folder"])
def test_nothing_to_segment_is_a_sentence(segment, tmp_path, capsys, name) -> None:
    (tmp_path / "empty-folder").mkdir()
    assert segment(tmp_path / name) == 2
    assert name in capsys.readouterr().err


def test_unknown_model_names_the_bundled_ones(photo, tmp_path, bundled, capsys) -> None:
    path = photo(tmp_path / "a.jpg")
    assert main(["segment", str(path), "--model", "nonsense", "--out", str(tmp_path / "o")]) == 2
    assert "scenes" in capsys.readouterr().err


def test_crf_is_used_on_every_machine(segment, photo, tmp_path, capsys) -> None:
    path = photo(tmp_path / "a.jpg")
    assert segment(path, "--refine", "crf", "--json") == 0
    assert json.loads(capsys.readouterr().out)["refined_by"] == "crf"


def test_labels_kept_beside_images_are_no_images(segment, photo, tmp_path, capsys) -> None:
    photo(tmp_path / "in" / "a.jpg")
    photo(tmp_path / "in" / "segstudio-labels" / "a.jpg.labels.png")
    assert segment(tmp_path / "in", "--json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1

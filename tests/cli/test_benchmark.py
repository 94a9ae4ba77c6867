import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.cli import main as cli
from segstudio.cli.benchmarks import peak, table
from segstudio.cli.benchmarks.figure import Figure, Plan, summary
from segstudio.core import png
from segstudio.core.classes import ClassTable, write_classes

KEYS = ["name", "value", "unit", "goal", "holds", "reference", "detail"]


def test_list_names_every_benchmark(capsys) -> None:
    assert cli.main(["benchmark", "--list"]) == 0
    out = capsys.readouterr().out
    for row in table.BENCHMARKS:
        assert row.name in out


def test_unknown_name_is_a_sentence_that_lists_the_names(capsys) -> None:
    assert cli.main(["benchmark", "strat"]) == 2
    assert "startup" in capsys.readouterr().err


def test_nothing_named_is_a_sentence(capsys) -> None:
    assert cli.main(["benchmark"]) == 2
    assert "--list" in capsys.readouterr().err


@pytest.mark.parametrize("name", [row.name for row in table.BENCHMARKS])
def test_every_row_can_be_loaded(name) -> None:
    assert callable(table.find(name).load())


def test_figure_is_one_json_object_a_line(capsys) -> None:
    pytest.importorskip("pydensecrf", reason="pydensecrf2 is not installed (extra “crf”)")
    assert cli.main(["benchmark", "crf", "--small", "--json"]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [content["name"] for content in objects] == ["crf", "crf-same-labels"]
    for content in objects:
        assert list(content) == KEYS
        assert isinstance(content["holds"], bool)
        assert content["value"] > 0


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
def test_peak_of_memory_is_that_of_the_arrays() -> None:
    assert peak.growth_mb(np.ones, 4_000_000) == pytest.approx(32_000_000 / peak.MEGABYTE, rel=0.1)


@pytest.mark.parametrize("name", [row.name for row in table.BENCHMARKS if row.needs_images])
def test_what_needs_labelled_images_says_so_in_a_sentence(name, capsys) -> None:
    assert cli.main(["benchmark", name]) == 2
    assert "--images" in capsys.readouterr().err


def test_quality_of_a_clear_object_beats_what_it_is_beside(capsys, tmp_path) -> None:
    down, across = np.mgrid[:160, :200]
    disc = np.hypot(down - 80, across - 100) < 50
    grain = np.random.default_rng(0).integers(0, 20, (160, 200, 3), np.uint8)
    for folder, plane in (
        ("images", np.where(disc[..., None], 200 + grain, 30 + grain)),
        ("masks", disc),
    ):
        (tmp_path / folder).mkdir()
        Image.fromarray(plane.astype(np.uint8)).save(tmp_path / folder / "a.png")
    where = ["--images", str(tmp_path / "images"), "--masks", str(tmp_path / "masks")]
    assert cli.main(["benchmark", "quality", "--json", *where]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {content["name"]: content for content in objects}
    assert set(names) == {*(f"superpixels-{px}" for px in (16, 24, 40)), "box-cut", "snap-error"}
    assert all(content["holds"] for content in objects)
    assert names["box-cut"]["value"] > 95


def test_refine_tells_every_way_beside_the_plain_call(capsys, tmp_path, photos) -> None:
    pytest.importorskip("pydensecrf", reason="pydensecrf2 is not installed (extra “crf”)")
    images = photos("a.png")
    (tmp_path / "masks").mkdir()
    mask = np.zeros((90, 120), np.uint8)
    mask[:, 60:] = 3
    png.write(tmp_path / "masks" / "a.png", mask)
    where = ["--images", str(images), "--masks", str(tmp_path / "masks")]
    assert cli.main(["benchmark", "refine", "--small", "--json", *where]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [content["name"].removeprefix("refine-") for content in objects] == [
        "plain",
        "none",
        "guided",
        "crf",
        "pydensecrf2",
    ]
    plain, crf = objects[0], objects[3]
    assert crf["goal"] == pytest.approx(plain["value"] - 0.2, abs=0.01)
    assert crf["detail"]["same_labels_percent"] >= 98
    assert all(content["detail"]["photos"] == 1 for content in objects)


def test_effort_tells_every_way_with_a_model_and_without(capsys, tmp_path, photos) -> None:
    pytest.importorskip("torch")
    images = photos("a.png", "b.png")
    (tmp_path / "masks").mkdir()
    for name in ("a.png", "b.png"):
        mask = np.zeros((90, 120), np.uint8)
        mask[:, 60:] = 3
        png.write(tmp_path / "masks" / name, mask)
    where = ["--images", str(images), "--masks", str(tmp_path / "masks"), "--model", "none"]
    assert cli.main(["benchmark", "effort", "--small", "--json", *where]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {content["name"] for content in objects}
    assert {"effort-a-90", "effort-a-95", "effort-c-90", "effort-d-95", "effort-e-90"} <= names
    assert all(content["detail"]["images"] == 1 for content in objects)


def test_teach_tells_quality_and_seconds_by_number_of_images(capsys, tmp_path, photos) -> None:
    pytest.importorskip("torch")
    from tiny_networks import save_plain

    names = ("a.png", "b.png", "c.png")
    images, model = photos(*names), tmp_path / "tiny.safetensors"
    save_plain(model, ClassTable.named(["sky", "grass"]), short_side=48)
    mask = np.zeros((90, 120), np.uint8)
    mask[:, 60:] = 3
    (tmp_path / "masks").mkdir()
    for name in names:
        png.write(tmp_path / "masks" / name, mask)
    where = ["--images", str(images), "--masks", str(tmp_path / "masks"), "--model", str(model)]
    assert cli.main(["benchmark", "teach", "--small", "--json", *where]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    figures = [content["name"] for content in objects]
    assert figures == ["teach-1", "teach-1-seconds", "teach-2", "teach-2-seconds"]
    assert objects[0]["detail"]["unseen"] == 1


def test_heads_are_measured_on_the_images_that_none_was_trained_on(
    capsys, tmp_path, photos, monkeypatch
) -> None:
    from segstudio.training import trainer

    images = photos("a.png", "b.png", "c.png", "d.png")
    (tmp_path / "masks").mkdir()
    mask = np.zeros((90, 120), np.uint8)
    mask[:, 60:] = 1
    for path in images.iterdir():
        png.write(tmp_path / "masks" / path.name, mask)
    write_classes(tmp_path / "classes.json", ClassTable.named(["left", "right"]))
    learned: list[list[str]] = []
    train = trainer.train

    def noted(settings, report, examples):
        assert settings.held_out == 0.0
        learned.append([example.name for example in examples])
        return train(settings, report, examples)

    monkeypatch.setattr(trainer, "train", noted)
    where = ["--images", str(images), "--masks", str(tmp_path / "masks")]
    assert cli.main(["benchmark", "heads", "--small", "--json", *where]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ways = ("none", "guided", "crf", "none-flip", "guided-flip", "crf-flip")
    heads = ("fcn8s", "deeplabv3plus")
    assert [o["name"] for o in objects] == [f"{head}-{way}" for head in heads for way in ways]
    assert learned == [learned[0]] * len(heads)
    assert all(o["detail"]["photos"] == 4 - len(learned[0]) == 2 for o in objects)


def test_table_tells_what_misses_its_goal(monkeypatch, capsys) -> None:
    def run(plan: Plan):
        assert plan.small
        yield Figure("slow", 12.345678, "ms", 10.0, reference=3.0)
        yield Figure("fast", 7.0, "x", 5.0, more_is_better=True)

    monkeypatch.setattr(table.Benchmark, "load", lambda _row: run)
    assert cli.main(["benchmark", "startup", "--small"]) == 0
    _, slow, fast = capsys.readouterr().out.splitlines()
    assert slow.split() == ["slow", "12.35", "ms", "<=", "10", "no", "3"]
    assert fast.split() == ["fast", "7", "x", ">=", "5", "yes", "-"]


def test_napari_is_told_of_only_where_it_was_measured(monkeypatch, capsys) -> None:
    def run(plan: Plan):
        yield Figure("alone", 2.0, "ms", 3.0, reference=1.0)
        yield Figure("beside", 2.0, "ms", 3.0, reference=1.0, napari=22.125)

    monkeypatch.setattr(table.Benchmark, "load", lambda _row: run)
    assert cli.main(["benchmark", "undo", "--small"]) == 0
    _, alone, beside = capsys.readouterr().out.splitlines()
    assert "napari" not in alone
    assert beside.endswith("napari without drawing: 22.12")


def test_several_run_in_processes_of_their_own(monkeypatch, capsys) -> None:
    rows = (table.Benchmark("one", ""), table.Benchmark("two", ""))
    monkeypatch.setattr("segstudio.cli.benchmark.BENCHMARKS", rows)
    monkeypatch.setattr(table, "BENCHMARKS", rows)
    # The child processes know no such names: each failure is theirs, and is told at the end.
    assert cli.main(["benchmark", "all", "--json"]) == 2


def test_summary_holds_median_and_tail() -> None:
    assert summary([3.0, 1.0, 2.0]) == {"median": 2.0, "p95": 3.0, "max": 3.0, "count": 3}

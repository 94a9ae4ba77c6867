import json

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio import assets
from segstudio.cli import demo
from segstudio.cli.main import main


def test_headless_demo_writes_labels_overlays_and_a_dataset(bundled, tmp_path, capsys) -> None:
    out = tmp_path / "demo"
    assert main(["demo", "--headless", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "one.jpg" in shown
    assert "64 x 48" in shown
    assert str(out) in shown
    assert "2 of 2 masks read back and identical" in shown
    for name in ("one", "two"):
        labels = np.array(PillowImage.open(out / "label_maps" / f"{name}.png"))
        mask = np.array(PillowImage.open(out / "dataset" / "masks" / f"{name}.png"))
        np.testing.assert_array_equal(labels, mask)
        assert (out / "label_maps" / f"{name}.overlay.png").is_file()
        assert (out / "dataset" / "images" / f"{name}.jpg").is_file()
    classes = json.loads((out / "dataset" / "classes.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in classes] == ["ground", "animal", "sky"]


def test_headless_demo_can_be_repeated(bundled, tmp_path) -> None:
    words = ["demo", "--headless", "--out", str(tmp_path / "demo")]
    assert main(words) == 0
    assert main(words) == 0


def test_demo_without_a_display_is_headless(bundled, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(demo.window, "has_display", lambda: False)
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    assert (tmp_path / "demo" / "dataset").is_dir()


def test_demo_with_a_display_opens_the_window_on_writable_copies(
    bundled, own_user_folders, monkeypatch
) -> None:
    opened = []
    monkeypatch.setattr(demo.window, "has_display", lambda: True)
    monkeypatch.setattr(demo.window, "open_paths", lambda paths: opened.extend(paths) or 0)
    assert main(["demo"]) == 0
    assert opened == [own_user_folders / "samples"]
    assert (opened[0] / "one.jpg").is_file()


def test_demo_into_a_place_that_cannot_be_written_is_a_sentence(bundled, tmp_path, capsys) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert main(["demo", "--headless", "--out", str(blocked)]) == 2
    assert "--out" in capsys.readouterr().err


def test_bundled_samples_are_six_small_photos_with_their_licences() -> None:
    folder = assets.path("samples")
    photos = sorted(folder.glob("*.jpg"))
    assert len(photos) == 6
    assert sum(path.stat().st_size for path in photos) < 2_000_000
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert all(path.name in readme for path in photos)


@pytest.mark.model
def test_real_model_finds_something_in_every_sample(tmp_path, capsys) -> None:
    if not assets.path("models/scenes.safetensors").is_file():
        pytest.skip("the scenes model is not there")
    assert main(["demo", "--headless", "--out", str(tmp_path / "demo")]) == 0
    assert "6 of 6 masks read back and identical" in capsys.readouterr().out
    names = json.loads((tmp_path / "demo/label_maps/classes.json").read_text(encoding="utf-8"))
    index = next(row["index"] for row in names if row["name"] == "person")
    labels = np.array(PillowImage.open(tmp_path / "demo/label_maps/astronaut.png"))
    assert (labels == index).mean() > 0.2

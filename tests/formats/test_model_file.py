"""A taught model goes along with an exported dataset, and is proven like its masks."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core import atomic
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.formats import native
from segstudio.formats.model_file import ModelFile

CLASSES = ClassTable.named(["sky", "tree"])
CONTENT = b"weights" * 1000
PLACE = "model/flowers-v3-1a2b3c.safetensors"


@pytest.fixture
def items(tmp_path):
    PillowImage.fromarray(np.zeros((4, 5, 3), np.uint8)).save(tmp_path / "a.png")
    labels = np.zeros((4, 5), np.uint8)
    return [native.ExportItem(tmp_path / "a.png", "a", lambda: labels)]


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "exports" / "set"


def model(name: str = "flowers-v3-1a2b3c", content: bytes = CONTENT) -> ModelFile:
    return ModelFile(name, "flowers v3", lambda: content)


def test_the_model_lies_in_a_folder_of_its_own_and_the_report_says_so(items, target):
    outcome = native.export(items, CLASSES, target, model=model())
    assert (target / PLACE).read_bytes() == CONTENT
    assert outcome.sentence == "1 of 1 masks read back and identical, and the model flowers v3."
    report = json.loads((target / native.REPORT_NAME).read_text("utf-8"))
    assert report["model"] == {"title": "flowers v3", "file": PLACE}
    assert PLACE in report["files"]


def test_an_export_with_a_model_is_replaced_by_one_without(items, target):
    native.export(items, CLASSES, target, model=model())
    native.export(items, CLASSES, target)
    assert not (target / "model").exists()
    assert "model" not in json.loads((target / native.REPORT_NAME).read_text("utf-8"))


def test_a_model_that_somebody_put_there_is_not_replaced(items, target):
    native.export(items, CLASSES, target, model=model())
    (target / "model" / "mine.safetensors").write_bytes(b"mine")
    with pytest.raises(SegstudioError, match=r"such as model/mine\.safetensors"):
        native.export(items, CLASSES, target)


def test_a_model_that_is_gone_is_named_and_the_images_are_exported(items, target):
    def read() -> bytes:
        raise StorageError("Version 3 of the model is not in the project any more.")

    outcome = native.export(items, CLASSES, target, model=ModelFile("a", "flowers v3", read))
    assert outcome.failed == {
        "flowers v3": "Version 3 of the model is not in the project any more."
    }
    assert (outcome.written, outcome.model) == (1, "")


def test_a_model_that_does_not_read_back_leaves_the_earlier_export(items, target, monkeypatch):
    native.export(items, CLASSES, target)
    with monkeypatch.context() as failing:
        write = atomic.write_bytes
        failing.setattr(
            atomic,
            "write_bytes",
            lambda path, data: write(path, data[:-1] if data == CONTENT else data),
        )
        with pytest.raises(StorageError, match="flowers v3 did not read back"):
            native.export(items, CLASSES, target, model=model())
    assert sorted(path.name for path in target.iterdir()) == [
        "classes.json",
        native.REPORT_NAME,
        "images",
        "masks",
    ]


@pytest.mark.parametrize("name", ["../../out", "/tmp/out", "a" * 300, "", "CON"])
def test_any_name_stays_in_the_folder(items, target, name):
    native.export(items, CLASSES, target, model=model(name))
    (found,) = (target / "model").iterdir()
    assert found.suffix == ".safetensors"
    assert len(found.name) < 255

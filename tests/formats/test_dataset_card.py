"""The page beside an exported dataset: its numbers, and code that really loads the dataset."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats import dataset_card, export, format_table, picture_statistics
from segstudio.formats.export_values import ExportItem, ExportPlan
from segstudio.formats.format_table import FORMATS

CLASSES = ClassTable.named(["sky", "road | path"])


@pytest.fixture
def items(tmp_path):
    labels = np.zeros((20, 30), np.uint8)
    labels[10:] = 1
    labels[:, 0] = 255
    ink = np.full((20, 30), Ink.MODEL, np.uint8)
    ink[:5] = Ink.PERSON
    found = []
    for number in range(2):
        path = tmp_path / f"{number}.png"
        PillowImage.new("RGB", (30, 20), (200, 100, 50 * number)).save(path)
        found.append(ExportItem(f"{number}", path, lambda: Planes(labels, ink)))
    return found


def test_the_card_says_what_is_in_the_dataset(items, tmp_path):
    export.export(items, CLASSES, tmp_path / "set", ExportPlan(format_table.find("native")))
    text = (tmp_path / "set" / dataset_card.NAME).read_text("utf-8")
    assert "| read back and identical | 2 of 2 |" in text
    assert "| 0 | sky |" in text
    assert "road \\| path" in text
    assert "40 pixels count for nothing" in text
    assert "| a person | 300 | 25.0 % |" in text
    assert "| mean | 200.00 | 100.00 | 25.00 |" in text


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS.keys())
def test_the_code_of_the_card_runs_in_its_folder(row, items, tmp_path):
    export.export(items, CLASSES, tmp_path / "set", ExportPlan(row))
    text = (tmp_path / "set" / dataset_card.NAME).read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    compile(code, row.name, "exec")
    if row.name == "native":  # which needs nothing but what this program needs
        code += (
            "\nimage, labels = Labelled()[0]\nassert image.shape[1:] == labels.shape == (20, 30)"
        )
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "set", check=True)


def test_pictures_that_cannot_be_read_are_left_out_of_the_statistics(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"")
    assert picture_statistics.measure([tmp_path / "broken.png"]) is None

"""Export by its dialog, from the click to the files."""

import json
import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QTableWidget,
)
from taught import content, keep
from window_driver import CTRL, LEFT

from segstudio.core import png
from segstudio.formats import placing
from segstudio.ui.export_dialog import ExportDialog
from segstudio.ui.tick_box import TickBox


@pytest.fixture
def at(program, photos):
    """Three photos: a is painted and done, b is painted, c is new."""
    program.open(photos("a.png", "b.png", "c.png"))
    program.use_classes("cat", "dog")
    program.brush(20)
    program.click((30, 30))
    program.key(Qt.Key.Key_T)
    program.show(1)
    program.session.editor.change(class_index=1)
    program.click((60, 60))
    return program


@pytest.fixture
def dialog(at):
    at.key(Qt.Key.Key_E, CTRL)
    dialog = at.window.findChild(ExportDialog)
    at.until(dialog.isVisible)
    yield dialog
    at.until(lambda: not at.session.runner.running("export"))
    for left in at.window.findChildren(ExportDialog):
        left.close()


def part(dialog, name, kind=QPushButton):
    found = dialog.findChild(kind, name)
    assert found is not None
    return found


def run(at, dialog):
    QTest.mouseClick(part(dialog, "export_start"), LEFT)
    at.until(lambda: not at.session.runner.running("export"))


def title(dialog):
    return part(dialog, "report_title", QLabel).text()


def foot(dialog):
    return part(dialog, "export_foot", QLabel).text()


def test_another_format_is_written_and_proposed_the_next_time(at, dialog, tmp_path):
    formats = part(dialog, "export_formats", QListWidget)
    titles = [formats.item(row).text().split("\n")[0] for row in range(formats.count())]
    formats.setCurrentRow(titles.index("YOLO segmentation"))
    assert "not all of it fits" in foot(dialog)
    formats.setCurrentRow(titles.index("Pascal VOC"))
    assert foot(dialog).endswith("nothing is lost")
    table = part(dialog, "export_classes", QTableWidget)
    assert [table.item(row, 1).text() for row in range(2)] == ["1", "2"]
    run(at, dialog)
    assert title(dialog) == "1 of 1 masks read back and identical."
    folder = tmp_path / "photos-dataset"
    document = at.session.open_documents()[at.session.images.paths[0]]
    mask = np.array(Image.open(folder / "SegmentationClass" / "a.png"))
    assert np.array_equal(mask == 1, document.label_map == 0)  # VOC keeps 0 for the background
    assert at.session.settings.get("export.format") == "voc"


def test_done_images_are_exported_by_default_and_read_back(at, dialog, tmp_path):
    assert part(dialog, "export_done", QRadioButton).isChecked()
    assert foot(dialog).startswith("1 image, 2 classes")
    run(at, dialog)
    assert title(dialog) == "1 of 1 masks read back and identical."
    folder = tmp_path / "photos-dataset"
    document = at.session.open_documents()[at.session.images.paths[0]]
    mask = np.array(Image.open(folder / "masks" / "a.png"))
    assert np.array_equal(mask, document.label_map)
    assert (folder / "images" / "a.png").read_bytes() == document.path.read_bytes()
    rows = json.loads((folder / "classes.json").read_text())
    assert [(row["index"], row["name"]) for row in rows] == [(0, "cat"), (1, "dog")]
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["classes.json", "dataset_card.md", "export_report.json", "images", "masks"]
    )


@pytest.fixture
def model(at):
    """A model that was taught here and is in use."""
    keep(at.session.project, "flowers-v1-1a2b3c")
    at.session.versions.reload()
    at.session.settings.set("model.name", "flowers-v1-1a2b3c")
    return at.session.versions.current


@pytest.mark.parametrize("is_wanted", [True, False])
def test_the_taught_model_goes_along_unless_its_tick_is_taken_away(
    at, model, dialog, tmp_path, is_wanted
):
    tick = part(dialog, "export_model", TickBox)
    assert (tick.text(), tick.isChecked()) == ("Taught model (flowers v1)", True)
    if not is_wanted:
        tick.click()
    run(at, dialog)
    file = tmp_path / "photos-dataset" / "model" / f"{model.name}.safetensors"
    assert file.is_file() == is_wanted
    if is_wanted:
        assert file.read_bytes() == content(model.name)
        assert title(dialog).endswith("identical, and the model flowers v1.")


def test_without_a_taught_model_in_use_there_is_no_tick(dialog):
    assert dialog.findChild(TickBox, "export_model") is None


def test_all_with_labels_without_images(at, dialog, tmp_path):
    part(dialog, "export_labelled", QRadioButton).click()
    part(dialog, "export_folder", QLineEdit).setText(str(tmp_path / "out"))
    images = dialog.findChild(object, "export_images")
    images.setCurrentIndex(images.findData(False))
    run(at, dialog)
    assert title(dialog) == "2 of 2 masks read back and identical."
    assert sorted(p.name for p in (tmp_path / "out" / "masks").iterdir()) == ["a.png", "b.png"]
    assert not (tmp_path / "out" / "images").exists()


def test_the_last_stroke_is_in_the_export_before_it_is_saved(at, tmp_path):
    at.show(0)
    at.click((90, 70))
    at.action("export")
    run(at, at.window.findChild(ExportDialog))
    mask = np.array(Image.open(tmp_path / "photos-dataset" / "masks" / "a.png"))
    assert mask[70, 90] == 1
    assert np.array_equal(mask, at.labels)


def test_a_folder_with_other_files_is_refused_in_a_sentence(at, dialog, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    part(dialog, "export_folder", QLineEdit).setText(str(tmp_path / "full"))
    run(at, dialog)
    assert "holds other files" in foot(dialog)
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
    part(dialog, "export_folder", QLineEdit).setText(str(tmp_path / "free"))
    run(at, dialog)
    assert title(dialog) == "1 of 1 masks read back and identical."


def test_an_image_that_vanished_is_named_in_the_report(at, dialog):
    part(dialog, "export_labelled", QRadioButton).click()
    at.session.images.paths[0].unlink()
    run(at, dialog)
    assert title(dialog).startswith("1 of 1 masks read back and identical; 1 could not")
    assert "a.png" in part(dialog, "report", QLabel).text()


def test_cancel_writes_nothing(at, dialog, tmp_path, monkeypatch):
    entered, go = threading.Event(), threading.Event()
    write = png.write

    def slow(*values):
        entered.set()
        go.wait(5)
        write(*values)

    monkeypatch.setattr(png, "write", slow)
    QTest.mouseClick(part(dialog, "export_start"), LEFT)
    at.until(entered.is_set)
    QTest.mouseClick(part(dialog, "export_cancel"), LEFT)
    go.set()
    at.until(lambda: foot(dialog) == "Cancelled. Nothing was written.")
    assert not (tmp_path / "photos-dataset").exists()
    assert dialog.isVisible()
    run(at, dialog)
    assert title(dialog) == "1 of 1 masks read back and identical."


def test_another_project_is_not_proposed_the_folder_of_the_last(at, dialog, photos, tmp_path):
    part(dialog, "export_folder", QLineEdit).setText(str(tmp_path / "data" / "mine"))
    run(at, dialog)
    dialog.close()
    at.action("export")
    again = at.window.findChildren(ExportDialog)[-1]
    assert again.wish().folder == tmp_path / "data" / "mine"
    again.close()
    at.open(photos("z.png", folder="others"))
    at.action("export")
    other = at.window.findChildren(ExportDialog)[-1]
    assert other.wish().folder == tmp_path / "data" / "others-dataset"
    other.close()


def test_a_folder_that_is_there_already_is_not_proposed(at, tmp_path):
    (tmp_path / "photos-dataset").mkdir()
    at.action("export")
    dialog = at.window.findChild(ExportDialog)
    assert dialog.wish().folder == tmp_path / "photos-dataset-2"
    run(at, dialog)
    dialog.close()
    at.action("export")
    again = at.window.findChildren(ExportDialog)[-1]
    assert again.wish().folder == tmp_path / "photos-dataset-2"
    again.close()


def test_a_cancel_that_comes_too_late_says_what_was_written(at, dialog, tmp_path, monkeypatch):
    entered, go = threading.Event(), threading.Event()
    swap_in = placing._swap_in

    def slow(*values):
        entered.set()
        go.wait(5)
        swap_in(*values)

    monkeypatch.setattr(placing, "_swap_in", slow)
    QTest.mouseClick(part(dialog, "export_start"), LEFT)
    at.until(entered.is_set)
    QTest.mouseClick(part(dialog, "export_cancel"), LEFT)
    go.set()
    at.until(lambda: title(dialog) == "1 of 1 masks read back and identical.")
    assert (tmp_path / "photos-dataset" / "masks" / "a.png").is_file()


def test_without_images_a_sentence(program):
    program.action("export")
    assert program.window.findChild(ExportDialog) is None

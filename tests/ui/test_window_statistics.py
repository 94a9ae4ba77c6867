"""The Statistics panel in the window: counts, scopes, tables."""

import csv
from dataclasses import replace
from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.session.statistics import measure
from segstudio.ui import statistics_text
from segstudio.ui.statistics_charts import exact_share

CLASSES = ClassTable.named(["cat", "dog", "grass"])


def kept_size(program):
    return program.session.project.value("pixel_size", None)


@pytest.fixture
def counted(program, photos):
    """Two photos of which one has a dot, with the panel in front."""
    program.open(photos("a.png", "b.png"))
    program.session.set_classes(CLASSES)
    program.brush(5)
    program.click((30, 30))
    program.action("statistics")
    program.until(lambda: "cat" in said(program, "class_bars"))
    return program


def said(program, name: str) -> str:
    return program.widget(name).accessibleDescription()


def child(program, kind, name) -> QWidget:
    found = program.window.statistics_panel.findChild(kind, name)
    assert found is not None
    return found


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """The file that the dialog answers with."""
    path = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    return path


def test_the_open_image_counts_as_it_is_painted(counted):
    counts = counted.document.counts
    assert f"cat: {int(counts[0])} px" in said(counted, "class_bars")
    assert "in 1 image" in said(counted, "class_bars")
    counted.session.editor.change(class_index=1)
    counted.click((60, 60))
    counted.until(lambda: f"dog: {int(counts[1])} px" in said(counted, "class_bars"))
    assert counts[1] > 0
    assert f"Person: {int(counts[0] + counts[1])} px" in said(counted, "ink_bar")


def test_this_image_and_all_images_are_two_counts(counted):
    counted.session.images.change(
        counted.session.images.path_at(1), classes=((1, 500),), state=ImageState.SEGMENTED
    )
    counted.click((90, 30))
    counted.until(lambda: "dog: 500 px" in said(counted, "class_bars"))
    assert counted.widget("states_line").isVisible()
    counted.click_button("scope_of_numbers_this")
    counted.until(lambda: "dog: 0 px" in said(counted, "class_bars"))
    assert "image" not in said(counted, "class_bars")
    assert not counted.widget("states_line").isVisible()


def test_nothing_labelled_is_said_and_cannot_be_exported(program, photo):
    program.open(photo)
    program.action("statistics")
    program.until(lambda: program.widget("states_line").text().endswith("new"))
    assert not program.widget("class_bars").isVisible()
    assert not program.widget("statistics_export").isEnabled()


def test_totals_are_written_as_shown(counted, chosen):
    counted.click_button("statistics_export")
    counted.until(chosen.exists)
    assert [(r["class"], r["images"]) for r in rows(chosen)[:2]] == [("cat", "1"), ("dog", "0")]
    counted.until(lambda: counted.window.frame.toast.text() == "table.csv is written")


def test_areas_are_in_the_unit_of_the_project(counted, chosen):
    counted.click_button("statistics_cog")
    field = child(counted, QLineEdit, "pixel_size")
    QTest.keyClicks(field, "0,5 mm")
    QTest.keyClick(field, Qt.Key.Key_Return)
    counted.until(lambda: kept_size(counted) == {"size": 0.5, "unit": "mm"})
    counted.action("export_areas")
    counted.until(chosen.exists)
    cat = rows(chosen)[0]
    assert (cat["image"], cat["class"], cat["unit"]) == ("a.png", "cat", "mm²")
    assert float(cat["area"]) == counted.document.counts[0] / 4


def test_the_size_of_a_pixel_comes_back_with_the_project(counted, photos):
    counted.window.statistics_panel.pixel_size_requested.emit("3 m")
    counted.saved()
    counted.open(photos("c.png", folder="others"))
    counted.click_button("statistics_cog")
    field = child(counted, QLineEdit, "pixel_size")
    assert field.text() == ""
    counted.window.statistics_panel.settings().hide()
    counted.open(photos())
    counted.click_button("statistics_cog")
    assert field.text() == "3 m"
    counted.window.statistics_panel.settings().hide()


def test_a_size_that_cannot_be_read_is_told_and_nothing_is_kept(counted):
    counted.click_button("statistics_cog")
    field = child(counted, QLineEdit, "pixel_size")
    QTest.keyClicks(field, "half")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert kept_size(counted) is None
    settings = counted.window.statistics_panel.settings()
    assert settings.isVisible()
    assert "such as 0.5 µm" in settings.problem()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not settings.isVisible()
    assert kept_size(counted) is None


def test_esc_leaves_the_size_of_a_pixel_as_it_was(counted):
    counted.click_button("statistics_cog")
    field = child(counted, QLineEdit, "pixel_size")
    QTest.keyClicks(field, "2 m")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    counted.saved()
    assert kept_size(counted) is None


def test_a_table_that_cannot_be_written_is_told(counted, chosen):
    chosen.mkdir()
    counted.action("export_areas")
    counted.until(lambda: "table.csv could not be written" in counted.banner)


def test_areas_without_images_are_refused_in_words(program):
    program.action("export_areas")
    assert "Open images first" in program.banner


# Words


def labelled(*pairs, **fields):
    return ImageRecord("a", classes=pairs, **fields)


def test_warnings_are_sentences():
    images = [labelled((0, 100_000), part=Part.TRAINING)] * 9
    images += [labelled((0, 100_000), (1, 5), part=Part.TRAINING)]
    images += [labelled((0, 100_000), part=Part.TEST)]
    shown = statistics_text.shown(measure(images), CLASSES, of_all=True)
    assert shown.warnings == (
        "dog is in 1 image only.",
        "dog is in no test image.",
        "grass is in no image yet.",
    )


def test_many_warnings_are_cut_with_their_number():
    classes = ClassTable.named([f"class {n}" for n in range(40)])
    shown = statistics_text.shown(measure([labelled((0, 5))] * 10), classes, of_all=True)
    assert len(shown.warnings) == 13
    assert shown.warnings[-1] == "And 27 more."


def test_states_and_days_are_told():
    done = labelled((0, 5), state=ImageState.DONE, done_at=datetime(2026, 11, 3, 12).timestamp())
    images = [done, replace(done, state=ImageState.CHECKED), labelled(state=ImageState.IN_WORK)]
    shown = statistics_text.shown(measure(images), CLASSES, of_all=True)
    assert shown.states.replace("\N{NO-BREAK SPACE}", " ") == "1 done · 1 checked · 1 in work"
    assert shown.days == ((date(2026, 11, 3), 2),)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.00001, "<0.01 %"), (0.0005, "0.05 %"), (0.1234, "12.3 %"), (1, "100.0 %")],
)
def test_small_shares_do_not_read_as_nothing(share, text):
    assert exact_share(share) == text

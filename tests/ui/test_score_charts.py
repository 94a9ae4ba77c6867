"""Charts of scores, and the dialogs of versions and first looks around them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from segstudio.core.first_look import FirstLook
from segstudio.core.model_version import ModelVersion
from segstudio.ui import first_look_text, version_text
from segstudio.ui.first_looks_dialog import FirstLooksDialog
from segstudio.ui.lesson_chart import round_above
from segstudio.ui.score_chart import ScoreChart, ScorePoint
from segstudio.ui.versions_dialog import VersionsDialog

LEFT = Qt.MouseButton.LeftButton
FIRST = ModelVersion(
    1, "f-v1", "F v1", classes=((0, "cat"),), held_out=("a",), after=0.4, made_at=1e9, author="Anna"
)
SECOND = replace(
    FIRST, number=2, name="f-v2", title="F v2", parent="f-v1", verdict="better", before=0.4,
    after=0.6,
)  # fmt: skip
OTHER = replace(
    SECOND, number=3, name="f-v3", title="F v3", held_out=("a", "b"), verdict="not comparable"
)


def part(dialog, name) -> QWidget:
    found = dialog.findChild(QWidget, name)
    assert found is not None, name
    return found


def words(dialog, name):
    found = dialog.findChild(QLabel, name)
    assert found is not None, name
    return "" if found.isHidden() else found.text()


# The chart -----------------------------------------------------------------------------------


@pytest.fixture
def chart(qtbot, show):
    chart = ScoreChart("scores", "Scores")
    qtbot.addWidget(chart)
    chart.resize(400, 200)
    points = [ScorePoint(key, score, f"{key}: {score}") for key, score in (("a", 0.2), ("b", 0.9))]
    chart.set_points(points, [0.2, 0.55], foot=("", ""))
    return show(chart)


def test_a_click_on_a_point_asks_for_what_it_is_of_and_one_elsewhere_for_nothing(chart):
    asked = []
    chart.chosen.connect(asked.append)
    place = chart.place_of(1).toPoint()
    QTest.mouseClick(chart, LEFT, pos=place)
    QTest.mouseClick(chart, LEFT, pos=place + QPoint(0, 60))
    assert asked == ["b"]
    assert chart.tip_at(place) == "b: 0.9"


def test_keys_go_from_point_to_point(chart):
    asked = []
    chart.chosen.connect(asked.append)
    QTest.keyClick(chart, Qt.Key.Key_Return)  # none is marked yet
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "a: 0.2"
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert asked == ["b", "a"]


@given(st.floats(1e-6, 1e6))
def test_the_top_of_an_axis_is_above_and_at_most_two_and_a_half_times_a_value(value):
    top = round_above(value)
    assert value <= top * (1 + 1e-9)
    assert top <= 2.5 * value * (1 + 1e-9)


# Versions ------------------------------------------------------------------------------------


@pytest.fixture
def versions(qtbot, show):
    dialog = VersionsDialog()
    qtbot.addWidget(dialog)
    show(dialog)
    return dialog


def shown(dialog, *all_versions, current="f-v2"):
    titles = {version.name: version.title for version in all_versions}
    dialog.set_versions(all_versions, current, colours={0: (255, 0, 0)}, titles=titles)


def test_without_versions_it_says_how_there_come_to_be_some(versions):
    assert "then Teach (Ctrl+T)" in words(versions, "versions_empty")
    assert not part(versions, "version_chart").isVisible()


def test_versions_are_listed_newest_first_with_score_time_and_author(versions):
    shown(versions, FIRST, SECOND)
    model = part(versions, "version_list").model()
    said = [
        model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(model.rowCount())
    ]
    assert said[0].startswith("F v2, IoU 0.40 → 0.60 · 1 image · 1 class")
    assert said[0].endswith("Anna, In use")
    assert said[1].startswith("F v1, IoU 0.40 ·")


def test_one_click_goes_back_and_the_one_in_use_cannot_be_removed(versions):
    shown(versions, FIRST, SECOND)
    used, removed, kept = [], [], []
    versions.use_requested.connect(used.append)
    versions.remove_requested.connect(removed.append)
    versions.keep_requested.connect(kept.append)
    versions.choose(2)
    assert part(versions, "version_in_use").isVisible()
    assert not part(versions, "version_use").isVisible()
    assert not part(versions, "version_remove").isVisible()
    versions.choose(1)
    part(versions, "version_use").click()
    part(versions, "version_keep").click()
    part(versions, "version_remove").click()
    assert (used, removed, kept) == ([1], [], [1])
    assert "Remove F v1?" in versions.bar.text
    part(versions, "message_do").click()
    assert removed == [1]


def test_a_click_on_the_chart_looks_at_that_version(versions):
    shown(versions, FIRST, SECOND)
    chart = part(versions, "version_chart")
    assert chart.isVisible()
    QTest.mouseClick(chart, LEFT, pos=chart.place_of(0).toPoint())
    assert part(versions, "version_title").whole_text() == "F v1"


def test_a_line_joins_only_versions_that_can_be_compared():
    points = version_text.points((FIRST, replace(SECOND, after=None), SECOND, OTHER), "f-v2")
    assert [point.is_joined for point in points] == [False, True, False]
    assert [point.is_current for point in points] == [False, True, False]
    assert version_text.score_line(OTHER) == "IoU 0.60"


# First looks ---------------------------------------------------------------------------------

LOOKS = [
    FirstLook(f"{n}.png", "old" if n < 3 else "new", n, 1e9 + n, miou=0.4, accuracy=0.1 * n)
    for n in range(8)
]


@pytest.fixture
def looks(qtbot, show):
    dialog = FirstLooksDialog()
    qtbot.addWidget(dialog)
    show(dialog)
    return dialog


def test_without_looks_it_says_how_it_fills(looks):
    assert "mark them done (T)" in words(looks, "first_looks_empty")
    assert not part(looks, "first_look_chart").isVisible()


def test_scores_are_shown_in_order_and_a_click_opens_the_image(looks):
    looks.set_looks(LOOKS, {"new": "Cats v2"})
    assert words(looks, "first_look_line") == (
        "The last 5 images: 50.0 % of pixels right · before that 10.0 %"
    )
    assert part(looks, "first_look_legend").accessibleDescription() == "old, Cats v2"
    opened = []
    looks.image_requested.connect(opened.append)
    chart = part(looks, "first_look_chart")
    QTest.mouseClick(chart, LEFT, pos=chart.place_of(6).toPoint())
    assert opened == ["6.png"]
    assert "by Cats v2" in chart.tip_at(chart.place_of(6).toPoint())
    part(looks, "first_look_measure_miou").click()
    assert "mean IoU 0.40" in words(looks, "first_look_line")


@given(st.lists(st.floats(0, 1), max_size=20), st.integers(1, 6))
def test_a_running_mean_is_of_the_last_few(scores, window):
    means = first_look_text.running_means(scores, window)
    assert len(means) == len(scores)
    for end, mean in enumerate(means, start=1):
        last = scores[:end][-window:]
        assert mean == pytest.approx(sum(last) / len(last))

"""The list of models and the card of one of them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from shelf_models import LICENCE, every_kind
from stub_engine import StubClient

from segstudio.core.classes import ClassTable
from segstudio.ui import model_text
from segstudio.ui.class_cloud import ClassCloud
from segstudio.ui.models_page import ModelsPage

MODELS = every_kind(StubClient().models[0])
DEEDS = ("use", "fetch", "compare", "default", "values", "rename", "export", "remove")
DEEDS += ("cancel_fetch",)


@pytest.fixture
def page(qtbot, show):
    page = ModelsPage()
    qtbot.addWidget(page)
    qtbot.addWidget(page.import_button)
    page.resize(820, 480)
    page.set_models(MODELS, used="scenes", can_compare=True)
    return show(page)


def child(page, name, kind=QWidget):
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def possible(page):
    return {deed for deed in DEEDS if child(page, f"model_{deed}").isVisible()}


def rows(page):
    return [row if isinstance(row, str) else row.title for row in page.list.models.rows]


def test_models_are_listed_in_groups_and_the_one_in_use_is_looked_at(page):
    assert rows(page) == [
        "With the program",
        "Scenes",
        "Added by you",
        "Mine",
        "Museum",
        "Broken",
        "To be fetched",
        "VOC",
    ]
    assert page.list.current == "scenes"
    assert child(page, "model_state").text() == "In use · Default"


def test_models_taught_in_the_project_come_first_and_their_file_is_the_project_s(page):
    taught = replace(MODELS[1], name="cats-v1", title="Cats v1", kind="taught")
    page.set_models((*MODELS, taught), used="scenes", can_compare=True)
    assert rows(page)[:3] == ["This project", "Cats v1", "With the program"]
    page.choose("cats-v1")
    assert possible(page) == {"use", "compare", "export"}


def test_arrow_keys_go_from_model_to_model_past_the_headings(page):
    seen = []
    for _ in range(4):
        seen.append(page.list.current)
        QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert [*seen, page.list.current] == ["scenes", "mine", "nc", "broken", "voc"]


@pytest.mark.parametrize(
    ("name", "deeds"),
    [
        ("scenes", {"compare", "export"}),
        ("mine", {"use", "compare", "default", "rename", "values", "export", "remove"}),
        ("broken", {"remove"}),
        ("voc", {"fetch"}),
    ],
)
def test_only_what_can_be_done_is_offered(page, name, deeds):
    page.choose(name)
    assert possible(page) == deeds


def test_a_model_that_is_gone_gives_way_to_its_neighbour(page):
    page.choose("nc")
    page.set_models([m for m in MODELS if m.name != "nc"], used="scenes", can_compare=False)
    assert page.list.current == "broken"
    page.set_models([], used="", can_compare=False)
    assert page.list.current == ""
    assert not page.card.isVisible()


def test_a_damaged_file_says_what_is_wrong_with_it(page):
    page.choose("broken")
    assert child(page, "model_problem").text() == "It ends too early."


def test_a_licence_that_forbids_use_for_money_is_in_the_colour_of_warnings(page):
    page.choose("nc")
    QApplication.processEvents()
    texts = [w for w in child(page, "model_facts").findChildren(QLabel) if LICENCE in w.text()]
    shown = [w for w in texts if w.isVisible()]
    assert [w.property("role") for w in shown] == ["warning"]
    assert "Not for commercial use" in shown[0].text()


def test_a_fetch_is_told_in_the_list_and_on_the_card(page):
    page.choose("voc")
    assert child(page, "model_fetch").text() == "Fetch 13.1 MB"
    page.set_shares({"voc": 0.0})
    assert "connecting" in child(page, "model_fetch_line").text()
    page.set_shares({"voc": 0.5})
    assert child(page, "model_fetch_line").text() == "Fetching: 6.5 MB of 13.1 MB, 50 %"
    assert possible(page) == {"cancel_fetch"}
    index = page.list.models.index(page.list.models.row_of("voc"))
    assert "50 % of 13.1 MB" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_fetch_that_is_being_stopped_says_so(page):
    page.choose("voc")
    page.set_shares({"voc": 0.5})
    QTest.mouseClick(child(page, "model_cancel_fetch"), Qt.MouseButton.LeftButton)
    page.set_shares({"voc": 0.6})
    assert child(page, "model_fetch_line").text() == "Stopping…"
    page.set_shares({})
    assert possible(page) == {"fetch"}
    page.set_shares({"voc": 0.7})
    assert "70 %" in child(page, "model_fetch_line").text()


def test_a_title_that_is_empty_or_the_same_is_no_wish(page, qtbot):
    page.choose("mine")
    wishes = []
    page.card.rename_requested.connect(lambda *wish: wishes.append(wish))
    for text in ("", "  ", "Mine", "Street"):
        QTest.mouseClick(child(page, "model_rename"), Qt.MouseButton.LeftButton)
        field = child(page, "model_rename_field", QLineEdit)
        field.setText(text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert wishes == [("mine", "Street")]


def test_what_is_not_known_is_left_out():
    bare = replace(MODELS[1], miou=None, parameters=None, licence="", source="", note="")
    bare = replace(bare, mean=(), std=())
    labels = [fact.label for fact in model_text.facts(bare)]
    assert labels == ["Works at", "Size", "Licence", "File"]


def test_what_a_model_says_stands_before_what_is_usual():
    built = replace(MODELS[1], arguments={"decoder_channels": 64, "dropout": False})
    usual = {"encoder_depth": "5", "decoder_channels": "128", "dropout": "true"}
    lines = {fact.label: fact.text for fact in model_text.facts(built, usual)}
    assert lines["Built with"] == "encoder depth 5, decoder channels 64, dropout no"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1_383_688, "1.4 MB"), (2_000, "2 kB"), (1.25e9, "1.2 GB")],
)
def test_sizes_are_told_as_people_do(size, text):
    assert model_text.size_text(int(size)) == text


def test_classes_are_wrapped_and_all_of_them_are_told_to_screen_readers(qtbot):
    cloud = ClassCloud("cloud")
    qtbot.addWidget(cloud)
    assert cloud.heightForWidth(200) == 0
    table = ClassTable.named(f"class number {at}" for at in range(150))
    cloud.set_entries((entry.name, entry.colour) for entry in table)
    assert cloud.heightForWidth(200) > cloud.heightForWidth(400) > cloud.heightForWidth(20_000)
    assert cloud.accessibleDescription().count(", ") == 149

"""How a model from elsewhere is taken in: what is marked, what may be changed, what is refused."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget
from stub_shelf import StubShelf

from segstudio.ui.model_import_form import ModelImportForm

PROPOSAL = replace(StubShelf(None).proposal, path="/a/net.pth")


@pytest.fixture
def form(qtbot, show):
    form = ModelImportForm()
    qtbot.addWidget(form)
    form.resize(820, 520)
    form.set_proposal(PROPOSAL)
    return show(form)


def child(form, name, kind=QWidget):
    found = form.findChild(kind, name)
    assert found is not None, name
    return found


def write(form, name, text):
    field = child(form, name)
    field.selectAll()
    if isinstance(field, QLineEdit):
        QTest.keyClicks(field, text)
    else:
        field.insertPlainText(text)


def problem(form):
    can_import = child(form, "import_start").isEnabled()
    return "" if can_import else child(form, "import_problem").text()


def taken(form, qtbot):
    """What Import would take in."""
    with qtbot.waitSignal(form.import_requested, timeout=1000) as wait:
        QTest.mouseClick(child(form, "import_start"), Qt.MouseButton.LeftButton)
    return wait.args[0]


def test_what_is_left_as_it_is_comes_back_as_it_was(form, qtbot):
    assert taken(form, qtbot) == PROPOSAL


def test_digits_that_are_not_shown_are_kept(form, qtbot):
    third = 1 / 3
    form.set_proposal(replace(PROPOSAL, mean=(third,) * 3, std=(0.2,) * 3))
    assert child(form, "import_mean").text() == "0.3333 0.3333 0.3333"
    write(form, "import_std", "0.1 0.2 0.3")
    made = taken(form, qtbot)
    assert (made.mean, made.std) == ((third,) * 3, (0.1, 0.2, 0.3))


def test_what_is_certain_of_the_network_is_told_and_not_asked(form):
    assert child(form, "import_network").text() == "deeplabv3plus on resnet18"
    assert not child(form, "import_architecture").isVisible()
    assert not child(form, "import_encoder").isVisible()


def test_what_had_to_be_assumed_is_marked(form):
    names = ("title", "architecture", "classes", "mean", "channel_order", "short_side", "licence")
    marked = {name for name in names if child(form, f"assumed_{name}").isVisible()}
    assert marked == {"mean", "channel_order"}


def test_everything_can_be_changed(form, qtbot):
    write(form, "import_title", "Portraits")
    write(form, "import_name", "portraits")
    write(form, "import_classes", "ground\n human \n\n")
    child(form, "import_normalisation").setCurrentText("−1 to 1")
    QTest.mouseClick(child(form, "import_order_bgr"), Qt.MouseButton.LeftButton)
    child(form, "import_short_side").setValue(224)
    assert taken(form, qtbot) == replace(
        PROPOSAL,
        title="Portraits",
        name="portraits",
        classes=("ground", "human"),
        mean=(0.5,) * 3,
        std=(0.5,) * 3,
        channel_order="bgr",
        short_side=224,
    )


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("person", "The model has 2 classes, and 1 name is written."),
        ("a\nb\nc", "The model has 2 classes, and 3 names are written."),
        ("person\nPerson", "Two classes have the same name."),
        ("person\nsky", ""),
    ],
)
def test_classes_have_to_be_as_many_as_the_model_has(form, names, sentence):
    write(form, "import_classes", names)
    assert problem(form) == sentence


def test_a_list_that_is_known_gives_the_names_and_can_be_taken_back(form):
    camvid = child(form, "import_classes_menu", QMenu).actions()[3]
    camvid.trigger()
    assert "11 names" in problem(form)
    child(form, "import_classes").undo()
    assert problem(form) == ""


def test_own_mean_and_deviation_have_to_be_numbers_for_each_channel(form, qtbot):
    assert child(form, "import_normalisation").currentText() == "As for ImageNet"
    child(form, "import_normalisation").setCurrentText("Own mean and deviation")
    for text in ("0.5 0.5", "a b c", "nan 0 0", "1e999 0 0", ""):
        write(form, "import_mean", text or " ")
        assert problem(form)
    write(form, "import_mean", "0.5, 0.25, 0.125")
    write(form, "import_std", "0 0 0")
    assert problem(form) == "A deviation has to be larger than 0."
    write(form, "import_std", "1 2 3")
    assert taken(form, qtbot).mean == (0.5, 0.25, 0.125)


def test_a_model_of_one_channel_has_no_order_of_colours(form):
    form.set_proposal(replace(PROPOSAL, mean=(0.5,), std=(0.5,)))
    assert child(form, "import_normalisation").currentText() == "−1 to 1"
    assert not child(form, "import_order").isVisible()
    assert not child(form, "assumed_channel_order").isVisible()


def test_an_architecture_is_chosen_where_several_fit(form, qtbot):
    unknown = replace(
        PROPOSAL,
        architecture="",
        encoder="",
        choices=("unet", "fpn"),
        assumed=("architecture", "encoder"),
    )
    form.set_titles({"fpn": "FPN"}.get)
    form.set_proposal(unknown)
    assert problem(form)
    child(form, "import_architecture").setCurrentText("FPN")
    assert problem(form) == "Write the name of the encoder."
    write(form, "import_encoder", "resnet50")
    made = taken(form, qtbot)
    assert (made.architecture, made.encoder) == ("fpn", "resnet50")


def test_a_licence_that_forbids_use_for_money_is_named_before_import(form, qtbot):
    form.set_proposal(replace(PROPOSAL, licence="CC BY-NC 4.0", is_commercial=False))
    assert child(form, "import_licence").text() == "CC BY-NC 4.0"
    assert child(form, "import_start").text() == "Import anyway"
    assert child(form, "import_problem").text() == "CC BY-NC 4.0 does not allow commercial use."
    child(form, "import_not_commercial").click()
    assert child(form, "import_start").text() == "Import"
    assert taken(form, qtbot).is_commercial

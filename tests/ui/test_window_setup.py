"""The class card: what is chosen in it counts, even before its button is clicked."""

from PySide6.QtWidgets import QPlainTextEdit, QRadioButton

from segstudio.core.merge import LEAVE_UNLABELLED


def type_own(program, text):
    program.window.class_panel.findChild(QRadioButton, "setup_own").click()
    field = program.window.class_panel.findChild(QPlainTextEdit, "setup_names")
    field.setPlainText(text)
    return field


def test_segment_takes_the_names_that_were_typed(program, photo):
    program.open(photo)
    type_own(program, "sky\ngrass")
    program.segment()
    assert [c.name for c in program.session.classes] == ["sky", "grass"]


def test_segment_waits_for_names_that_can_be_used(program, photo):
    program.open(photo)
    type_own(program, "sky\nSky")
    program.click_button("segment_button")
    assert not len(program.session.classes)
    assert program.steps == 0


def test_a_stroke_takes_the_names_that_were_typed(program, photo):
    program.open(photo)
    type_own(program, "zebra\ngrass")
    program.brush(6)
    program.drag((20, 20), (40, 20))
    assert [c.name for c in program.session.classes] == ["zebra", "grass"]
    assert program.labels[20, 30] == 0


def test_what_was_chosen_and_typed_stays_when_models_are_announced(program, photo):
    program.open(photo)
    field = type_own(program, "sky\ngrass")
    model = program.session.segmenting.models[0]
    program.window.class_panel.set_model_knows(model.title, model.classes)
    assert field.isVisible()
    program.segment()
    assert [c.name for c in program.session.classes] == ["sky", "grass"]


def test_a_renamed_class_keeps_its_match(program, photo):
    program.open(photo)
    program.segment()
    session = program.session
    model = session.segmenting.models[0]
    before = session.book.match(model)

    program.window.class_panel.rename_requested.emit(0, "somebody")

    assert session.classes.name_of(0) == "somebody"
    assert session.book.match(model) == before
    assert LEAVE_UNLABELLED not in before.targets


def test_the_banner_of_an_image_goes_with_it(program, photos):
    folder = photos("a.png", "b.png", "c.png")
    (folder / "b.png").write_bytes(b"nothing")
    program.open(folder)
    program.session.show_image(1)
    program.until(lambda: program.banner.startswith("b.png"))
    program.session.show_image(2)
    program.settle()
    assert not program.window.frame.banner.isVisible()


def test_a_stroke_over_a_locked_class_says_that_it_is_locked(program, photo):
    program.open(photo)
    program.segment()
    program.session.edit_classes(lambda table: table.changed(0, locked=True))
    program.session.editor.change(class_index=2)
    with program.qtbot.waitSignal(program.session.editor.refused) as refused:
        program.brush(6)
        program.session.editor.change(class_index=2)
        program.drag((10, 40), (16, 40))
    assert refused.args == ["Nothing painted: person is locked (right click unlocks)"]

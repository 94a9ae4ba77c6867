"""Each layer, pixel by pixel, and that parts painted for themselves join."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QImage, QPainter

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.machine_labels import UNKNOWN
from segstudio.core.palette import SAFE_COLOURS
from segstudio.ui import class_colours
from segstudio.ui.camera import Camera
from segstudio.ui.confidence_layer import VIOLET, ConfidenceLayer
from segstudio.ui.difference_layer import STEP_PX, DifferenceLayer
from segstudio.ui.image_adjustment import Adjustment, Channel, levels, made_for
from segstudio.ui.image_layer import ImageLayer
from segstudio.ui.ink_layer import YELLOW, InkLayer
from segstudio.ui.overlay_layer import OverlayLayer, OverlayState, OverlayStyle

SIZE = (120, 160)
SCREEN = QRect(0, 0, *SIZE[::-1])
GROUND = 128


@pytest.fixture
def document() -> Document:
    """Four quarters by nobody, model, refinement and person; doubt grows to the right."""
    height, width = SIZE
    labels = np.full(SIZE, 255, np.uint8)
    ink = np.zeros(SIZE, np.uint8)
    quarters = {Ink.MODEL: (0, 1), Ink.REFINEMENT: (1, 0), Ink.PERSON: (1, 1)}
    for author, (row, column) in quarters.items():
        part = np.s_[row * 60 : row * 60 + 60, column * 80 : column * 80 + 80]
        labels[part], ink[part] = int(author), author
    image = np.full((height, width, 3), GROUND, np.uint8)
    confidence = np.tile(np.linspace(255, 0, width).astype(np.uint8), (height, 1))
    return Document(Path("a.png"), image, labels=labels, ink=ink, confidence=confidence)


def drawn(draw, parts=(SCREEN,), camera=None) -> np.ndarray:
    """What is on a grey screen once the parts have been painted, (H, W, 3) in RGB."""
    picture = QImage(SIZE[1], SIZE[0], QImage.Format.Format_RGB32)
    picture.fill(0xFF808080)
    for part in parts:
        painter = QPainter(picture)
        painter.setClipRect(part)
        draw(painter, part, camera or Camera(1.0), 1.0)
        painter.end()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(*SIZE, 4)
    return pixels[..., 2::-1].astype(int)


def of(layer, document, *, visible=False):
    """The layer alone; with the labels where they are visible."""
    table = ClassTable.named([f"class {number}" for number in range(20)])
    overlay = OverlayLayer(document, OverlayState(table, visible=visible))
    overlay.set_layer(layer)
    return overlay.paint


def blend(colour, alpha):
    return [GROUND + (part - GROUND) * alpha for part in colour]


def test_violet_follows_the_doubt_and_spares_what_a_person_decided(document):
    shot = drawn(of(ConfidenceLayer(), document))
    doubt = 1 - document.confidence[10, 140] / 255
    assert shot[10, 140] == pytest.approx(blend(VIOLET, 0.7 * doubt), abs=2)
    assert shot[10, 2].tolist() == [GROUND] * 3  # surer than 95 %
    assert shot[100, 140].tolist() == [GROUND] * 3  # a person's


def test_the_slider_hides_what_is_surer(document):
    layer = ConfidenceLayer()
    layer.set_hides_above(50)
    shot = drawn(of(layer, document))
    assert shot[10, 60].tolist() == [GROUND] * 3
    assert shot[10, 100].tolist() != [GROUND] * 3
    layer.set_hides_above(100)
    assert drawn(of(layer, document))[10, 60].tolist() != [GROUND] * 3


def test_authors_are_told_by_colour_and_by_pattern(document):
    shot = drawn(of(InkLayer(), document))
    nobody, model, refinement, person = (
        shot[row : row + 40, column : column + 60].reshape(-1, 3)
        for row, column in ((10, 10), (10, 90), (70, 10), (70, 90))
    )
    assert len(np.unique(nobody, axis=0)) == 1
    assert nobody[0].tolist() == [GROUND] * 3
    assert len(np.unique(model, axis=0)) == 1
    assert model[0].tolist() != [GROUND] * 3
    assert len(np.unique(refinement, axis=0)) == 2
    assert len(np.unique(person, axis=0)) == 2
    assert np.median(person, axis=0) == pytest.approx(blend(YELLOW, 150 / 255), abs=2)


def test_stripes_show_what_the_model_said_only_where_the_labels_are_otherwise(document):
    colours = ClassTable.named(["a", "b", "c", "d", "e"]).colour_table()
    layer = DifferenceLayer()
    layer.set_colours(colours)
    said = document.label_map.astype(np.int16)
    said[60:, 80:] = 4
    said[:60, :80] = UNKNOWN
    layer.set_said(said)
    shot = drawn(of(layer, document))
    assert (shot[:60] == GROUND).all()
    assert (shot[60:, :80] == GROUND).all()
    row = shot[90, 90 : 90 + 2 * STEP_PX]
    assert (row == colours[4]).all(axis=1).any()
    assert (row == GROUND).all(axis=1).any()


def test_a_layer_that_covers_areas_has_the_outlines_over_it(document):
    document.label_map[60:, 80:] = 3
    alone = drawn(of(ConfidenceLayer(), document))
    shot = drawn(of(ConfidenceLayer(), document, visible=True))
    assert (shot[20:40, 100:150] == alone[20:40, 100:150]).all()
    colour = list(ClassTable.named(["a", "b", "c", "d"]).get(3).colour)
    assert (shot[60, 100:140] == colour).all(axis=1).all()


def test_the_difference_needs_to_know_what_was_said(document):
    assert (drawn(of(DifferenceLayer(), document)) == GROUND).all()


def test_safe_colours_change_the_picture_and_not_the_classes(document):
    table = ClassTable.named(["a", "b", "c", "d"])
    before = table.colour_table()
    layer = OverlayLayer(document, OverlayState(table, opacity=1.0, safe=True))
    shot = drawn(layer.paint)
    assert shot[10, 100].tolist() == list(SAFE_COLOURS[1])
    assert shot[100, 100].tolist() == list(SAFE_COLOURS[3])
    assert np.array_equal(table.colour_table(), before)


def test_classes_beyond_the_eighth_are_hatched(document):
    names = [f"class {number}" for number in range(20)]
    table = ClassTable.named(names)
    document.label_map[:60] = 0
    document.label_map[60:] = 8
    layer = OverlayLayer(document, OverlayState(table, opacity=1.0, safe=True))
    shot = drawn(layer.paint)
    assert len(np.unique(shot[5:55].reshape(-1, 3), axis=0)) == 1
    plain, hatched = shot[5, 5], shot[65:115].reshape(-1, 3)
    assert len(np.unique(hatched, axis=0)) == 2
    assert (hatched == plain).all(axis=1).mean() > 0.5
    looks = {class_colours.hatch_table(table)[index] for index in (0, 8, 16)}
    assert len(looks) == 3


def test_labels_before_the_last_step_take_the_place_of_those_now(document):
    table = ClassTable.named(["a", "b", "c", "d"])
    layer = OverlayLayer(document, OverlayState(table, opacity=1.0))
    earlier = document.planes.cut(_all(document))
    earlier.labels[:] = 0
    layer.show_earlier(earlier)
    assert drawn(layer.paint)[100, 100].tolist() == list(table.get(0).colour)
    layer.show_earlier(None)
    assert drawn(layer.paint)[100, 100].tolist() == list(table.get(3).colour)


def _all(document):
    from segstudio.core.region import whole

    return whole(document.label_map)


@pytest.mark.parametrize("kind", ["confidence", "ink", "difference", "safe", "adjusted"])
@pytest.mark.parametrize("scale", [0.37, 1.0, 3.3])
def test_parts_painted_for_themselves_join(document, kind, scale):
    draw = _painter(kind, document)
    camera = Camera(scale, QPointF(3, -5) if scale > 1 else QPointF(11, 7))
    parts = [QRect(0, 0, 61, 47), QRect(61, 0, 99, 47), QRect(0, 47, 160, 73)]
    whole = drawn(draw, camera=camera)
    assert np.abs(drawn(draw, parts, camera) - whole).max() <= 1


def _painter(kind, document):
    table = ClassTable.named([f"class {number}" for number in range(20)])
    if kind == "safe":
        document.label_map[20:90, 30:130] = 17
        state = OverlayState(table, style=OverlayStyle.BOTH, safe=True)
        return OverlayLayer(document, state).paint
    if kind == "adjusted":
        document.image[:] = np.random.default_rng(0).integers(0, 255, document.image.shape)
        layer = ImageLayer(document)
        layer.adjust = made_for(Adjustment(contrast=20), document)
        return layer.paint
    if kind == "difference":
        layer = DifferenceLayer()
        layer.set_colours(table.colour_table())
        layer.set_said(np.full(SIZE, 7, np.int16))
        return of(layer, document, visible=True)
    layer = ConfidenceLayer() if kind == "confidence" else InkLayer()
    return of(layer, document, visible=True)


@pytest.mark.parametrize("kind", ["confidence", "ink", "difference"])
def test_an_image_of_one_pixel_is_drawn(kind):
    one = Document(
        Path("a.png"), np.zeros((1, 1, 3), np.uint8), confidence=np.zeros((1, 1), np.uint8)
    )
    layer = {"confidence": ConfidenceLayer(), "ink": InkLayer(), "difference": DifferenceLayer()}[
        kind
    ]
    if kind == "difference":
        layer.set_said(np.full((1, 1), 3, np.int16))
    one.ink[:] = Ink.MODEL
    shot = drawn(of(layer, one, visible=True), camera=Camera(40.0))
    assert (shot[:40, :40] != GROUND).any()
    assert (shot[60:, 60:] == GROUND).all()


# The image adjusted


def adjusted(document, adjustment) -> np.ndarray:
    layer = ImageLayer(document)
    layer.adjust = made_for(adjustment, document)
    return drawn(layer.paint)


def test_an_image_is_shown_brighter_and_stays_what_it_is(document):
    before = document.image.copy()
    assert adjusted(document, Adjustment(brightness=40))[5, 5, 0] == pytest.approx(128 + 51, abs=2)
    assert adjusted(document, Adjustment(gamma=50))[5, 5, 0] > 150
    assert adjusted(document, Adjustment(contrast=-100, brightness=-100))[5, 5, 0] == 0
    assert np.array_equal(document.image, before)


def test_neutral_is_the_image_itself(document):
    assert made_for(Adjustment(), document) is None


def test_one_channel_is_shown_as_grey(document):
    document.image[:] = (10, 90, 200)
    for channel, level in ((Channel.RED, 10), (Channel.GREEN, 90), (Channel.BLUE, 200)):
        shot = adjusted(document, Adjustment(channel=channel))
        assert shot[5, 5].tolist() == [level] * 3
    grey = adjusted(document, Adjustment(channel=Channel.GREY))[5, 5]
    assert len(set(grey.tolist())) == 1


def test_auto_levels_use_all_of_black_to_white(document):
    document.image[:] = np.linspace(60, 120, SIZE[1]).astype(np.uint8)[None, :, None]
    low, high = levels(document, Channel.COLOUR)
    assert 58 <= low <= 64
    assert 116 <= high <= 122
    shot = adjusted(document, Adjustment(auto=True))
    assert shot[50, 0, 0] <= 5
    assert shot[50, -1, 0] >= 250


def test_auto_levels_of_a_grey_wall_change_nothing(document):
    assert adjusted(document, Adjustment(auto=True))[5, 5].tolist() == [GROUND] * 3

"""Whatever writes pixels keeps to locks, scope, Ignore and the ink of a person: one table of all.

A new way of writing gets a row in `WAYS`; a tool needs one line.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from writing_ways import (
    Given,
    Way,
    by_tool,
    click,
    clicks,
    drag,
    givens,
    locks_only,
    only_unlabelled,
)

from segstudio.core.labels import Ink, class_counts, is_ignored
from segstudio.core.merge import ClassMatch, Reach, carried_writing, model_writing
from segstudio.core.patch import Origin, Planes
from segstudio.core.region import Region, whole
from segstudio.editing.box_cut import BoxCutTool
from segstudio.editing.brush_tool import BrushTool, EraserTool
from segstudio.editing.fill import FillTool
from segstudio.editing.kinds import IGNORED
from segstudio.editing.last_stroke import last_stroke, repaint
from segstudio.editing.place import Where
from segstudio.editing.polygon_tool import PolygonTool
from segstudio.editing.region_operations import OPERATIONS, find
from segstudio.editing.scissors_tool import ScissorsTool
from segstudio.editing.scribble_tool import ScribbleTool
from segstudio.editing.superpixel_tool import SuperpixelTool
from segstudio.editing.tool_state import Shape
from segstudio.editing.wand_tool import WandTool
from segstudio.editing.wish import Wish

GESTURES = {
    Shape.POINTS: clicks,
    Shape.FREEHAND: drag,
    Shape.RECTANGLE: drag,
    Shape.ELLIPSE: drag,
}

MATCH = ClassMatch((0, 1, 255, -1))
"""Of a model with four classes: one becomes Ignore, one is not written."""


def region_operation(operation, where):
    def write(given: Given) -> None:
        document = given.document
        if where is Where.REGION and not operation.is_for_region:
            return
        wish = Wish(
            operation.name,
            where,
            kind=given.other if operation.takes_class else -1,
            target=given.target,
            size=max(given.size, operation.size.least) if operation.size else 0,
            pixel=given.pixel,
        )
        height, width = document.label_map.shape
        view = Region(0, 0, height, max(1, width - 1))
        planes, confidence = document.planes, document.confidence
        proposal = find(wish, planes, confidence, given.scope, view=view)
        given.write(proposal.writing, Origin(operation.name, Ink.PERSON))

    return write


def spares_ignore_by(operation, where):
    """Ignore stays unless it was asked for."""

    def spares(given: Given) -> bool:
        named = {given.target} if operation.takes_target else set()
        if where is Where.REGION:
            is_ignore = given.first[0] == IGNORED and given.first[1] != Ink.NOBODY
            named |= {IGNORED} if is_ignore else set()
        elif operation.takes_class:
            named |= {given.other}
        return IGNORED not in named

    return spares


def last_stroke_again(given: Given) -> None:
    document = given.document
    step = last_stroke(document.history.steps)
    if step is not None:
        proposal = repaint(
            step.ready(), document.planes, document.confidence, given.scope, kind=given.target
        )
        given.write(proposal.writing, Origin("change_stroke", Ink.PERSON))


def of_the_stroke(given: Given) -> tuple[int, int]:
    """Return label and ink that the last stroke painted: that class counts as first touched."""
    step = given.document.history.last
    index = None if step is None else step.origin.class_index
    return (255, int(Ink.NOBODY)) if index is None else (index, int(Ink.PERSON))


def middle_of_the_box(given: Given) -> tuple[int, int]:
    """Return what is in the middle of a box: its corners lie beside what is meant."""
    document = given.document
    ends = (given.points[0], given.points[-1])
    (left, right), (top, bottom) = (sorted(int(end[i] - 0.5) for end in ends) for i in (0, 1))
    box = Region(top, left, bottom, right).clipped(*document.label_map.shape)
    if not box.area:
        return given.first
    x, y = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    return int(document.label_map[y, x]), int(document.ink[y, x])


def carry(given: Given) -> None:
    source = Planes(given.proposed, np.where(given.proposed == 255, 0, 1).astype(np.uint8))
    given.write(carried_writing(source), Origin("take_labels", Ink.PERSON))


def model(kind, reach=None):
    def write(given: Given) -> None:
        writing = model_writing(given.proposed, MATCH, given.scope.locked, reach or Reach())
        given.write(writing, Origin(kind, Ink.MODEL))

    return write


WAYS = (
    Way("brush", by_tool(BrushTool, drag)),
    Way("eraser", by_tool(EraserTool, drag)),
    Way("scribble", by_tool(ScribbleTool, drag)),
    Way("fill", by_tool(FillTool, click)),
    Way("fill all of the class", by_tool(FillTool, click, fill_all=True)),
    *(
        Way(f"polygon, {shape}", by_tool(PolygonTool, GESTURES[shape], shape=shape))
        for shape in Shape
    ),
    Way("wand", by_tool(WandTool, click)),
    Way("wand, all of a colour", by_tool(WandTool, click, connected=False, fill_holes=False)),
    Way("superpixels", by_tool(SuperpixelTool, drag, granularity=8)),
    Way("scissors", by_tool(ScissorsTool, clicks)),
    Way("box cut", by_tool(BoxCutTool, drag), first=middle_of_the_box),
    Way("last stroke", last_stroke_again, prepare=by_tool(BrushTool), first=of_the_stroke),
    Way("labels of the image before", carry, keeps_to=only_unlabelled),
    Way("model", model("segment"), is_person=False, keeps_to=locks_only),
    Way("refinement", model("refine"), is_person=False, keeps_to=locks_only),
    Way(
        "model in what is unlabelled",
        model("segment", Reach(only_unlabelled=True)),
        is_person=False,
        keeps_to=only_unlabelled,
    ),
    *(
        Way(
            f"{operation.name} in the {where}",
            region_operation(operation, where),
            spares_ignore=spares_ignore_by(operation, where),
        )
        for operation in OPERATIONS
        for where in Where
    ),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
@settings(max_examples=40)
@given(given=givens())
def test_what_is_protected_stays(way, given):
    document = given.document
    if way.prepare is not None:
        way.prepare(given)
    image = whole(document.label_map)
    before, counts = document.planes.cut(image), document.counts.copy()
    scope, spares_ignore, first = way.keeps_to(given), way.spares_ignore(given), way.first(given)
    steps = document.history.position
    wanted = way.always(given) if way.always is not None else None
    way.write(given)
    after = document.planes.cut(image)
    changed = (before.labels != after.labels) | (before.ink != after.ink)

    # Nothing changed, no step; one step otherwise, whose regions hold all that has changed.
    assert document.history.position - steps == int(changed.any())
    if changed.any():
        patch = document.history.last.ready()
        inside = np.zeros(changed.shape, np.bool_)
        for region in patch.regions:
            assert region == region.clipped(*changed.shape)
            inside[region.slices] = True
        assert not (changed & ~inside).any()
        assert patch.pixels == changed.sum()
    assert np.array_equal(document.counts, class_counts(after.labels, after.ink))

    # Locks, and the scope.
    assert not scope.locked[before.labels[changed & (before.labels != 255)]].any()
    allowed = scope.allowed(before, document.confidence, image, first=first)
    assert allowed is None or not (changed & ~allowed).any()

    # Whose pixels they were, and whose they are.
    erased = (after.labels == 255) & (after.ink == Ink.NOBODY)
    if way.is_person:
        assert (after.ink[changed & ~erased] == Ink.PERSON).all()
    else:
        assert not (changed & (before.ink == Ink.PERSON)).any()
        assert (after.ink[changed] != Ink.PERSON).all()
        assert (after.ink[changed & ~erased] != Ink.NOBODY).all()
    if spares_ignore:
        assert not (changed & is_ignored(before.labels, before.ink)).any()
    if wanted is not None:
        assert (after.labels[wanted if allowed is None else wanted & allowed] == given.target).all()

    # There and back.
    if changed.any():
        document.undo()
        assert np.array_equal(document.label_map, before.labels)
        assert np.array_equal(document.ink, before.ink)
        assert np.array_equal(document.counts, counts)
        document.redo()
        assert np.array_equal(document.label_map, after.labels)
        assert np.array_equal(document.ink, after.ink)

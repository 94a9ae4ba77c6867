"""What a scribble's answer may change, whatever the engine says."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.document import Document
from segstudio.core.labels import Ink, is_ignored, is_unlabelled
from segstudio.core.merge import finish, merge
from segstudio.core.patch import Origin, Planes
from segstudio.core.region import Region
from segstudio.editing.requests import Scribble
from segstudio.editing.scope import Paint, PaintOver, Scope
from segstudio.editing.selection import Selection
from segstudio.engine.messages import DRAWN, FREE
from segstudio.session import scribble_result
from segstudio.session.scribble_result import question, writing

SHAPE = (20, 24)
LINE = Region(9, 4, 11, 20)


def document(seed=0, shape=SHAPE):
    rng = np.random.default_rng(seed)
    labels = rng.choice([0, 1, 2, 255], shape).astype(np.uint8)
    ink = rng.integers(0, 4, shape).astype(np.uint8)
    ink[(labels != 255) & (ink == Ink.NOBODY)] = Ink.MODEL
    confidence = rng.integers(0, 256, shape).astype(np.uint8)
    image = np.zeros((*shape, 3), np.uint8)
    return Document(Path("a.png"), image, labels=labels, ink=ink, confidence=confidence)


def scribble(paint, scope=None, first=(0, Ink.MODEL), region=LINE):
    mask = np.ones((region.height, region.width), np.bool_)
    return Scribble((Selection(region, mask),), paint, True, True, scope or Scope(), first)


paints = st.sampled_from([Paint.of_class(1), Paint.of_class(255), Paint.eraser()])
locks = st.sets(st.integers(0, 2))


@given(paints, st.sampled_from(PaintOver), locks, st.integers(0, 20), st.booleans())
def test_person_locks_and_scope_hold_and_the_stroke_keeps_its_class(
    paint, over, locked, seed, draws
):
    flags = np.zeros(256, np.bool_)
    flags[list(locked)] = True
    scope = Scope(over, flags)
    at = document(seed)
    before = at.planes.cut(Region(0, 0, *SHAPE))
    request = scribble(paint, scope)
    everything = Selection(Region(0, 0, *SHAPE), np.ones(SHAPE, np.bool_))
    edit = writing(request, everything, at.confidence, draws=draws)
    patch = finish(
        merge(at.planes, at.versions, edit), at.planes, at.versions, edit, Origin("s", Ink.PERSON)
    )
    if patch is not None:
        patch.apply(at.planes)
    changed = (at.label_map != before.labels) | (at.ink != before.ink)
    allowed = scope.allowed(before, at.confidence, Region(0, 0, *SHAPE), first=request.first)
    allowed = np.ones(SHAPE, np.bool_) if allowed is None else allowed
    drawn = np.zeros(SHAPE, np.bool_)
    drawn[LINE.slices] = True
    assert not changed[~allowed].any()
    assert not (changed & ~drawn & (before.ink == Ink.PERSON)).any()
    assert not (changed & ~drawn & is_ignored(before.labels, before.ink)).any()
    assert (at.label_map[changed] == paint.label).all()
    if draws:
        assert (at.label_map[drawn & allowed] == paint.label).all()
        assert (at.ink[drawn & allowed] == paint.ink).all()
    else:
        assert not changed[drawn].any()
    follows = changed & ~drawn
    assert set(at.ink[follows]) <= {Ink.NOBODY if paint.ink == Ink.NOBODY else Ink.REFINEMENT}


@pytest.mark.parametrize("has_model", [False, True])
def test_the_engine_is_told_what_may_change_and_whose_labels_there_are(has_model):
    at = document()
    asked = question(at, scribble(Paint.of_class(1)), has_model=has_model)
    free, told = asked.planes
    drawn = free == DRAWN
    assert drawn.sum() == 2 * 16
    assert not (free == FREE)[(at.ink == Ink.PERSON) | (at.label_map == 1)].any()
    assert (told[drawn] == 255).all()
    expected = at.label_map if has_model else np.where(at.ink == Ink.MODEL, at.label_map, 255)
    assert np.array_equal(told[~drawn], expected[~drawn])
    rows = (asked.ink[:, 0] * SHAPE[0]).astype(int)
    columns = (asked.ink[:, 1] * SHAPE[1]).astype(int)
    assert len(rows) == ((at.ink == Ink.PERSON) & ~drawn).sum()
    assert np.array_equal(at.label_map[rows, columns], asked.ink[:, 2])


def test_unlabelling_is_told_by_a_class_of_its_own_and_leaves_what_is_unlabelled():
    at = document()
    asked = question(at, scribble(Paint.eraser()), has_model=True)
    assert set(asked.stroke[:, 2]) == {scribble_result.UNLABEL}
    free = asked.planes[0] == FREE
    assert not free[is_unlabelled(at.label_map, at.ink)].any()


def test_both_sides_mean_the_same_by_unlabelling():
    from segstudio.inference import scribble as engine_side

    assert scribble_result.UNLABEL == engine_side.UNLABEL


def test_of_a_large_image_every_class_and_every_thin_stroke_is_told(monkeypatch):
    monkeypatch.setattr(scribble_result, "MOST_PIXELS", 100)
    at = Document(Path("a.png"), np.zeros((60, 70, 3), np.uint8))
    at.planes.labels[:, :30], at.planes.ink[:, :30] = 4, Ink.PERSON
    at.planes.labels[:, 60:], at.planes.ink[:, 60:] = 6, Ink.PERSON
    request = scribble(Paint.of_class(1), region=Region(31, 33, 32, 57))
    asked = question(at, request, has_model=False)
    assert asked.step == 7
    assert asked.planes.shape[1:] == (9, 10)
    assert (asked.planes[0] == DRAWN).sum() == 5
    assert set(asked.ink[:, 2]) == {4, 6}
    assert len(asked.stroke) == 24


def test_planes_of_one_pixel_are_enough():
    at = Document(Path("a.png"), np.zeros((1, 1, 3), np.uint8))
    request = scribble(Paint.of_class(254), region=Region(0, 0, 1, 1))
    edit = writing(request, request.stroke[0], None, draws=True)
    found = edit(Planes(at.label_map, at.ink), Region(0, 0, 1, 1))
    assert found.change.after.labels.tolist() == [[254]]

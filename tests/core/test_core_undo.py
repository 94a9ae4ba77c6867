"""Undo as a property: whatever is done to a document, going back and forth is exact."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from segstudio.core.document import Document
from segstudio.core.history import History
from segstudio.core.labels import Ink, class_counts
from segstudio.core.merge import LEAVE_UNLABELLED, ClassMatch, finish, merge, model_writing
from segstudio.core.patch import Origin, PackedPatch, Patch, Planes
from segstudio.editing import fill
from segstudio.editing.brush import Tip, TipShape
from segstudio.editing.scope import Paint, PaintOver, Scope
from segstudio.editing.selection import paint_selections
from segstudio.editing.stroke import Stroke

CLASSES = (0, 1, 2, 255)
LOCKED = np.zeros(256, np.bool_)
LOCKED[2] = True

# Blocks are 256 pixels: the three sizes have 1, 4 and 1 x 3 of them.
SIZES = ((1, 1), (270, 300), (9, 600))

paints = st.one_of(st.just(Paint.eraser()), st.sampled_from(CLASSES).map(Paint.of_class))
scopes = st.builds(
    Scope,
    st.sampled_from(PaintOver),
    st.sampled_from((np.zeros(256, np.bool_), LOCKED)),
)
tips = st.builds(Tip, st.integers(1, 90), st.sampled_from(TipShape))
points = st.lists(st.tuples(st.floats(-20, 620), st.floats(-20, 320)), min_size=1, max_size=4)
matches = st.lists(st.sampled_from((*CLASSES, LEAVE_UNLABELLED)), min_size=3, max_size=3).map(
    lambda targets: ClassMatch(tuple(targets))
)


def random_map(seed: int, shape: tuple[int, int]) -> np.ndarray:
    """Make rectangles of the model's classes 0 to 2, and of 255 where it says nothing."""
    random = np.random.default_rng(seed)
    label_map = np.full(shape, random.choice((0, 1, 2, 255)), np.uint8)
    for _ in range(6):
        top, bottom = np.sort(random.integers(0, shape[0] + 1, 2))
        left, right = np.sort(random.integers(0, shape[1] + 1, 2))
        label_map[top:bottom, left:right] = random.choice((0, 1, 2, 255))
    return label_map


class EditingAnImage(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.started = False

    def start(self, size: tuple[int, int], budget: int, ready_budget: int) -> None:
        history = History(budget=budget, ready_budget=ready_budget)
        image = np.zeros((*size, 3), np.uint8)
        self.document = Document(Path("photo.png"), image, history=history)
        self.document.confidence = np.full(size, 100, np.uint8)
        self.document.confidence[::2] = 250
        # The oracle: copies of both planes, one for each state that undo and redo can reach.
        self.past = [self.copy()]
        self.position = 0
        self.pending: tuple | None = None
        self.started = True

    def copy(self) -> tuple[np.ndarray, np.ndarray]:
        planes = self.document.planes
        return planes.labels.copy(), planes.ink.copy()

    def kept(self, patch: Patch, before: tuple[np.ndarray, np.ndarray]) -> None:
        """Note an edit in the oracle, after checking what its patch claims about itself."""
        planes = self.document.planes
        differs = (planes.labels != before[0]) | (planes.ink != before[1])
        assert patch.pixels == np.count_nonzero(differs)
        assert patch.pixels > 0
        for region in patch.regions:
            assert region.area
            differs[region.slices] = False
        assert not differs.any(), "pixels outside the patch's regions have changed"
        self.past = [*self.past[: self.position + 1], self.copy()]
        self.position += 1
        assert not self.document.history.can_redo
        assert self.document.redo() is None
        self.forget_oldest()

    def forget_oldest(self) -> None:
        """Follow the history, which forgets its oldest steps when the budget is exceeded."""
        surplus = len(self.past) - 1 - len(self.document.history.steps)
        assert surplus >= 0
        self.past = self.past[surplus:]
        self.position -= surplus

    @precondition(lambda self: not self.started)
    @rule(
        size=st.sampled_from(SIZES),
        budget=st.sampled_from((40_000, 2_000_000, 2**29)),
        ready_budget=st.sampled_from((0, 30_000, 2**28)),
    )
    def open_an_image(self, size: tuple[int, int], budget: int, ready_budget: int) -> None:
        self.start(size, budget, ready_budget)

    @precondition(lambda self: self.started)
    @rule(tip=tips, paint=paints, scope=scopes, way=points, cancelled=st.booleans())
    def paint_a_stroke(
        self, tip: Tip, paint: Paint, scope: Scope, way: list, cancelled: bool
    ) -> None:
        document, before = self.document, self.copy()
        steps = list(document.history.steps)
        stroke = Stroke(document.planes, document.confidence, tip=tip, paint=paint, scope=scope)
        for region in [stroke.press(way[0]), *(stroke.move(point) for point in way[1:])]:
            document.touch_blocks(region)
        held = scope.locked[before[0]]
        assert np.array_equal(document.label_map[held], before[0][held])
        assert np.array_equal(document.ink[held], before[1][held])
        if cancelled:
            for region in stroke.cancel():
                document.touch_blocks(region)
        patch = stroke.finish()
        if patch is None:
            assert document.history.steps == steps
            assert np.array_equal(self.copy(), before)
        else:
            assert not cancelled
            document.keep(patch)
            self.kept(patch, before)

    @precondition(lambda self: self.started)
    @rule(
        paint=paints, scope=scopes, x=st.floats(0, 0.999), y=st.floats(0, 0.999), all_=st.booleans()
    )
    def fill_a_region(self, paint: Paint, scope: Scope, x: float, y: float, all_: bool) -> None:
        document, before = self.document, self.copy()
        column, row = int(x * document.width), int(y * document.height)
        find = fill.all_of_class if all_ else fill.connected_region
        found = find(document.planes, column, row)
        first = int(before[0][row, column]), int(before[1][row, column])
        patch = paint_selections(
            document.planes,
            document.confidence,
            (found,),
            paint=paint,
            scope=scope,
            first=first,
            tool="fill",
        )
        assert np.array_equal(self.copy(), before), "making the patch has changed the planes"
        if patch is not None:
            document.do(patch)
            held = scope.locked[before[0]]
            assert np.array_equal(document.label_map[held], before[0][held])
            self.kept(patch, before)

    @precondition(lambda self: self.started and self.pending is None)
    @rule(seed=st.integers(0, 2**16), match=matches, locked=st.booleans())
    def segment(self, seed: int, match: ClassMatch, locked: bool) -> None:
        """Make the merge; it is finished by another rule, with any edits in between."""
        document = self.document
        proposed = random_map(seed, document.label_map.shape)
        held = LOCKED if locked else np.zeros(256, np.bool_)
        made = merge(document.planes, document.versions, model_writing(proposed, match, held))
        self.pending = made, proposed, match, held

    @precondition(lambda self: self.started and self.pending is not None)
    @rule()
    def finish_the_segment(self) -> None:
        document, before = self.document, self.copy()
        made, proposed, match, locked = self.pending
        self.pending = None
        origin = Origin("segment", Ink.MODEL)
        patch = finish(
            made, document.planes, document.versions, model_writing(proposed, match, locked), origin
        )
        if patch is not None:
            document.do(patch)
        kept = (before[1] == Ink.PERSON) | locked[before[0]]
        labels, ink = expected_of_segment(proposed, match)
        assert np.array_equal(document.label_map, np.where(kept, before[0], labels))
        assert np.array_equal(document.ink, np.where(kept, before[1], ink))
        if patch is not None:
            self.kept(patch, before)

    @precondition(lambda self: self.started)
    @rule()
    def undo(self) -> None:
        could = self.position > 0
        assert self.document.history.can_undo == could
        assert (self.document.undo() is not None) == could
        self.position -= could

    @precondition(lambda self: self.started)
    @rule()
    def redo(self) -> None:
        could = self.position < len(self.past) - 1
        assert self.document.history.can_redo == could
        assert (self.document.redo() is not None) == could
        self.position += could

    @precondition(lambda self: self.started)
    @rule()
    def undo_all_and_redo_all(self) -> None:
        before, serial = self.copy(), self.document.serial
        steps = 0
        while self.document.undo() is not None:
            steps += 1
            assert np.array_equal(self.copy(), self.past[self.position - steps])
        assert steps == self.position
        for _ in range(steps):
            self.document.redo()
        assert np.array_equal(self.copy(), before)
        assert self.document.serial == serial + 2 * steps

    @precondition(lambda self: self.started)
    @rule()
    def rebalance(self) -> None:
        history = self.document.history
        history.rebalance()
        packed = all(isinstance(step.form, PackedPatch) for step in history.steps)
        assert history.nbytes <= history.budget or packed
        ready = sum(s.form.nbytes for s in history.steps if isinstance(s.form, Patch))
        assert ready <= history.ready_budget

    @precondition(lambda self: self.started)
    @rule()
    def leave_the_image(self) -> None:
        self.document.history.pack_all()

    @invariant()
    def planes_equal_the_oracle(self) -> None:
        if self.started:
            labels, ink = self.past[self.position]
            assert np.array_equal(self.document.label_map, labels)
            assert np.array_equal(self.document.ink, ink)

    @invariant()
    def counts_equal_a_fresh_count(self) -> None:
        if self.started:
            fresh = class_counts(self.document.label_map, self.document.ink)
            assert np.array_equal(self.document.counts, fresh)
            assert fresh.sum() == self.document.label_map.size

    @invariant()
    def the_history_follows_the_oracle(self) -> None:
        if self.started:
            history = self.document.history
            assert len(history.steps) == len(self.past) - 1
            assert history.position == self.position


def expected_of_segment(proposed: np.ndarray, match: ClassMatch) -> tuple[np.ndarray, np.ndarray]:
    """Say in plain words what a Segment writes where nothing is kept."""
    labels = np.full(proposed.shape, 255, np.uint8)
    ink = np.full(proposed.shape, Ink.NOBODY, np.uint8)
    for index, target in enumerate(match.targets):
        if target != LEAVE_UNLABELLED:
            labels[proposed == index] = target
            ink[proposed == index] = Ink.MODEL
    return labels, ink


TestEditingAnImage = EditingAnImage.TestCase
TestEditingAnImage.settings = settings(
    max_examples=120,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_an_image_of_one_pixel_can_be_edited():
    document = Document(Path("dot.png"), np.zeros((1, 1, 3), np.uint8))
    stroke = Stroke(document.planes, None, tip=Tip(1), paint=Paint.of_class(4), scope=Scope())
    stroke.press((0.5, 0.5))
    patch = stroke.finish()
    assert patch is not None
    document.keep(patch)
    assert document.label_map.tolist() == [[4]]
    assert document.counts[4] == 1
    document.undo()
    assert document.label_map.tolist() == [[255]]
    assert document.counts[255] == 1


def test_planes_that_are_kept_come_in_with_their_counts():
    labels = np.array([[1, 255], [255, 2]], np.uint8)
    ink = np.array([[1, 3], [0, 3]], np.uint8)
    document = Document(Path("a.png"), np.zeros((2, 2, 3), np.uint8), labels=labels, ink=ink)
    assert {i: int(n) for i, n in enumerate(document.counts) if n} == {1: 1, 2: 1, 255: 1, 256: 1}


def test_planes_of_another_size_are_a_mistake_of_the_caller():
    with pytest.raises(AssertionError):
        Document(Path("a.png"), np.zeros((2, 3, 3), np.uint8), labels=np.zeros((3, 2), np.uint8))


def test_an_edit_raises_the_versions_of_the_blocks_under_it_only():
    document = Document(Path("a.png"), np.zeros((600, 600, 3), np.uint8))
    stroke = Stroke(document.planes, None, tip=Tip(10), paint=Paint.of_class(1), scope=Scope())
    stroke.press((300.0, 500.0))
    patch = stroke.finish()
    assert patch is not None
    document.keep(patch)
    assert document.versions.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    document.undo()
    assert document.versions.tolist() == [[0, 0, 0], [0, 2, 0], [0, 0, 0]]


def large_step(seed: int = 0) -> Patch:
    """Make a step of noise, which packing does not make much smaller."""
    planes = Planes(np.full((256, 256), 255, np.uint8), np.zeros((256, 256), np.uint8))
    proposed = np.random.default_rng(seed).integers(0, 255, (256, 256)).astype(np.uint8)
    match = ClassMatch(tuple(range(255)))
    versions = np.zeros((1, 1), np.int64)
    unlocked = np.zeros(256, np.bool_)
    made = merge(planes, versions, model_writing(proposed, match, unlocked))
    patch = finish(
        made, planes, versions, model_writing(proposed, match, unlocked), Origin("fill", Ink.PERSON)
    )
    assert patch is not None
    return patch


def test_a_new_step_is_packed_by_rebalance_and_not_while_the_person_waits():
    history = History(budget=100_000, ready_budget=1000)
    for seed in range(2):
        history.push(large_step(seed))
        assert isinstance(history.steps[-1].form, Patch)
        history.rebalance()
        assert isinstance(history.steps[-1].form, PackedPatch)


def test_the_oldest_steps_are_forgotten_when_packing_is_not_enough():
    history = History(budget=200_000)
    for seed in range(8):
        history.push(large_step(seed))
        history.rebalance()
    assert 2 <= len(history.steps) < 8
    assert history.position == len(history.steps)
    assert history.nbytes <= history.budget + history.steps[-1].form.nbytes


def test_a_redone_step_has_the_time_at_which_it_was_first_done():
    before = time.time()
    planes = Planes(np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8))
    stroke = Stroke(planes, None, tip=Tip(3), paint=Paint.of_class(1), scope=Scope())
    stroke.press((2.0, 2.0))
    patch = stroke.finish()
    assert patch is not None
    history = History(ready_budget=0)
    history.push(patch)
    history.undo()
    again = history.redo()
    assert again is not None
    assert again.origin == patch.origin
    assert before <= again.origin.time <= time.time()
    assert again.regions == patch.regions

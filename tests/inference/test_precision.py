import numpy as np
import pytest
import torch
from tiny_networks import CPU, Pointwise, predictor

from segstudio.inference import precision

GOOD = np.stack([np.full((4, 4), 0.9, np.float32), np.full((4, 4), 0.1, np.float32)])


def can_half(monkeypatch, kind=torch.bfloat16):
    monkeypatch.setattr(precision, "half_type", lambda _device: kind)


class Stopwatch:
    """A clock by which runs in half precision take so long, and in full precision 1 s."""

    def __init__(self, half_s):
        self.now, self._half_s = 0.0, half_s

    def run(self, half):
        self.now += self._half_s if half else 1.0
        return GOOD

    def __call__(self):
        return self.now


@pytest.mark.parametrize(("half_s", "pays"), [(0.5, True), (0.8, True), (0.9, False), (4.0, False)])
def test_on_a_processor_half_precision_has_to_be_clearly_faster(monkeypatch, half_s, pays):
    can_half(monkeypatch)
    watch = Stopwatch(half_s)
    assert precision.pays(watch.run, CPU, watch) is pays


@pytest.mark.parametrize("bad", [GOOD[::-1], np.full_like(GOOD, np.nan), GOOD * 0.9 + 0.05])
def test_half_precision_that_says_something_else_is_not_taken(monkeypatch, bad):
    can_half(monkeypatch)
    watch = Stopwatch(0.1)
    assert not precision.pays(lambda half: bad if half else GOOD, CPU, watch)


def test_a_processor_without_it_is_not_even_tried(monkeypatch):
    can_half(monkeypatch, None)
    assert not precision.pays(lambda half: pytest.fail("it ran"), CPU)
    assert not predictor().runs_half("half")


def test_the_trial_is_made_once(monkeypatch):
    can_half(monkeypatch)
    trials = []
    monkeypatch.setattr(precision, "pays", lambda *_: trials.append(1) or True)
    model = predictor()
    assert model.runs_half("auto")
    assert model.runs_half("auto")
    assert not model.runs_half("full")
    assert len(trials) == 1


def test_a_trial_without_memory_is_no_reason_to_fail(monkeypatch):
    def no_room(*_):
        raise MemoryError

    can_half(monkeypatch)
    monkeypatch.setattr(precision, "pays", no_room)
    assert not predictor().runs_half("auto")


def test_half_precision_is_what_the_layers_run_in():
    if precision.half_type(CPU) is None:
        pytest.skip("this processor has no half precision")
    model, kinds = predictor(Pointwise()), []
    model.network.head.register_forward_hook(lambda _m, _i, out: kinds.append(out.dtype))
    image = np.zeros((32, 32, 3), np.uint8)
    half, full = model.predict(image, half=True), model.predict(image)
    assert kinds == [torch.bfloat16, torch.float32]
    assert half.dtype == full.dtype == np.float32
    np.testing.assert_allclose(half, full, atol=0.05)

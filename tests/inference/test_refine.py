import multiprocessing
import os
import signal

import numpy as np
import pytest

from segstudio.core.errors import SegstudioError
from segstudio.inference import crf, crf_process, refine, torch_field

needs_library = pytest.mark.skipif(
    not crf.is_installed(), reason="pydensecrf2 is not installed (extra “crf”)"
)


@pytest.fixture(autouse=True)
def _no_child_is_left():
    yield
    crf_process.close()


def halves(height: int, width: int) -> np.ndarray:
    image = np.full((height, width, 3), (40, 90, 60), np.uint8)
    image[:, width // 2 :] = (200, 120, 160)
    return image


def belief(height: int, width: int, reach: float = 0.1) -> np.ndarray:
    """Give three classes; the border of two of them lies half a reach beside that of `halves`."""
    right = (np.arange(width) / width - 0.5 - reach / 2) / (2 * reach) + 0.5
    right = right.clip(0.05, 0.95)
    planes = np.zeros((3, height, width), np.float16)
    planes[0], planes[1] = 1 - right, right
    return planes


def result_of(run) -> refine.Refinement:
    done = [0.0]
    while True:
        try:
            step = next(run)
        except StopIteration as end:
            return end.value
        assert step.stage == "refine"
        assert done[-1] <= step.done <= 1.0
        done.append(step.done)


MODES = ["none", "guided", "crf", pytest.param("pydensecrf2", marks=needs_library)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (90, 120), (1500, 1000)])
def test_any_size_gives_probabilities(mode: str, shape: tuple[int, int]) -> None:
    out = result_of(refine.refined(halves(*shape), belief(60, 80), mode))
    assert out.refined_by == mode
    assert out.ms > 0
    assert out.probabilities.dtype == np.float32
    assert out.probabilities.shape[0] == 3
    assert out.probabilities[0].size <= max(refine.MOST_PIXELS * 1.01, 60 * 80)
    np.testing.assert_allclose(out.probabilities.sum(0), 1, atol=2e-3)


@pytest.mark.parametrize("mode", MODES[1:])
def test_border_moves_to_the_edge_of_the_image(mode: str) -> None:
    out = result_of(refine.refined(halves(300, 400), belief(75, 100, reach=0.02), mode))
    assert out.probabilities.shape == (3, 300, 400)
    border = out.probabilities.argmax(0).argmax(1)
    assert abs(np.median(border) - 200) <= 2


def test_library_that_is_not_installed_is_replaced_by_our_crf(monkeypatch) -> None:
    monkeypatch.setattr(crf, "is_installed", lambda: False)
    out = result_of(refine.refined(halves(60, 80), belief(30, 40), "pydensecrf2"))
    assert out.refined_by == "crf"


def test_what_cannot_run_is_replaced_step_by_step(monkeypatch, caplog) -> None:
    def broken(image, unary, settings, device=None):
        yield 0.1
        raise SegstudioError("The CRF's process ended unexpectedly.")

    monkeypatch.setattr(crf, "is_installed", lambda: True)
    monkeypatch.setattr(crf_process, "mean_field", broken)
    monkeypatch.setattr(torch_field, "mean_field", broken)
    out = finish(refine.refined(halves(60, 80), belief(30, 40), "pydensecrf2"))
    assert out.refined_by == "guided"
    assert "“crf” is used instead" in caplog.text
    assert "“guided” is used instead" in caplog.text


@needs_library
def test_killed_child_becomes_our_crf() -> None:
    run = refine.refined(halves(300, 400), belief(70, 90), "pydensecrf2")
    pid = step_until_child(run)
    os.kill(pid, signal.SIGKILL)
    assert finish(run).refined_by == "crf"


@needs_library
def test_closing_cancels_the_library() -> None:
    run = refine.refined(halves(700, 900), belief(70, 90), "pydensecrf2")
    step_until_child(run)
    run.close()
    assert not [c for c in multiprocessing.active_children() if c.name == "segstudio-crf"]


def test_tiles_give_what_the_whole_gives(monkeypatch) -> None:
    image, planes = halves(300, 420), belief(300, 420)
    whole = result_of(refine.refined(image, planes, "crf")).probabilities
    monkeypatch.setattr(refine, "TILES_ABOVE", 1000)
    monkeypatch.setattr(refine, "TILE_PIXELS", 120_000)
    tiled = result_of(refine.refined(image, planes, "crf")).probabilities
    assert (tiled.argmax(0) == whole.argmax(0)).mean() >= 0.99


def test_tiles_cover_every_pixel_once() -> None:
    seen = np.zeros((1500, 2300), np.uint8)
    for inner, outer in refine.tiles_of(seen.shape, overlap=160):
        seen[inner] += 1
        assert outer[0].start <= inner[0].start
        assert outer[0].stop >= inner[0].stop
        assert outer[1].start <= inner[1].start
        assert outer[1].stop >= inner[1].stop
    assert (seen == 1).all()


@pytest.mark.parametrize("sharpness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (40, 30), (866, 866)])
def test_settings_are_possible_at_any_sharpness(shape: tuple[int, int], sharpness: float) -> None:
    assert refine.crf_settings(shape, sharpness).bilateral_sxy <= 80
    assert refine.guided_settings(shape, sharpness).radius >= 2


def test_sharper_follows_fainter_edges() -> None:
    smooth, sharp = refine.crf_settings((500, 500), 0.0), refine.crf_settings((500, 500), 1.0)
    assert sharp.bilateral_srgb < smooth.bilateral_srgb
    assert sharp.gaussian_sxy < smooth.gaussian_sxy
    usual = refine.crf_settings((500, 500), 0.5)
    assert (usual.gaussian_sxy, usual.bilateral_sxy, usual.bilateral_srgb) == (3, 80, 13)


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(SegstudioError, match="none, guided, crf, pydensecrf2"):
        next(refine.refined(halves(4, 4), belief(4, 4), "sharp"))


def finish(run) -> refine.Refinement:
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def step_until_child(run) -> int:
    crf_process.close()
    while True:
        next(run)
        found = [c.pid for c in multiprocessing.active_children() if c.name == "segstudio-crf"]
        if found:
            return found[0]

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch

from segstudio import assets
from segstudio.core.errors import SegstudioError
from segstudio.formats.images import read_image
from segstudio.inference import crf, torch_field
from segstudio.inference.mean_field import CrfSettings
from segstudio.inference.mean_field import mean_field as library_field
from segstudio.inference.progress import drained

SMALL = CrfSettings(gaussian_sxy=2.0, bilateral_sxy=8.0)


def field(image, unary, settings=SMALL, device="cpu") -> np.ndarray:
    return drained(torch_field.mean_field(image, unary, settings, torch.device(device)))


def scene(height: int = 20, width: int = 26) -> tuple[np.ndarray, np.ndarray]:
    """Give two even areas with a little noise, and energies of three classes that err often."""
    rng = np.random.default_rng(1)
    truth = np.zeros((height, width), int)
    truth[:, width // 2 :] = 1
    image = np.array([(60, 90, 40), (190, 120, 150)])[truth] + rng.normal(0, 4, (height, width, 3))
    raw = np.stack([truth == k for k in range(3)]) + rng.random((3, height, width)) * 1.5 + 0.1
    return image.clip(0, 255).astype(np.uint8), -np.log(raw / raw.sum(0)).astype(np.float32)


def kernels(image: np.ndarray, settings: CrfSettings) -> np.ndarray:
    """Give the weighted sum of both kernels over all pairs of pixels, (N, N)."""
    height, width = image.shape[:2]
    place = np.stack(np.mgrid[:height, :width], axis=-1).reshape(-1, 2).astype(float)
    colour = image.reshape(-1, 3).astype(float)
    near = ((place[:, None] - place) ** 2).sum(axis=-1)
    alike = ((colour[:, None] - colour) ** 2).sum(axis=-1)
    smooth = np.exp(-0.5 * near / settings.gaussian_sxy**2)
    appear = np.exp(
        -0.5 * near / settings.bilateral_sxy**2 - 0.5 * alike / settings.bilateral_srgb**2
    )
    total = np.zeros_like(smooth)
    for kernel, weight in (
        (smooth, settings.gaussian_compat),
        (appear, settings.bilateral_compat),
    ):
        norm = kernel.sum(axis=1) ** -0.5
        total += weight * norm[:, None] * kernel * norm
    return total


def softmax(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max(axis=0))
    return shares / shares.sum(axis=0)


def test_beliefs_come_close_to_those_of_every_pair_of_pixels() -> None:
    image, unary = scene()
    pairs, energy = kernels(image, SMALL), unary.reshape(3, -1)
    exact = softmax(-energy)
    for _ in range(SMALL.iterations):
        exact = softmax(exact @ pairs - energy)
    ours = field(image, unary).reshape(3, -1)
    assert (ours.argmax(0) == exact.argmax(0)).mean() >= 0.99
    assert np.abs(ours - exact).mean() < 0.02


def test_free_energy_falls_with_every_step() -> None:
    image, unary = scene()
    pairs, energy = kernels(image, SMALL), unary.reshape(3, -1)

    def free(beliefs: np.ndarray) -> float:
        entropy = -(beliefs * np.log(np.maximum(beliefs, 1e-12))).sum()
        agreement = np.einsum("kn,nm,km->", beliefs, pairs, beliefs)
        return float((beliefs * energy).sum() - 0.5 * agreement - entropy)

    steps = [softmax(-energy)]
    for count in range(1, 6):
        settings = CrfSettings(gaussian_sxy=2.0, bilateral_sxy=8.0, iterations=count)
        steps.append(field(image, unary, settings).reshape(3, -1).astype(float))
    energies = [free(beliefs) for beliefs in steps]
    assert energies[1] < energies[0] - 10
    assert all(after <= before + 0.5 for before, after in pairwise(energies))


def test_without_kernels_the_network_has_the_last_word() -> None:
    image, unary = scene()
    alone = field(image, unary, CrfSettings(gaussian_compat=0.0, bilateral_compat=0.0))
    np.testing.assert_allclose(alone, softmax(-unary), atol=1e-5)


@pytest.mark.parametrize("left_out", ["gaussian_compat", "bilateral_compat"])
def test_either_kernel_alone_removes_noise(left_out: str) -> None:
    image, unary = scene()
    truth = np.arange(26) >= 13
    before = (unary.argmin(0) == truth).mean()
    after = (field(image, unary, CrfSettings(**{left_out: 0.0})).argmax(0) == truth).mean()
    assert after > before + 0.05


def test_read_only_energies_are_taken_and_left_as_they_are() -> None:
    image, unary = scene()
    before = unary.copy()
    unary.flags.writeable = False
    np.testing.assert_array_equal(field(image, unary), field(image, before))
    np.testing.assert_array_equal(unary, before)


def test_order_of_the_classes_is_nothing_to_it() -> None:
    image, unary = scene()
    turned = field(image, unary[[2, 0, 1]])
    np.testing.assert_allclose(turned, field(image, unary)[[2, 0, 1]], atol=1e-5)


def test_mirrored_image_gives_mirrored_labels() -> None:
    image, unary = scene(40, 60)
    there = field(image, unary).argmax(0)
    back = field(image[:, ::-1].copy(), unary[:, :, ::-1].copy()).argmax(0)[:, ::-1]
    assert (there == back).mean() >= 0.99


def test_same_input_gives_the_same_bits_even_after_one_that_was_left() -> None:
    image, unary = scene(60, 90)
    first = field(image, unary)
    left = torch_field.mean_field(image, unary, SMALL)
    for _ in range(8):
        next(left)
    left.close()
    np.testing.assert_array_equal(field(image, unary), first)


def test_progress_rises_and_control_comes_back_between_the_stages() -> None:
    done = list(torch_field.mean_field(*scene(), SMALL))
    assert done == sorted(done)
    assert 0 <= done[0] < done[-1] <= 1
    assert len(done) > 3 * SMALL.iterations


def test_wrong_arrays_are_a_sentence() -> None:
    image, unary = scene()
    with pytest.raises(SegstudioError, match="finite"):
        field(image, unary * np.nan)
    with pytest.raises(SegstudioError, match="same size"):
        field(image[1:], unary)
    with pytest.raises(SegstudioError, match="too long"):
        field(np.zeros((1, 9000, 3), np.uint8), np.zeros((2, 1, 9000), np.float32), NARROW)


NARROW = CrfSettings(gaussian_sxy=1.0, bilateral_sxy=1.0)


@pytest.mark.parametrize("width", [1.0, 10_000.0])
def test_extreme_widths_and_weights_stay_finite(width: float) -> None:
    image, unary = scene()
    beliefs = field(image, unary, CrfSettings(width, 1000.0, width, width, 1000.0, 3))
    assert np.isfinite(beliefs).all()
    np.testing.assert_allclose(beliefs.sum(0), 1, atol=1e-4)


@pytest.mark.skipif(not crf.is_installed(), reason="pydensecrf2 is not installed (extra “crf”)")
def test_labels_of_a_real_photo_are_those_of_pydensecrf2() -> None:
    path = min(assets.path("samples").glob("*.jpg"))
    image = cv2.resize(read_image(path), (300, 200), interpolation=cv2.INTER_AREA)
    seeds = image[::40, ::60].reshape(-1, 3)[:6].astype(np.float32)
    apart = np.linalg.norm(image[None].astype(np.float32) - seeds[:, None, None], axis=-1)
    blurred = [cv2.GaussianBlur(plane, (0, 0), 6) / 20 for plane in apart]
    unary = -np.log(softmax(-np.stack(blurred)).clip(1e-5)).astype(np.float32)
    settings = CrfSettings(bilateral_sxy=45.0)
    plain = drained(library_field(image, unary.copy(), settings)).argmax(0)
    assert (unary.argmin(0) == plain).mean() < 0.98  # the CRF does change something here
    assert (field(image, unary, settings).argmax(0) == plain).mean() >= 0.99


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_graphics_card_gives_the_labels_of_the_processor() -> None:
    image, unary = scene(60, 90)
    there = field(image, unary, device="cuda")
    np.testing.assert_allclose(there, field(image, unary), atol=5e-3)

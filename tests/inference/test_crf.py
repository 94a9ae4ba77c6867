import cv2
import numpy as np
import pytest

from segstudio.core.errors import SegstudioError
from segstudio.inference import crf
from segstudio.inference.crf import CrfSettings
from segstudio.inference.mean_field import mean_field
from segstudio.inference.progress import drained

needs_library = pytest.mark.skipif(
    not crf.is_installed(), reason="pydensecrf2 is not installed (extra “crf”)"
)


def plain(image: np.ndarray, probabilities: np.ndarray, settings: CrfSettings) -> np.ndarray:
    """What a program that calls pydensecrf2 itself gets: the reference."""
    from pydensecrf.densecrf import DenseCRF2D
    from pydensecrf.utils import unary_from_softmax

    classes, height, width = probabilities.shape
    field = DenseCRF2D(width, height, classes)
    field.setUnaryEnergy(unary_from_softmax(probabilities))
    field.addPairwiseGaussian(sxy=settings.gaussian_sxy, compat=settings.gaussian_compat)
    field.addPairwiseBilateral(
        sxy=settings.bilateral_sxy,
        srgb=settings.bilateral_srgb,
        rgbim=image,
        compat=settings.bilateral_compat,
    )
    return np.array(field.inference(settings.iterations)).reshape(classes, height, width)


def shapes_scene(height: int, width: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw discs on a ground, one colour a class, and give a network's blurred idea of them."""
    rng = np.random.default_rng(classes)
    labels = np.zeros((height, width), np.uint8)
    for _ in range(3 * classes):
        centre = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(labels, centre, int(height * 0.15), int(rng.integers(1, classes)), -1)
    colours = rng.integers(30, 225, (classes, 3))
    image = colours[labels] + rng.normal(0, 6, (height, width, 3))
    coarse = (max(1, width // 12), max(1, height // 12))
    planes = [
        cv2.resize(
            cv2.resize((labels == k).astype(np.float32), coarse, interpolation=cv2.INTER_AREA),
            (width, height),
        )
        for k in range(classes)
    ]
    probabilities = np.stack(planes) * 0.85 + 0.15 / classes
    return image.clip(0, 255).astype(np.uint8), probabilities / probabilities.sum(0)


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    return float((first.argmax(0) == second.argmax(0)).mean())


@needs_library
def test_labels_are_those_of_the_plain_library() -> None:
    image, probabilities = shapes_scene(240, 320, classes=7)
    settings = CrfSettings()
    reference = plain(image, probabilities, settings)
    assert agreement(probabilities, reference) < 0.99  # the CRF does change something here
    assert agreement(crf.refine(image, probabilities, settings), reference) >= 0.99


@needs_library
def test_classes_that_are_nowhere_likely_change_nothing() -> None:
    image, few = shapes_scene(240, 320, classes=4)
    many = np.concatenate([few * 0.97, np.full((17, 240, 320), 0.03 / 17, np.float32)])
    assert list(crf.active_classes(many)) == [0, 1, 2, 3]
    refined = crf.refine(image, many, CrfSettings())
    assert agreement(refined, plain(image, many, CrfSettings())) >= 0.99
    assert not refined[4:].any()


@needs_library
def test_reduced_run_gives_the_same_labels() -> None:
    image, probabilities = shapes_scene(700, 900, classes=4)
    refined = crf.refine(image, probabilities, CrfSettings())
    assert refined.shape == probabilities.shape
    assert agreement(refined, plain(image, probabilities, CrfSettings())) >= 0.99


def test_noisy_square_becomes_smooth_and_keeps_its_shape() -> None:
    rng = np.random.default_rng(3)
    truth = np.zeros((120, 120), bool)
    truth[30:90, 40:100] = True
    image = np.where(truth[..., None], (210, 180, 60), (30, 60, 120)).astype(np.uint8)
    right = np.where(truth, 0.7, 0.3) + rng.normal(0, 0.2, truth.shape)
    right = right.clip(0.01, 0.99).astype(np.float32)
    probabilities = np.stack([1 - right, right])
    before = (probabilities.argmax(0) == truth).mean()
    after = (crf.refine(image, probabilities, CrfSettings()).argmax(0) == truth).mean()
    assert before < 0.9
    assert after > 0.999


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3), (64, 48)])
@pytest.mark.parametrize("classes", [1, 2, 5])
def test_result_sums_to_one_at_any_size(shape: tuple[int, int], classes: int) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    raw = rng.random((classes, *shape), np.float32) + 0.05
    refined = crf.refine(image, raw / raw.sum(0), CrfSettings())
    assert refined.shape == (classes, *shape)
    np.testing.assert_allclose(refined.sum(0), 1, atol=1e-4)


def test_very_long_image_is_shortened_to_what_the_library_can_number() -> None:
    image = np.zeros((1, 60_000, 3), np.uint8)
    image[:, 30_000:] = 255
    right = np.clip((np.arange(60_000) - 29_000) / 2000, 0.05, 0.95).astype(np.float32)
    probabilities = np.stack([1 - right, right])[:, None]
    labels = crf.refine(image, probabilities, CrfSettings()).argmax(0)[0]
    assert abs(int(labels.argmax()) - 30_000) < 200


def test_pixels_without_a_number_are_decided_by_their_neighbours() -> None:
    image = np.full((40, 40, 3), 100, np.uint8)
    probabilities = np.full((2, 40, 40), 0.1, np.float32)
    probabilities[1] = 0.9
    probabilities[:, 10:14, 10:14] = np.nan
    probabilities[0, 20, 20] = np.inf
    refined = crf.refine(image, probabilities, CrfSettings())
    assert np.isfinite(refined).all()
    assert (refined.argmax(0) == 1).all()


def test_read_only_strided_and_half_precision_input_is_taken() -> None:
    image, probabilities = shapes_scene(60, 80, classes=3)
    expected = crf.refine(image, probabilities.astype(np.float16), CrfSettings())
    mirrored = image[:, ::-1].copy()
    mirrored.flags.writeable = False
    turned = np.asfortranarray(probabilities.astype(np.float16))
    turned.flags.writeable = False
    np.testing.assert_array_equal(crf.refine(mirrored[:, ::-1], turned, CrfSettings()), expected)


def test_inputs_are_left_as_they_are() -> None:
    image, probabilities = shapes_scene(60, 80, classes=3)
    before = image.copy(), probabilities.copy()
    crf.refine(image, probabilities, CrfSettings())
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(probabilities, before[1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"gaussian_sxy": 0.0},
        {"bilateral_sxy": -3.0},
        {"bilateral_srgb": 0.01},
        {"bilateral_sxy": float("nan")},
        {"gaussian_compat": float("inf")},
        {"bilateral_compat": -1.0},
        {"iterations": 0},
    ],
)
def test_settings_that_crash_the_library_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SegstudioError, match="possible"):
        CrfSettings(**wrong)


def test_arrays_that_do_not_fit_are_refused() -> None:
    image, probabilities = shapes_scene(30, 40, classes=2)
    with pytest.raises(SegstudioError, match="do not fit"):
        crf.refine(image[:-1], probabilities, CrfSettings())
    with pytest.raises(SegstudioError, match="do not fit"):
        crf.refine(image[:0], probabilities[:, :0], CrfSettings())


@needs_library
def test_the_library_takes_the_place_of_our_mean_field() -> None:
    image, probabilities = shapes_scene(120, 160, classes=3)
    ours = crf.refine(image, probabilities, CrfSettings())
    theirs = drained(crf.steps(image, probabilities, CrfSettings(), run=mean_field))
    assert agreement(ours, theirs) >= 0.99
    with pytest.raises(SegstudioError, match="finite"):
        next(mean_field(image, np.full((2, 120, 160), np.nan, np.float32), CrfSettings()))


def test_many_classes_none_of_them_likely_still_take_part() -> None:
    rng = np.random.default_rng(5)
    raw = rng.random((40, 30, 30)).astype(np.float32) + 1
    active = crf.active_classes(raw / raw.sum(0))
    assert len(active) == 40

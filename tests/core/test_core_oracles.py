"""Our numbers beside those of the libraries that everybody uses."""

import numpy as np
import pytest

from segstudio.core import evaluation
from segstudio.core.reliability import BINS, reliability

WHY = "install segstudio[oracle] to compare with it"
K = 5


def pictures():
    random = np.random.default_rng(3)
    for number in range(3):
        truth = random.integers(0, K - 1, (40, 50)).astype(np.uint8)  # the last class is absent
        predicted = np.where(random.random(truth.shape) < 0.6, truth, (truth + 1) % (K - 1))
        truth[random.random(truth.shape) < 0.1] = 255
        yield f"{number}.png", truth, predicted.astype(np.uint8)


@pytest.fixture
def measured():
    scores = [evaluation.score(*picture, classes=K) for picture in pictures()]
    return evaluation.evaluation([str(k) for k in range(K)], scores)


@pytest.fixture
def pixels():
    truth = np.concatenate([truth.ravel() for _, truth, _ in pictures()])
    predicted = np.concatenate([predicted.ravel() for _, _, predicted in pictures()])
    return truth[truth != 255], predicted[truth != 255]


def test_scores_are_those_of_scikit_learn(measured, pixels):
    metrics = pytest.importorskip("sklearn.metrics", reason=WHY)
    labels, scores = list(range(K)), measured.scores
    matrix = metrics.confusion_matrix(*pixels, labels=labels)
    assert np.array_equal(measured.confusion[:, :K], matrix)
    wish = {"labels": labels, "average": None, "zero_division": np.nan}
    expected = {
        "iou": metrics.jaccard_score(*pixels, labels=labels, average=None, zero_division=0.0),
        "precision": metrics.precision_score(*pixels, **wish),
        "recall": metrics.recall_score(*pixels, **wish),
    }
    expected["iou"][K - 1] = np.nan  # it has no value for a class that is nowhere
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(scores, name), values, err_msg=name)
    assert scores.pixel_accuracy == pytest.approx(metrics.accuracy_score(*pixels))


def test_scores_are_those_of_torchmetrics(measured, pixels):
    classification = pytest.importorskip("torchmetrics.classification", reason=WHY)
    import torch

    truth, predicted = (torch.from_numpy(values).long() for values in pixels)
    index = classification.MulticlassJaccardIndex(K, average="none")
    present = ~np.isnan(measured.scores.iou)
    iou = index(predicted, truth).numpy()
    np.testing.assert_allclose(measured.scores.iou[present], iou[present], rtol=1e-5)


def test_the_calibration_error_is_that_of_torchmetrics():
    classification = pytest.importorskip("torchmetrics.classification", reason=WHY)
    import torch

    random = np.random.default_rng(0)
    said = random.dirichlet(np.ones(4), 3000).astype(np.float32)
    truth = random.integers(0, 4, 3000)
    theirs = classification.MulticlassCalibrationError(4, n_bins=BINS, norm="l1")
    expected = float(theirs(torch.from_numpy(said), torch.from_numpy(truth)))
    ours = reliability(said.max(axis=1), said.argmax(axis=1) == truth).error
    assert ours == pytest.approx(expected, abs=1e-5)


def test_images_come_from_the_worst_to_the_best():
    truth = np.zeros((10, 10), np.uint8)
    truth[:5] = 1
    good, bad, nothing = truth.copy(), 1 - truth, np.full_like(truth, 255)
    stray = truth.copy()
    stray[0, 0] = 2
    scores = [
        evaluation.score("good", truth, good, classes=3),
        evaluation.score("nothing", nothing, good, classes=3),
        evaluation.score("stray", truth, stray, classes=3),
        evaluation.score("bad", truth, bad.astype(np.uint8), classes=3),
    ]
    found = evaluation.evaluation(["a", "b", "c"], scores)
    assert [image.name for image in found.images] == ["bad", "stray", "good", "nothing"]
    assert found.images[1].miou > 0.95  # one pixel of another class is no class of its own

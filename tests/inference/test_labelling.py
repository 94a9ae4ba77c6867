import cv2
import numpy as np
import pytest

from segstudio.inference import labelling


def smooth(classes, height, width, *, seed=0):
    noise = np.random.default_rng(seed).normal(size=(classes, height, width)).astype(np.float32)
    logits = np.stack([cv2.GaussianBlur(plane, (0, 0), 2.0) for plane in noise]) * 12
    grown = np.exp(logits - logits.max(axis=0))
    return grown / grown.sum(axis=0)


def plain(probabilities, height, width):
    """The obvious way: all classes at full size."""
    full = np.stack(
        [cv2.resize(p, (width, height), interpolation=cv2.INTER_LINEAR) for p in probabilities]
    )
    return full.argmax(axis=0), np.rint(full.max(axis=0) * 255)


@pytest.mark.parametrize(
    "size", [(300, 400), (40, 60), (37, 900), (20, 30), (41, 61), (3, 400), (1, 1)]
)
def test_strips_give_what_the_full_size_gives(size, monkeypatch):
    monkeypatch.setattr(labelling, "STRIP_PIXELS", 4000)
    probabilities = smooth(7, 40, 60)
    channels, confidence = labelling.labelled(probabilities, *size)
    expected, expected_confidence = plain(probabilities, *size)
    assert (channels == expected).mean() >= 0.999
    assert np.abs(confidence - expected_confidence).max() <= 1


def test_without_any_order_every_pixel_is_still_right():
    probabilities = np.random.default_rng(1).dirichlet(np.ones(9), (30, 40)).astype(np.float32)
    probabilities = np.ascontiguousarray(probabilities.transpose(2, 0, 1))
    channels, confidence = labelling.labelled(probabilities, 200, 333)
    expected, expected_confidence = plain(probabilities, 200, 333)
    assert (channels == expected).mean() >= 0.999
    assert np.abs(confidence - expected_confidence).max() <= 1


def test_a_class_that_wins_only_between_pixels_is_not_lost():
    probabilities = np.zeros((3, 2, 2), np.float32)
    probabilities[:, :, 0] = np.array([0.55, 0.0, 0.45])[:, None]
    probabilities[:, :, 1] = np.array([0.0, 0.55, 0.45])[:, None]
    channels, _ = labelling.labelled(probabilities, 8, 64)
    assert set(np.unique(channels)) == {0, 1, 2}


def test_float16_gives_the_same_labels():
    probabilities = smooth(5, 30, 40)
    channels, _ = labelling.labelled(probabilities, 120, 160)
    halved, _ = labelling.labelled(probabilities.astype(np.float16), 120, 160)
    assert (channels == halved).mean() > 0.998


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1)])
def test_one_pixel_gives_one_label_everywhere(size):
    channels, confidence = labelling.labelled(np.array([[[0.2]], [[0.8]]], np.float32), *size)
    assert (channels == 1).all()
    assert (confidence == 204).all()


def test_progress_ends_at_one(monkeypatch):
    monkeypatch.setattr(labelling, "STRIP_PIXELS", 100)
    done = list(labelling.LabelWriter(smooth(3, 8, 8), 100, 100).strips())
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert len(done) > 5


def test_channels_become_class_indices():
    channels = np.array([[0, 1], [2, 1]], np.uint8)
    assert labelling.with_indices(channels, (0, 1, 2)) is channels
    np.testing.assert_array_equal(labelling.with_indices(channels, (7, 0, 3)), [[7, 0], [3, 0]])


def test_values_that_are_no_numbers_do_not_stop_it():
    channels, _ = labelling.labelled(np.full((3, 4, 4), np.nan, np.float32), 9, 9)
    assert channels.shape == (9, 9)


def test_confidence_after_a_refinement_is_what_the_network_gave_to_the_chosen_class():
    probabilities = np.zeros((2, 4, 6), np.float32)
    probabilities[0], probabilities[1] = 0.7, 0.3
    refined = np.zeros((2, 8, 12), np.float32)
    refined[0, :, :6] = 1
    refined[1, :, 6:] = 1

    confidence = labelling.confidence_in(refined, probabilities, 16, 24)

    assert confidence.shape == (16, 24)
    assert abs(int(confidence[8, 2]) - 178) <= 1
    assert abs(int(confidence[8, 21]) - 76) <= 1

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from tiny_networks import Constant, Pointwise, Small, predictor

from segstudio.inference import segmenter
from segstudio.inference.pipeline import Lanes
from segstudio.inference.predictor import Predictor, copied_to_cpu
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings

NATIVE = SegmentSettings("none", "native", precision="full")
PLAIN = SegmentSettings("none", precision="full")


def picture(height, width, seed=0):
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 3)


def segmented(image, model, settings):
    return drained(segmenter.segment(image, model, settings))


# Tiles


@pytest.mark.parametrize("size", [(65, 200), (150, 210), (300, 70), (66, 70)])
@pytest.mark.parametrize("augment", ["none", "flip"])
def test_tiles_say_what_the_whole_says_where_the_size_makes_no_difference(size, augment):
    image, model = picture(*size), predictor()
    tiled = segmented(image, model, replace(NATIVE, augment=augment))
    whole = model.predict(image)
    assert tiled.facts.is_tiled
    assert tiled.probabilities.shape == whole.shape
    # float16 is exact to 2**-11 of a value up to 1.
    assert np.abs(tiled.probabilities - whole).max() <= 2**-11
    clear = np.sort(whole, axis=0)[-1] - np.sort(whole, axis=0)[-2] > 2**-9
    assert (tiled.label_map == whole.argmax(axis=0))[clear].all()


def test_a_network_that_always_says_the_same_leaves_no_seam():
    tiled = segmented(picture(170, 333), predictor(Constant()), NATIVE)
    assert tiled.facts.tiles > 10
    for plane in (*tiled.probabilities, tiled.label_map, tiled.confidence):
        assert (plane == plane[0, 0]).all()


def test_an_image_that_fits_is_looked_at_whole_and_one_that_does_not_in_tiles():
    image, model = picture(128, 900), predictor()
    needed = model.means().bytes_per_pixel
    whole = segmented(image, model, PLAIN)
    assert not whole.facts.is_tiled
    assert whole.facts.tiles == 1
    tight = predictor(free_bytes=int(2 * needed * 150 * 150), short_side=128)
    roomy = predictor(short_side=128)
    tiled = segmented(image, tight, PLAIN)
    assert tiled.facts.is_tiled
    assert tiled.facts.side == 144  # the largest multiple of 16 that fits
    assert np.abs(tiled.probabilities - segmented(image, roomy, PLAIN).probabilities).max() < 2e-3


def test_a_side_that_somebody_asked_for_is_taken():
    tiled = segmented(picture(150, 400), predictor(), replace(NATIVE, tile=100))
    assert tiled.facts.side == 112
    assert tiled.facts.tiles == 2 * 5


# The part that is done


def test_whoever_wants_an_early_end_gets_the_tiles_that_are_done():
    image, model = picture(200, 200), predictor()
    steps = segmenter.segment(image, model, replace(NATIVE, refine="guided"))
    try:
        while True:
            progress = next(steps)
            if progress.partial is not None and progress.partial.finished == 3:
                progress.partial.finish()
    except StopIteration as end:
        result = end.value
    facts = result.facts
    assert (facts.finished, facts.is_stopped) == (3, True)
    assert facts.tiles > 9
    assert result.refined_by == "none"
    whole = model.predict(image).argmax(axis=0)
    done = result.label_map != 255
    assert done[:64, :150].all()
    assert not done[64:].any()
    assert (result.label_map == whole)[done].mean() > 0.99
    assert (result.confidence[~done] == 255).all()


def test_an_early_end_while_edges_are_refined_leaves_them_unrefined():
    image, model = picture(130, 130), predictor()
    steps = segmenter.segment(image, model, replace(NATIVE, refine="guided"))
    partial = None
    try:
        while True:
            progress = next(steps)
            partial = progress.partial or partial
            if progress.stage == "refine":
                partial.finish()
    except StopIteration as end:
        result = end.value
    assert not result.facts.is_stopped
    assert result.refined_by == "none"
    assert (result.label_map != 255).all()


def test_a_preview_shows_the_tiles_that_are_done_at_the_size_of_a_screen():
    image, model = picture(96, 3000), predictor(short_side=96)
    steps = segmenter.segment(image, model, replace(PLAIN, tile=96))
    whole = model.predict(image).argmax(axis=0)
    seen = []
    for progress in steps:
        if progress.partial is not None:
            seen.append(progress.partial.preview())
    assert seen[0].shape == (32, 1000)
    shares = [float((preview != 255).mean()) for preview in seen]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] == 1.0
    assert (seen[-1] == whole[::3, ::3]).mean() > 0.99


# Memory that is not enough

SHORTAGES = [
    torch.OutOfMemoryError("CUDA out of memory."),
    MemoryError(),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
]


@pytest.mark.parametrize("error", SHORTAGES, ids=lambda error: type(error).__name__)
def test_memory_that_is_not_enough_is_answered_by_smaller_tiles(error):
    image, network = picture(500, 700), Small(256 * 256, error)
    model = predictor(network, short_side=500)
    result = segmented(image, model, PLAIN)
    assert result.facts.ran_out == "cpu"
    assert result.facts.side == 160
    assert network.failures == 2
    assert np.abs(result.probabilities - without_a_limit(image)).max() <= 2**-11


def without_a_limit(image):
    return predictor(Pointwise(), short_side=500).predict(image)


def test_what_was_enough_is_remembered_for_images_of_that_size():
    network = Small(256 * 256)
    model = predictor(network, short_side=500)
    segmented(picture(500, 700), model, PLAIN)
    again = segmented(picture(500, 700, seed=1), model, PLAIN)
    assert network.failures == 2
    assert again.facts.side == 160
    assert again.facts.ran_out == ""
    segmented(picture(500, 600), model, PLAIN)
    assert network.failures > 2


def test_an_error_that_has_nothing_to_do_with_memory_stays_an_error():
    model = predictor(Small(0, RuntimeError("shapes cannot be multiplied")))
    with pytest.raises(RuntimeError, match="shapes"):
        segmented(picture(64, 64), model, PLAIN)


def test_nothing_that_is_left_to_try_is_an_error_of_memory():
    with pytest.raises(MemoryError):
        segmented(picture(300, 300), predictor(Small(10), short_side=300), PLAIN)


class Card(Predictor):
    """Stands for a graphics card, whose network may run in half precision."""

    def means(self, sharers=1):
        return replace(super().means(sharers), is_processor=False, can_half=True)

    def on_cpu(self):
        self.spare = predictor(Pointwise(), short_side=self.spec.short_side)
        return self.spare


def on_card(network, **more):
    plain = predictor(network, **more)
    return Card(plain.spec, network, plain.device, lambda _device: 8 * 2**30)


def test_a_card_without_room_for_the_smallest_tile_leaves_the_work_to_the_processor():
    network = Small(10)
    model = on_card(network, short_side=300)
    image = picture(300, 300)
    result = segmented(image, model, PLAIN)
    assert result.facts.ran_out == "cpu"  # which this card really is
    assert not result.facts.is_tiled
    assert model.spare.network.seen == [(1, 3, 304, 304)]
    sides = {way.side for way in model.known_ways.values()}
    assert sides == {0}
    assert all(way.on_cpu for way in model.known_ways.values())


def test_the_copy_for_the_processor_is_the_same_network_without_its_watchers():
    network, lanes = Pointwise(), Lanes(1)
    lanes.watch(predictor(network))
    try:
        copied = copied_to_cpu(network)
    finally:
        lanes.close()
    batch = torch.randn(1, 3, 16, 16)
    assert torch.equal(copied(batch), network(batch))
    assert copied.head is not network.head
    assert not copied.head._forward_pre_hooks
    assert network.head._forward_pre_hooks


def test_a_card_takes_several_tiles_at_a_time():
    network = Pointwise()
    result = segmented(picture(200, 200), on_card(network), NATIVE)
    assert result.facts.tiles == 16
    assert {shape[0] for shape in network.seen if shape[2] == 64} == {8}


# Looking again


@pytest.mark.parametrize(("augment", "passes"), [("none", 1), ("flip", 2), ("scales", 6)])
def test_each_pass_is_a_look_of_the_network(augment, passes):
    network = Pointwise()
    result = segmented(picture(64, 96), predictor(network), replace(PLAIN, augment=augment))
    assert len([shape for shape in network.seen if shape[2:] != (128, 128)]) == passes
    assert result.facts.passes == passes
    np.testing.assert_allclose(result.probabilities.sum(axis=0), 1.0, atol=3e-3)


class Sided(Pointwise):
    """Says 0 in the left half of what it sees and 1 in the right one."""

    def score(self, decoded):
        right = torch.zeros_like(decoded[:, :1])
        right[..., right.shape[3] // 2 :] = 9.0
        return torch.cat([4.5 - right, right - 4.5, -9 + 0 * right], dim=1)


def test_a_network_that_prefers_a_side_is_undecided_after_both_looks():
    result = segmented(picture(64, 96), predictor(Sided()), replace(PLAIN, augment="flip"))
    assert np.abs(result.probabilities[0] - 0.5).max() < 0.01
    plain = segmented(picture(64, 96), predictor(Sided()), PLAIN)
    assert plain.probabilities[0].max() > 0.99


def test_what_is_seen_at_other_scales_lies_where_it_lay():
    image = np.zeros((64, 96, 3), np.uint8)
    image[20:40, 30:60] = 255
    model = predictor()
    plain = segmented(image, model, PLAIN).label_map
    several = segmented(image, model, replace(PLAIN, augment="scales")).label_map
    assert (plain == several).mean() > 0.97

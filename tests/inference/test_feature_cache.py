from dataclasses import replace

import numpy as np
import pytest
import tiny_networks
from tiny_networks import Pointwise, predictor

from segstudio.inference import segmenter
from segstudio.inference.feature_cache import FeatureCache
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import catalogue, networks

PLAIN = SegmentSettings("none", precision="full")
FREE = 8 * 2**30


def picture(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (64, 80, 3), np.uint8)


def on_one_encoder(count, **more):
    networks = [Pointwise(seed=0) for _ in range(count)]
    return [predictor(network, encoder_sha256="of the encoder", **more) for network in networks]


def runs(*models):
    return [len(model.network.seen) for model in models]


def test_a_second_head_on_the_same_encoder_costs_only_its_decoder():
    cache, (first, second) = FeatureCache(), on_one_encoder(2)
    alone = drained(segmenter.segment(picture(), second, PLAIN))
    _, before = runs(first, second)
    drained(segmenter.segment(picture(), first, PLAIN, cache=cache))
    result = drained(segmenter.segment(picture(), second, PLAIN, cache=cache))
    assert runs(second) == [before]
    assert np.array_equal(result.probabilities, alone.probabilities)
    drained(segmenter.segment(picture(1), second, PLAIN, cache=cache))
    assert runs(second) == [before + 1]


def test_another_encoder_normalisation_or_precision_is_another_look():
    cache = FeatureCache()
    (first,) = on_one_encoder(1)
    (brighter,) = on_one_encoder(1, mean=(0.4,) * 3)
    (reversed_,) = on_one_encoder(1, channel_order="bgr")
    unknown = predictor(Pointwise())
    for model in (first, brighter, reversed_, unknown):
        cache.encoded(model, picture())
        cache.encoded(model, picture())
        assert runs(model)[0] - (1 if model.__dict__.get("_bytes_per_pixel") else 0) == 1
    cache.encoded(first, picture(), half=True)
    assert runs(first)[0] == 3


def test_heads_that_were_trained_on_one_encoder_share_what_it_sees():
    spec = tiny_networks.spec(encoder_inside=True)
    spec = replace(spec, architecture="plain", arguments={"layers": 1, "width": 4})
    first, second, other = (networks.build(spec) for _ in range(3))
    second.encoder.load_state_dict(first.encoder.state_dict())
    ids = [Predictor(spec, each, tiny_networks.CPU).encoder_id for each in (first, second, other)]
    assert ids[0] == ids[1] != ids[2]


def test_the_oldest_images_go_when_the_budget_is_used_up():
    (model,) = on_one_encoder(1)
    size = model.encode(picture()).nbytes
    cache = FeatureCache(most_bytes=2 * size)
    for seed in (0, 1, 2):
        cache.encoded(model, picture(seed))
    assert cache.nbytes == 2 * size
    before = len(model.network.seen)
    cache.encoded(model, picture(2))
    cache.encoded(model, picture(1))
    assert len(model.network.seen) == before
    cache.encoded(model, picture(0))
    assert len(model.network.seen) == before + 1


def test_nothing_is_kept_where_memory_is_short():
    cache = FeatureCache()
    (model,) = on_one_encoder(1, free_bytes=1000)
    cache.encoded(model, picture())
    assert cache.nbytes == 0


@pytest.mark.model
def test_models_on_the_embedded_encoder_share_what_it_sees():
    from segstudio.inference import predictor as predictors

    models = [predictors.load(catalogue.find("scenes"), "cpu") for _ in range(2)]
    assert models[0].encoder_id == models[1].encoder_id
    seen = []
    for model in models:
        assert model.means().bytes_per_pixel > 100
        model.network.encoder.register_forward_hook(lambda *_: seen.append(1))
    cache = FeatureCache()
    for model in models:
        cache.encoded(model, picture())
    assert len(seen) == 1

import dataclasses

import numpy as np
import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint, encoders, networks
from segstudio.models.spec import ModelSpec

SIZES = [(1, 1), (1, 40), (33, 65), (97, 131)]


def spec_of(architecture, classes=3, **fields):
    row = networks.find(architecture)
    values = {
        "name": architecture,
        "architecture": architecture,
        "classes": ClassTable.named(f"class {k}" for k in range(classes)),
        "encoder": "resnet18",
        "encoder_inside": True,
        "multiple": row.multiple,
        "arguments": row.arguments,
    }
    return ModelSpec(**{**values, **fields})


@pytest.fixture(params=sorted(networks.ARCHITECTURES))
def spec(request):
    return spec_of(request.param)


def test_every_architecture_takes_every_size(spec):
    torch.manual_seed(0)
    predictor = Predictor(spec, networks.build(spec), torch.device("cpu"))
    for height, width in SIZES:
        image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        probabilities = predictor.predict(image)
        assert probabilities.shape == (3, height, width)
        assert np.isfinite(probabilities).all()
        np.testing.assert_allclose(probabilities.sum(axis=0), 1.0, atol=1e-5)


@pytest.mark.parametrize("classes", [1, 2, 40])
def test_every_architecture_takes_any_number_of_classes(spec, classes):
    spec = dataclasses.replace(spec, classes=ClassTable.named(f"c{k}" for k in range(classes)))
    side = spec.multiple
    with torch.inference_mode():
        assert networks.build(spec)(torch.zeros(1, 3, side, side)).shape == (1, classes, side, side)


def test_every_architecture_takes_one_channel(spec):
    spec = dataclasses.replace(spec, channels=1, mean=(0.5,), std=(0.5,))
    predictor = Predictor(spec, networks.build(spec), torch.device("cpu"))
    assert predictor.predict(np.zeros((20, 30, 3), np.uint8)).shape == (3, 20, 30)


def test_gradients_reach_every_weight(spec):
    network = networks.build(spec).train()
    network(torch.randn(2, 3, 64, 64)).square().mean().backward()
    without = [name for name, p in network.named_parameters() if p.grad is None]
    # PSPNet reads only the first three of the encoder's stages
    assert not [name for name in without if not name.startswith("encoder.")]


def test_the_parts_run_one_after_the_other_give_the_whole(spec):
    network = networks.build(spec)
    batch = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        features = networks.tapped(networks.find(spec.architecture), network.encode(batch))
        decoded = network.decode(features)
        logits = network.classify(decoded, (64, 96))
        torch.testing.assert_close(logits, network(batch))
        coarse = network.score(decoded)
    assert coarse.shape[:2] == (1, 3)
    assert 64 % coarse.shape[2] == 0


def test_eval_is_deterministic(spec):
    network = networks.build(spec)
    batch = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(network(batch), network(batch))


def test_every_architecture_survives_its_file(spec, tmp_path):
    network = networks.build(spec)
    path = tmp_path / "model.safetensors"
    checkpoint.save(path, spec, network)
    read, loaded = checkpoint.load(path)
    assert read == spec
    for name, values in network.state_dict().items():
        assert torch.equal(values, loaded.state_dict()[name]), name


def test_heads_on_the_embedded_encoder_are_small_files(tmp_path):
    mean, std = encoders.normalisation("lite0")
    spec = spec_of(
        "deeplabv3plus",
        classes=12,
        encoder="lite0",
        encoder_inside=False,
        encoder_sha256=encoders.embedded_sha256("lite0"),
        mean=mean,
        std=std,
    )
    path = tmp_path / "head.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    assert path.stat().st_size < 4_000_000
    _, loaded = checkpoint.load(path)
    stored = encoders.embedded_state("lite0")
    assert encoders.state_sha256(loaded.encoder.state_dict()) == (encoders.state_sha256(stored))


def test_unknown_names_are_refused():
    with pytest.raises(ModelError, match="deeplabv3plus"):
        networks.find("segnet")
    with pytest.raises(ModelError, match="lite0"):
        encoders.timm_name("resnet_of_nobody")
    with pytest.raises(ModelError, match="no encoder"):
        encoders.timm_name("hf-hub:someone/model")


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ModelError, match="cannot be built"):
        networks.build(spec_of("unet", arguments={"no_such_argument": 1}))


def test_an_encoder_that_is_nowhere_is_refused():
    with pytest.raises(ModelError, match="resnet18"):
        networks.build(spec_of("unet", encoder_inside=False))

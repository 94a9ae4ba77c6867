"""The contract that every row of the table keeps."""

import copy

import numpy as np
import pytest
import torch

from segstudio.core.errors import ModelError
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint, encoders, networks

SIZES = [(1, 1), (1, 40), (33, 65), (97, 70)]


@pytest.fixture(params=sorted(networks.ARCHITECTURES))
def architecture(request):
    return request.param


def test_logits_have_the_size_of_the_input(architecture, spec_of, build):
    network = build(spec_of(architecture))
    for height, width in SIZES:
        with torch.inference_mode():
            logits = network(torch.randn(1, 3, height, width))
        assert logits.shape == (1, 3, height, width)
        assert logits.isfinite().all()


def test_photos_become_probabilities(architecture, spec_of, build):
    predictor = Predictor(spec_of(architecture), build(spec_of(architecture)), torch.device("cpu"))
    image = np.random.default_rng(0).integers(0, 256, (33, 65, 3), np.uint8)
    probabilities = predictor.predict(image)
    assert probabilities.shape == (3, 33, 65)
    np.testing.assert_allclose(probabilities.sum(axis=0), 1.0, atol=1e-5)


@pytest.mark.parametrize(("classes", "channels"), [(1, 1), (40, 4)])
def test_any_number_of_classes_and_channels(architecture, classes, channels, spec_of, build):
    spec = spec_of(architecture, classes=classes, channels=channels)
    with torch.inference_mode():
        assert build(spec)(torch.zeros(1, channels, 20, 30)).shape == (1, classes, 20, 30)


def test_every_preset_is_a_network_that_fits_its_multiple(architecture, spec_of):
    row = networks.find(architecture)
    assert "standard" in row.presets
    for name in row.presets:
        arguments = row.chosen(name, {})
        multiple = row.multiple_of(arguments)
        with torch.device("meta"):  # sizes without values
            network = networks.build(spec_of(architecture, arguments=arguments))
            features = network.encode(torch.zeros(1, 3, multiple, 2 * multiple))
            assert max(row.taps_of(arguments)) == len(features) - 1
            logits = network.classify(network.decode(features), (multiple, 2 * multiple))
        assert logits.shape == (1, 3, multiple, 2 * multiple)


def test_every_choice_that_is_offered_can_be_built(architecture, spec_of):
    for parameter in networks.find(architecture).parameters:
        offered = {"switch": (True, False), "choice": parameter.choices}.get(parameter.kind, ())
        if parameter.name == "encoder_depth":
            offered = (int(parameter.least),)
        for value in (v for v in offered if v != parameter.default):
            with torch.device("meta"):  # sizes without values
                network = networks.build(spec_of(architecture, arguments={parameter.name: value}))
                assert network(torch.zeros(1, 3, 33, 65)).shape == (1, 3, 33, 65), parameter.name


def test_gradients_reach_every_weight(architecture, spec_of, build):
    network = copy.deepcopy(build(spec_of(architecture))).train()
    network(torch.randn(2, 3, 64, 64)).square().mean().backward()
    assert not [name for name, p in network.named_parameters() if p.grad is None]


def test_the_parts_run_one_after_the_other_give_the_whole(architecture, spec_of, build):
    network = build(spec_of(architecture))
    batch = torch.randn(1, 3, 128, 128)
    with torch.inference_mode():
        features = network.tapped(network.encode(batch))
        decoded = network.decode(features)
        torch.testing.assert_close(network.classify(decoded, (128, 128)), network(batch))
        coarse = network.score(decoded)
    assert coarse.shape[:2] == (1, 3)
    assert 128 % coarse.shape[2] == 0


def test_eval_is_deterministic(architecture, spec_of, build):
    network = build(spec_of(architecture))
    batch = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(network(batch), network(batch))


def test_every_architecture_survives_its_file(architecture, spec_of, build, tmp_path):
    spec = spec_of(architecture, classes=40, channels=4)
    network = build(spec)
    path = tmp_path / "model.safetensors"
    checkpoint.save(path, spec, network)
    read, loaded = checkpoint.load(path)
    assert read == spec
    for name, values in network.state_dict().items():
        assert torch.equal(values, loaded.state_dict()[name]), name


def test_heads_on_the_embedded_encoder_are_small_files(tmp_path, spec_of):
    spec = spec_of(
        "deeplabv3plus",
        classes=12,
        encoder="lite0",
        encoder_inside=False,
        encoder_sha256=encoders.embedded_sha256("lite0"),
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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"no_such_argument": 1}, "cannot be built.*encoder_depth"),
        ({"encoder_depth": 9}, "3 to 5"),
        ({"decoder_channels": [0, 1, 2]}, "3 to 5 numbers"),
        ({"decoder_interpolation": "magic"}, "transposed"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, sentence, spec_of):
    spec = spec_of("unet")
    spec.arguments.update(arguments)
    with pytest.raises(ModelError, match=sentence):
        networks.build(spec)


def test_an_encoder_that_is_nowhere_is_refused(spec_of):
    with pytest.raises(ModelError, match="resnet18"):
        networks.build(spec_of("unet", encoder="resnet18", encoder_inside=False))


def test_an_encoder_that_is_not_there_cannot_be_left_out(spec_of):
    with pytest.raises(ModelError, match="no encoder"):
        networks.build(spec_of("plain", encoder="lite0", encoder_inside=False))


def test_every_architecture_stands_on_a_vgg(architecture, spec_of):
    """The family whose maps begin at full size, and which timm does not dilate."""
    arguments = {"encoder_output_stride": 32} if architecture == "pan" else {}
    with torch.device("meta"):  # sizes without values
        network = networks.build(spec_of(architecture, encoder="vgg11_bn", arguments=arguments))
        assert network(torch.zeros(1, 3, 33, 65)).shape == (1, 3, 33, 65)


@pytest.mark.parametrize("architecture", ["deeplabv3plus", "pan"])
def test_an_encoder_that_cannot_be_dilated_is_a_sentence(architecture, spec_of):
    encoder = {"pan": "vgg11_bn"}.get(architecture, "swin_tiny_patch4_window7_224")
    with pytest.raises(ModelError, match=f"{encoder}.*32"):
        networks.build(spec_of(architecture, encoder=encoder))

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
from PIL import Image as PillowImage
from safetensors.torch import save_file

from segstudio.core.errors import ModelError
from segstudio.models import backbones, encoders, lite0
from segstudio.models.encoder_table import ENCODERS


def test_the_embedded_weights_fill_the_whole_encoder():
    network = timm.create_model("tf_efficientnet_lite0", features_only=True, pretrained=False)
    state = {k.removeprefix("model."): v for k, v in encoders.embedded_state("lite0").items()}
    network.load_state_dict(state, strict=True)


@pytest.mark.model
def test_the_embedded_weights_know_imagenet(shared_data):
    """With its classifier, the renamed encoder must recognise a zebra (class 340)."""
    stored = torch.load(lite0.file(), map_location="cpu", weights_only=True)
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    state = {k.removeprefix("model."): v for k, v in encoders.embedded_state("lite0").items()}
    state["conv_head.weight"] = stored["_conv_head.weight"]
    state["classifier.weight"] = stored["_fc.weight"]
    state["classifier.bias"] = stored["_fc.bias"]
    for leaf in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
        state[f"bn2.{leaf}"] = stored[f"_bn1.{leaf}"]
    network.load_state_dict(state, strict=True)
    with PillowImage.open(shared_data / "scenes/images/000000000034.jpg") as picture:
        pixels = np.array(picture.convert("RGB").resize((224, 224)), np.float32)
    batch = torch.from_numpy((pixels - 127) / 128).permute(2, 0, 1)[None]
    with torch.inference_mode():
        assert int(network(batch).argmax()) == 340


def test_the_hash_does_not_depend_on_order_but_on_every_value():
    state = {"b": torch.ones(2), "a": torch.zeros(3)}
    same = {"a": torch.zeros(3), "b": torch.ones(2)}
    other = {"a": torch.zeros(3), "b": torch.tensor([1.0, 1.0001])}
    assert encoders.state_sha256(state) == encoders.state_sha256(same)
    assert encoders.state_sha256(state) != encoders.state_sha256(other)


def test_the_embedded_encoder_is_the_one_that_the_models_were_trained_on():
    assert encoders.embedded_sha256("lite0").startswith("85daf437b1201930")


@pytest.mark.parametrize("name", ["lite0", "resnet18", "tu-mobilenetv3_large_100"])
def test_encoders_are_found_by_name(name):
    assert timm.is_model(encoders.timm_name(name))


@pytest.mark.parametrize("name", [n for n, row in ENCODERS.items() if row.weights])
def test_published_weights_are_where_timm_knows_them(name):
    """VGG16-BN is the one that timm keeps elsewhere; its hash is in torchvision's file name."""
    row = ENCODERS[name]
    known = [
        timm.models.get_pretrained_cfg(full) for full in timm.list_pretrained(f"{row.timm_name}.*")
    ]
    same = [c for c in known if c.url == row.weights.address]
    if not same:
        expected = torchvision.models.get_model_weights(name).IMAGENET1K_V1.url
        assert row.weights.address == expected
        same = [c for c in known if c.tag == "tv_in1k"]
    assert (row.mean, row.std) == (same[0].mean, same[0].std)
    assert row.weights.sha256_prefix in row.weights.file_name


def test_weights_of_other_encoders_are_named_with_their_hash():
    weights = encoders.published_weights("efficientnet_b0")
    assert weights.sha256_prefix == "3dd342df"
    assert encoders.weights_file("efficientnet_b0").name == weights.file_name


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("SEGSTUDIO_HOME", str(tmp_path))
    return tmp_path


def put(encoder, state):
    path = encoders.weights_file(encoder)
    path.parent.mkdir(parents=True)
    torch.save(state, path)
    return path


def test_published_weights_fill_the_encoder(home):
    published = timm.create_model("mobilenetv2_100").state_dict()
    put("mobilenetv2_100", published)
    network = timm.create_model("mobilenetv2_100", features_only=True)
    state = encoders.pretrained_state("mobilenetv2_100")
    network.load_state_dict({k.removeprefix("model."): v for k, v in state.items()})
    assert torch.equal(network.conv_stem.weight, published["conv_stem.weight"])


def test_the_numbered_layers_of_a_vgg_are_found(home):
    """Its published names are features.0, features.1, …; with maps only they become features_0."""
    names = backbones.build("vgg11_bn", 3).state_dict()
    stored = {k.removeprefix("model.").replace("_", ".", 1): v for k, v in names.items()}
    path = encoders.weights_file("vgg11_bn")
    path.parent.mkdir()
    save_file(stored, path)
    assert encoders.pretrained_state("vgg11_bn").keys() == names.keys()


def test_absent_weights_are_a_sentence_with_a_way_out(home):
    with pytest.raises(ModelError, match=r"segstudio models fetch resnet50.*lite0"):
        encoders.pretrained_state("resnet50")
    with pytest.raises(ModelError, match=r"Save them as .*convnext_tiny.safetensors"):
        encoders.pretrained_state("convnext_tiny")


def test_damaged_and_wrong_weights_are_sentences(home):
    path = put("resnet18", timm.create_model("resnet10t").state_dict())
    with pytest.raises(ModelError, match="does not hold"):
        encoders.pretrained_state("resnet18")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="damaged"):
        encoders.pretrained_state("resnet18")


def test_a_pickled_network_is_not_run(home):
    path = put("resnet18", Hostile())
    with pytest.raises(ModelError, match="damaged"):
        encoders.pretrained_state("resnet18")
    assert not (path.parent / "run").exists()


class Hostile:
    def __reduce__(self):
        return (Path.touch, (encoders.weights_file("resnet18").parent / "run",))


def test_an_encoder_of_fewer_stages_takes_the_weights_it_has():
    stored = backbones.build("test_resnet", 3).state_dict()
    fewer = backbones.build("test_resnet", 3, depth=3)
    encoders.fill(fewer, stored)
    state = fewer.state_dict()
    assert len(state) < len(stored)
    assert all(torch.equal(values, stored[name]) for name, values in state.items())
    with pytest.raises(ModelError, match="missing"):
        encoders.fill(backbones.build("test_resnet", 3), state)


def test_unknown_names_are_refused():
    with pytest.raises(ModelError, match="lite0"):
        encoders.timm_name("resnet_of_nobody")
    with pytest.raises(ModelError, match="no encoder"):
        encoders.timm_name("hf-hub:someone/model")

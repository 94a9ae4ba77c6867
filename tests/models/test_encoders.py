import numpy as np
import pytest
import timm
import torch
from PIL import Image as PillowImage

from segstudio.models import encoders, lite0


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

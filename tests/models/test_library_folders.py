import json

import pytest
import segmentation_models_pytorch as library
import torch
from foreign_weights import seeded
from torch.nn import functional

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing


def of_library(class_name, encoder="resnet18", classes=3, **arguments):
    build = getattr(library, class_name)
    return seeded(build(encoder, encoder_weights=None, classes=classes, **arguments))


def padded(network, batch, multiple):
    """Run a network of the library, which takes certain sizes only, as ours runs it."""
    height, width = batch.shape[2:]
    below, right = -height % multiple, -width % multiple
    found = network(functional.pad(batch, (0, right, 0, below), mode="replicate"))
    found = found[0] if isinstance(found, tuple) else found
    return found[:, :, :height, :width]


@pytest.mark.parametrize(
    ("class_name", "arguments"),
    [
        (
            "Unet",
            {"encoder_depth": 3, "decoder_channels": (32, 16, 8), "aux_params": {"classes": 4}},
        ),
        ("Segformer", {"encoder": "mit_b0"}),
        ("PAN", {"activation": "softmax"}),
    ],
)
def test_a_folder_gives_the_logits_that_the_library_gives(class_name, arguments, tmp_path):
    theirs = of_library(class_name, **arguments)
    theirs.save_pretrained(tmp_path / "theirs")
    loaded = library.from_pretrained(str(tmp_path / "theirs")).eval()
    if "activation" in arguments:  # ours are logits
        loaded.segmentation_head[2] = torch.nn.Identity()
    proposal = importing.inspect(tmp_path / "theirs")
    assert (proposal.kind, proposal.name, len(proposal.classes)) == ("library", "theirs", 3)
    spec, network = checkpoint.load(importing.take_in(proposal, tmp_path / "own"))
    large = [(375, 500)] if class_name == "Unet" else []  # the same code pads for all of them
    for size in [(1, 1), (33, 65), (97, 131), *large]:
        batch = torch.randn(1, 3, *size)
        with torch.inference_mode():
            expected = padded(loaded, batch, spec.multiple)
            torch.testing.assert_close(network(batch), expected, atol=1e-5, rtol=0)


def test_one_output_becomes_two_classes(tmp_path):
    theirs = of_library("Linknet", classes=1)
    theirs.save_pretrained(tmp_path / "theirs")
    proposal = importing.inspect(tmp_path / "theirs" / "model.safetensors")
    assert proposal.classes == ("background", "foreground")
    _, network = checkpoint.load(importing.take_in(proposal, tmp_path / "own"))
    batch = torch.randn(1, 3, 64, 32)
    with torch.inference_mode():
        share = network(batch).softmax(dim=1)[:, 1:]
        torch.testing.assert_close(share, theirs(batch).sigmoid())


def test_encoders_that_may_not_earn_money_are_told(tmp_path):
    of_library("Segformer", encoder="mit_b0").save_pretrained(tmp_path / "theirs")
    proposal = importing.inspect(tmp_path / "theirs")
    assert not proposal.is_commercial
    assert "NVIDIA" in proposal.licence


def test_a_folder_that_does_not_fit_itself_is_refused(tmp_path):
    folder = tmp_path / "theirs"
    of_library("Unet").save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    wrong = {
        "do not fit": {"classes": 4},
        "at most 255": {"classes": 10_000},
        "would be fetched": {"encoder_name": "tu-hf-hub:someone/model"},
        "cannot be built": {"encoder_depth": 77},
        "does not run": {"_model_class": "DPT"},
        "damaged": {"in_channels": "three"},
    }
    for sentence, change in wrong.items():
        (folder / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(ModelError, match=sentence):
            importing.take_in(importing.inspect(folder), tmp_path / "own")
    for text in ("{", "[]", "\x00"):
        (folder / "config.json").write_text(text)
        with pytest.raises(ModelError, match=r"config\.json"):
            importing.inspect(folder)
    assert not (tmp_path / "own").exists()

import json

import pytest
import torch

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing

library = pytest.importorskip("transformers", reason="transformers is not installed (extra “hub”)")

NAMES = {0: "wall", 1: "sky", 2: "tree"}


def segformer(**fields):
    return library.SegformerConfig(
        hidden_sizes=[8, 16, 16, 32],
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 2],
        decoder_hidden_size=16,
        **{"id2label": NAMES, **fields},
    )


def dpt():
    return library.DPTConfig(
        **{"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2},
        **{"intermediate_size": 32, "image_size": 64, "patch_size": 16},
        **{"backbone_out_indices": [0, 1, 2, 3], "neck_hidden_sizes": [8, 8, 8, 8]},
        **{"fusion_hidden_size": 8, "is_hybrid": False, "id2label": NAMES},
    )


def upernet():
    stages = ["stage1", "stage2", "stage3", "stage4"]
    backbone = library.ConvNextConfig(
        hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], out_features=stages
    )
    return library.UperNetConfig(
        backbone_config=backbone,
        hidden_size=16,
        id2label=NAMES,
        use_auxiliary_head=True,
        auxiliary_in_channels=16,
        auxiliary_channels=8,
    )


def mobilenet():
    return library.MobileNetV2Config(depth_multiplier=0.25, id2label=NAMES)


@pytest.fixture(autouse=True)
def no_bars():
    library.utils.logging.disable_progress_bar()


@pytest.fixture
def folder(tmp_path):
    """Save a tiny random model of a description, as the library does."""

    def save(config):
        torch.manual_seed(0)
        network = library.AutoModelForSemanticSegmentation.from_config(config).eval()
        network.save_pretrained(tmp_path / "tiny")
        return tmp_path / "tiny", network

    return save


def refused(path, sentence):
    with pytest.raises(ModelError, match=sentence) as caught:
        importing.take_in(importing.inspect(path), path.parent / "own")
    assert path.name in str(caught.value) or "model.safetensors" in str(caught.value)
    assert not (path.parent / "own").exists()


@pytest.mark.parametrize("config", [segformer, mobilenet, upernet, dpt])
def test_a_folder_gives_the_logits_that_the_library_gives(config, folder, tmp_path):
    path, _ = folder(config())
    loaded = library.AutoModelForSemanticSegmentation.from_pretrained(path).eval()
    proposal = importing.inspect(path)
    assert (proposal.kind, proposal.classes) == ("hub", ("wall", "sky", "tree"))
    spec, network = checkpoint.load(importing.take_in(proposal, tmp_path / "own"))
    batch = torch.randn(2, 3, *(spec.input_size or (64, 96)))
    with torch.inference_mode():
        expected = loaded(pixel_values=batch).logits
        coarse = network.score(network.decode(network.encode(batch)))
        torch.testing.assert_close(coarse, expected, atol=1e-5, rtol=0)
        for size in [(1, 1), (33, 65)]:
            assert network(torch.randn(1, 3, *size)).shape == (1, 3, *size)


def test_the_folder_says_how_its_input_is_made(folder):
    path, _ = folder(segformer())
    shown = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.5] * 3, "do_normalize": True}
    (path / "preprocessor_config.json").write_text(json.dumps({**shown, "size": {"height": 640}}))
    (path / "README.md").write_text("---\nlicense: cc-by-nc-4.0\ntags:\n- x\n---\n# A model\n")
    proposal = importing.inspect(path / "model.safetensors")
    assert (proposal.mean, proposal.short_side) == ((0.1, 0.2, 0.3), 640)
    assert (proposal.licence, proposal.is_commercial) == ("cc-by-nc-4.0", False)
    assert proposal.assumed == ()


def test_folders_that_cannot_be_used_are_refused(folder):
    path, _ = folder(segformer())
    config = json.loads((path / "config.json").read_text())
    wrong = {
        "class per pixel": {"architectures": ["SegformerForImageClassification"]},
        "do not fit|cannot be put": {"decoder_hidden_size": 32},
        "does not run as": {"model_type": "nothing", "auto_map": {"AutoModel": "code.Net"}},
        "at most 255": {"id2label": {str(k): str(k) for k in range(10_000)}},
    }
    for sentence, change in wrong.items():
        (path / "config.json").write_text(json.dumps(config | change))
        refused(path, sentence)
    (path / "config.json").write_text(json.dumps(config))
    content = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(content[: len(content) // 2])
    refused(path, "ends too early|damaged")
    (path / "model.safetensors").unlink()
    refused(path, "no weights")


def test_code_beside_a_model_is_not_run(folder, tmp_path):
    path, _ = folder(segformer())
    config = json.loads((path / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSemanticSegmentation": "code.Net"}
    (path / "config.json").write_text(json.dumps(config))
    (path / "code.py").write_text(f"import os; os.mkdir({str(tmp_path / 'mark')!r})")
    importing.take_in(importing.inspect(path), tmp_path / "own")
    assert not (tmp_path / "mark").exists()

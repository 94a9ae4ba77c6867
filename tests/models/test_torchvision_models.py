import hashlib
from dataclasses import replace

import pytest
import torch
from foreign_weights import seeded
from torchvision.models import segmentation

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing, networks, published, weights_fit
from segstudio.models.torchvision_network import TorchvisionNetwork


def of_torchvision(name, classes=21, **arguments):
    build = getattr(segmentation, name)
    return seeded(build(weights=None, weights_backbone=None, num_classes=classes, **arguments))


def assert_alike(ours, theirs, size):
    batch = torch.randn(1, 3, *size)
    with torch.inference_mode():
        torch.testing.assert_close(ours(batch), theirs(batch)["out"], atol=1e-5, rtol=0)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Save a network as torchvision does; its file is one of the published ones."""

    def save(network, published_name):
        path = tmp_path / "weights.pth"
        torch.save(network.state_dict(), path)
        digits = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        row = published.MODELS[published_name]
        ours = replace(row, file_name=f"model-{digits}.pth", size_bytes=path.stat().st_size)
        monkeypatch.setitem(published.MODELS, published_name, ours)
        return path.rename(tmp_path / ours.file_name)

    return save


@pytest.mark.parametrize(
    ("name", "published_name", "arguments"),
    [
        ("deeplabv3_mobilenet_v3_large", "deeplabv3-mobilenetv3", {"aux_loss": True}),
        ("lraspp_mobilenet_v3_large", "lraspp-mobilenetv3", {}),
    ],
)
def test_published_files_give_the_logits_that_torchvision_gives(
    name, published_name, arguments, saved, tmp_path
):
    theirs = of_torchvision(name, **arguments)
    proposal = importing.inspect(saved(theirs, published_name))
    assert (proposal.kind, proposal.name, proposal.assumed) == ("torchvision", published_name, ())
    spec, network = checkpoint.load(importing.take_in(proposal, tmp_path / "own"))
    assert (spec.published, spec.short_side, len(spec.classes)) == (published_name, 520, 21)
    for size in [(1, 1), (33, 65), (97, 131), (375, 500)]:
        assert_alike(network, theirs, size)


def test_a_large_network_gives_the_logits_that_torchvision_gives():
    theirs = of_torchvision("fcn_resnet50", aux_loss=True)
    spec = published.describe(published.MODELS["fcn-resnet50"])
    network = weights_fit.filled(spec, theirs.state_dict(), "fcn")
    for size in [(1, 1), (33, 65), (97, 131)]:
        assert_alike(network, theirs, size)


def test_a_published_file_is_known_by_its_content_and_not_by_its_name(saved, tmp_path):
    network = of_torchvision("lraspp_mobilenet_v3_large")
    path = saved(network, "lraspp-mobilenetv3")
    renamed = path.with_name("download (1).pth")
    path.rename(renamed)
    assert importing.inspect(renamed).name == "lraspp-mobilenetv3"
    torch.save(seeded(network, seed=1).state_dict(), path)
    with pytest.raises(ModelError, match="its content is another"):
        importing.inspect(path)


@pytest.mark.parametrize("model", published.MODELS.values(), ids=lambda model: model.name)
def test_published_models_have_the_number_of_weights_that_is_published(model):
    head = model.architecture.removeprefix("torchvision_")
    arguments = {} if head == "lraspp" else {"aux_loss": True}
    with torch.device("meta"):
        theirs = getattr(segmentation, f"{head}_{model.encoder}")(
            weights=None, weights_backbone=None, **arguments
        )
        ours = networks.build(published.describe(model))
    assert sum(p.numel() for p in theirs.parameters()) == model.parameters
    shapes = {k: v.shape for k, v in theirs.state_dict().items() if not k.startswith("aux_")}
    assert {k: v.shape for k, v in ours.state_dict().items()} == shapes


def test_the_table_says_what_torchvision_says():
    theirs = {
        entry.url: entry
        for value in vars(segmentation).values()
        if isinstance(value, type) and value.__name__.endswith("_Weights")
        for entry in value
    }
    assert {model.address for model in published.MODELS.values()} == set(theirs)
    for model in published.MODELS.values():
        meta = theirs[model.address].meta
        said = meta["_metrics"]["COCO-val2017-VOC-labels"]
        figures = 100 * model.miou, 100 * model.pixel_accuracy
        assert (said["miou"], said["pixel_acc"]) == pytest.approx(figures)
        assert meta["num_params"] == model.parameters
        assert meta["_file_size"] * 2**20 == pytest.approx(model.size_bytes, abs=600)
        names = [entry.name for entry in published.classes()]
        assert names == ["background", *meta["categories"][1:]]


def test_networks_that_torchvision_does_not_have_are_refused():
    with pytest.raises(ValueError, match="no lraspp"):
        TorchvisionNetwork("lraspp", "resnet50", 21, 3)
    with pytest.raises(ValueError, match="3 channels"):
        TorchvisionNetwork("fcn", "resnet50", 21, 1)

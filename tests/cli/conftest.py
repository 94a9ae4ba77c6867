import shutil

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio import assets
from segstudio.core.classes import ClassTable
from segstudio.models import catalogue, checkpoint, encoders, networks
from segstudio.models.spec import ModelSpec

CLASSES = ClassTable.named(["ground", "animal", "sky"])


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    """A network of random weights on the embedded encoder."""
    import torch

    torch.manual_seed(0)
    spec = ModelSpec(
        "tiny",
        "deeplabv3plus",
        CLASSES,
        arguments={"decoder_channels": 16},
        encoder_sha256=encoders.embedded_sha256("lite0"),
        short_side=64,
        metrics={"miou": 0.25},
        note="Random weights.",
    )
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    return path


@pytest.fixture
def bundled(model_file, tmp_path, monkeypatch):
    """A resources folder whose only model is the random one, with two sample photos."""
    root = tmp_path / "resources"
    (root / "models").mkdir(parents=True)
    (root / "samples").mkdir()
    shutil.copytree(assets.path("classes"), root / "classes")
    (root / "models" / f"{catalogue.DEFAULT}.safetensors").write_bytes(model_file.read_bytes())
    save_photo(root / "samples" / "one.jpg", (48, 64))
    save_photo(root / "samples" / "two.jpg", (40, 30))
    (root / "samples" / "README.md").write_text("Where they come from.", encoding="utf-8")
    monkeypatch.setattr(assets, "root", lambda: root)
    return root


def save_photo(path, shape=(30, 40), seed=0):
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    PillowImage.fromarray(rng.integers(0, 256, (*shape, 3)).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def photo():
    """Save a random photo at a path."""
    return save_photo

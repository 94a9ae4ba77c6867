"""One engine for all tests, and a small model of random weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from segstudio.core.classes import ClassTable
from segstudio.engine.client import EngineClient


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    from segstudio.models import checkpoint, networks
    from segstudio.models.spec import ModelSpec

    torch.manual_seed(0)
    spec = ModelSpec(
        name="tiny",
        architecture="fpn",
        classes=ClassTable.named(["person", "sky", "tree"]),
        short_side=96,
        encoder="resnet18",
        encoder_inside=True,
    )
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    checkpoint.save(path, spec, networks.build(spec))
    return path


@pytest.fixture(scope="session")
def client() -> Iterator[EngineClient]:
    client = EngineClient()
    yield client
    client.stop()

import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.models import networks
from segstudio.models.spec import ModelSpec

TINY = "test_resnet"
"""A ResNet of timm with all five stages and half a million weights."""


@pytest.fixture(autouse=True)
def one_thread():
    """These networks are so small that handing work to other cores costs more than the work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def spec_of():
    """Make the description of an untrained model of an architecture, on a tiny encoder."""

    def make(architecture, classes=3, **fields):
        row = networks.find(architecture)
        arguments = row.completed(fields.pop("arguments", {}))
        channels = fields.get("channels", 3)
        values = {
            "name": architecture,
            "architecture": architecture,
            "classes": ClassTable.named(f"class {k}" for k in range(classes)),
            "encoder": TINY,
            "encoder_inside": True,
            "multiple": row.multiple_of(arguments),
            "arguments": arguments,
            "mean": (0.5,) * channels,
            "std": (0.25,) * channels,
        }
        return ModelSpec(**{**values, **fields})

    return make


@pytest.fixture(scope="session")
def built():
    return {}


@pytest.fixture
def build(built):
    """Build a network with weights and statistics by a seed, as if it had been trained.

    Tests get the same network for the same description and leave it as it was.
    """

    def make(spec):
        key = str(spec)
        if key not in built:
            built[key] = seeded(spec)
        return built[key]

    def seeded(spec):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = networks.build(spec)
            for layer in network.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.running_mean.normal_(0.0, 0.1)
                    layer.running_var.uniform_(0.5, 2.0)
        return network

    return make

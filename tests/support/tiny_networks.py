"""Networks of a few weights, whose answers can be worked out by hand."""

import torch
from torch import nn

from segstudio.core.classes import ClassTable
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint, networks
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

CPU = torch.device("cpu")


def spec(classes=3, *, short_side=64, multiple=16, **more):
    table = ClassTable.named([f"class {number}" for number in range(classes)])
    numbers = {"mean": (0.5,) * 3, "std": (0.5,) * 3, **more}
    return ModelSpec("tiny", "tiny", table, short_side=short_side, multiple=multiple, **numbers)


class Pointwise(SegmentationNetwork):
    """Looks at each pixel by itself: what it says of a pixel does not depend on the size.

    Counts the images that its encoder has seen.
    """

    def __init__(self, classes=3, channels=8, seed=0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.encoder = nn.Conv2d(3, channels, 1)
        self.head = nn.Conv2d(channels, classes, 1)
        for values in self.parameters():
            values.data = torch.randn(values.shape, generator=generator)
        self.seen = []

    def encode(self, batch):
        self.seen.append(tuple(batch.shape))
        return [batch, self.encoder(batch)]

    def decode(self, features):
        return features[-1].relu()

    def score(self, decoded):
        return self.head(decoded)

    def enlarge(self, logits, size):
        assert logits.shape[2:] == size
        return logits


class Constant(Pointwise):
    """Says the same of everything."""

    def score(self, decoded):
        planes = torch.ones_like(decoded[:, :1])
        return torch.cat([0.3 * planes, 1.1 * planes, -2.0 * planes], dim=1)


class Small(Pointwise):
    """Has memory for so many pixels at a time; else it raises an error."""

    def __init__(self, pixels, error=None):
        super().__init__()
        self.pixels = pixels
        self.error = error or torch.OutOfMemoryError("CUDA out of memory.")
        self.failures = 0

    def encode(self, batch):
        if batch.shape[0] * batch.shape[2] * batch.shape[3] > self.pixels:
            self.failures += 1
            raise self.error
        return super().encode(batch)


def predictor(network=None, *, free_bytes=8 * 2**30, **more):
    """A predictor on the processor that takes so many bytes for free."""
    made = network or Pointwise()
    classes = made.head.out_channels
    return Predictor(spec(classes, **more), made, CPU, lambda _device: free_bytes)


def save_plain(path, classes, **more):
    """Write a model file of the smallest network of the table, with random weights."""
    torch.manual_seed(0)
    arguments = networks.find("plain").completed({"layers": 1, "width": 8})
    numbers = {"title": path.stem.title(), "arguments": arguments, "multiple": 1, **more}
    spec = ModelSpec(path.stem, "plain", classes, encoder_inside=True, **numbers)
    checkpoint.save(path, spec, networks.build(spec))

"""The plain stack: convolutions at full resolution, as the yardstick of all others."""

import itertools
from typing import cast

from torch import Tensor, nn

from segstudio.models.network import Features, SegmentationNetwork


class PlainNetwork(SegmentationNetwork):
    """Some convolutions of 3 x 3 and a score layer; nothing is ever made smaller."""

    def __init__(
        self, _encoder: str, classes: int, channels: int, *, layers: int, width: int
    ) -> None:
        """Build a network with random weights; it has no use for an encoder's name."""
        super().__init__()
        sizes = [channels, *[width] * layers]
        self.encoder = nn.Sequential(
            *(_layer(before, after) for before, after in itertools.pairwise(sizes))
        )
        self.scores = nn.Conv2d(width, classes, 1)

    def encode(self, batch: Tensor) -> Features:
        """Return the batch and the map of the last convolution."""
        return [batch, self.encoder(batch)]

    def decode(self, features: Features) -> Tensor:
        """Return the map of the last convolution, (N, D, H, W)."""
        return features[-1]

    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, H, W)."""
        return cast(Tensor, self.scores(decoded))

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return the logits as they are: nothing was made smaller."""
        return logits[:, :, : size[0], : size[1]]


def _layer(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )

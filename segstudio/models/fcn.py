"""Fully convolutional networks with skips: FCN-32s, FCN-16s and FCN-8s on any encoder.

Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation", 2015. Classes
are scored on the coarsest map; the scores are doubled in size and added to those of the next finer
map, once for FCN-16s and twice for FCN-8s. What remains is enlarged bilinearly.
"""

from collections.abc import Sequence
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from segstudio.models import backbones
from segstudio.models.network import Features, SegmentationNetwork

Upsampling = Literal["bilinear", "transposed"]


class FcnNetwork(SegmentationNetwork):
    """A network of the family. Its decoder's map is already one of scores."""

    def __init__(
        self,
        skips: Sequence[int],
        encoder: str,
        classes: int,
        channels: int,
        *,
        hidden_channels: int,
        dropout: float,
        upsampling: Upsampling = "bilinear",
    ) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        skips : sequence of int
            Numbers of the finer maps that are scored as well, from coarse to fine.
        hidden_channels : int
            Of the convolutions that stand for the classifier's full layers.
        upsampling : {"bilinear", "transposed"}
            How scores are doubled: fixed, or learned with bilinear weights to begin with.
        """
        super().__init__()
        network: Any = backbones.build(encoder, channels)
        self.encoder = network
        sizes: Sequence[int] = network.out_channels
        self.hidden = nn.Sequential(
            nn.Conv2d(sizes[-1], hidden_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(hidden_channels),
            nn.ReLU(),
            nn.Dropout2d(dropout),
            nn.Conv2d(hidden_channels, hidden_channels, 1, bias=False),
            nn.BatchNorm2d(hidden_channels),
            nn.ReLU(),
            nn.Dropout2d(dropout),
        )
        self.coarse_scores = nn.Conv2d(hidden_channels, classes, 1)
        self.skip_scores = nn.ModuleDict({str(k): _silent(sizes[k], classes) for k in skips})
        self.doubling = nn.ModuleDict(
            {str(k): _doubling(classes) for k in skips} if upsampling == "transposed" else {}
        )

    def encode(self, batch: Tensor) -> Features:
        """Return the maps of the encoder, from fine to coarse."""
        return cast(Features, self.encoder(batch))

    def decode(self, features: Features) -> Tensor:
        """Return the sum of all scores, (N, K, h, w), as fine as the finest map that is scored."""
        scores: Tensor = self.coarse_scores(self.hidden(features[-1]))
        for level, layer in self.skip_scores.items():
            finer = features[int(level)]
            scores = self._doubled(level, scores, finer) + layer(finer)
        return scores

    def score(self, decoded: Tensor) -> Tensor:
        """Return the scores as they are."""
        return decoded

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        return functional.interpolate(logits, size, mode="bilinear", align_corners=False)

    def _doubled(self, level: str, scores: Tensor, finer: Tensor) -> Tensor:
        height, width = finer.shape[2], finer.shape[3]
        if level not in self.doubling:
            return functional.interpolate(
                scores, (height, width), mode="bilinear", align_corners=False
            )
        doubled: Tensor = self.doubling[level](scores)
        return doubled[:, :, :height, :width]


def _silent(channels: int, classes: int) -> nn.Conv2d:
    """Return a score layer that adds nothing until it has learned: training starts as FCN-32s."""
    layer = nn.Conv2d(channels, classes, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(cast(Tensor, layer.bias))
    return layer


def _doubling(classes: int) -> nn.ConvTranspose2d:
    """Return a transposed convolution that doubles each class's map bilinearly at first."""
    layer = nn.ConvTranspose2d(classes, classes, 4, stride=2, padding=1, bias=False)
    line = torch.tensor([0.25, 0.75, 0.75, 0.25])
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[range(classes), range(classes)] = torch.outer(line, line)
    return layer

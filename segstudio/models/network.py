"""The shape that every network here has, whoever wrote it: ours, a library's, or a file's."""

from abc import ABC, abstractmethod

from torch import Tensor, nn
from torch.nn import functional

Features = list[Tensor]
"""Maps of an encoder from fine to coarse, each (N, C, h, w); the first has the size of its
input."""


class SegmentationNetwork(nn.Module, ABC):
    """From a batch (N, channels, H, W) float32 to logits (N, K, H, W).

    Its three steps may be run one after the other: `encode`, whose maps several heads on one
    encoder share; `decode`; and `classify`. They take heights and widths that are multiples of
    `multiple`; `forward` takes any, from 1 x 1.

    Attributes
    ----------
    multiple : int
        Heights and widths have to be multiples of it; 1 for any size.
    encoder : nn.Module
        The part that `encode` runs, whose weights can be kept frozen or left out of a file.
    """

    encoder: nn.Module
    multiple: int = 1

    @abstractmethod
    def encode(self, batch: Tensor) -> Features:
        """Return the maps of the encoder, from fine to coarse."""

    @abstractmethod
    def decode(self, features: Features) -> Tensor:
        """Return what the decoder makes of an encoder's maps, (N, D, h, w)."""

    @abstractmethod
    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, h, w) at the decoder's own size."""

    @abstractmethod
    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""

    def classify(self, decoded: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits (N, K, H, W) at the size of the network's input from `decode`."""
        return self.enlarge(self.score(decoded), size)

    def forward(self, batch: Tensor) -> Tensor:
        """Return logits (N, K, H, W) of a batch of any size."""
        height, width = int(batch.shape[2]), int(batch.shape[3])
        below, right = -height % self.multiple, -width % self.multiple
        if below or right:
            batch = functional.pad(batch, (0, right, 0, below), mode="replicate")
        decoded = self.decode(self.encode(batch))
        logits = self.classify(decoded, (height + below, width + right))
        return logits[:, :, :height, :width]

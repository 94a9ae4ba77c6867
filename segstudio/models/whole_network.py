"""Networks that can only be run as a whole, in the shape that all networks here have."""

from abc import abstractmethod

from torch import Tensor
from torch.nn import functional

from segstudio.models.network import Features, SegmentationNetwork


class WholeNetwork(SegmentationNetwork):
    """A network that goes from a batch to logits in one step, at whatever size it has them.

    Its one map is its logits: keeping what `encode` returns is keeping the result.
    """

    @abstractmethod
    def logits(self, batch: Tensor) -> Tensor:
        """Return logits (N, K, h, w) of a batch (N, channels, H, W)."""

    def encode(self, batch: Tensor) -> Features:
        """Return the batch, whose size `classify` is asked for, and its logits."""
        return [batch, self.logits(batch)]

    def decode(self, features: Features) -> Tensor:
        """Return the logits again."""
        return features[-1]

    def score(self, decoded: Tensor) -> Tensor:
        """Return the logits again."""
        return decoded

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        if logits.shape[2:] == size:
            return logits
        return functional.interpolate(logits, size, mode="bilinear", align_corners=False)

"""The networks of torchvision in the shape that all networks here have."""

from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from segstudio.models.network import Features, SegmentationNetwork


class TorchvisionNetwork(SegmentationNetwork):
    """A network of torchvision, without its second head; weights keep their names there.

    FCN, DeepLabV3 and LR-ASPP on dilated ResNet or MobileNetV3.
    """

    def __init__(self, head: str, encoder: str, classes: int, channels: int) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        head : {"fcn", "deeplabv3", "lraspp"}
        encoder : {"resnet50", "resnet101", "mobilenet_v3_large"}
            `lraspp` exists on the last one only, and `fcn` on the first two.
        """
        super().__init__()
        from torchvision.models import segmentation  # a second to import

        if channels != 3:
            raise ValueError("it takes 3 channels")
        build = getattr(segmentation, f"{head}_{encoder}", None)
        if build is None:
            raise ValueError(f"torchvision has no {head} on {encoder}")
        network = build(weights=None, weights_backbone=None, num_classes=classes)
        self.backbone = network.backbone
        self.classifier = network.classifier
        # Known by two names, but registered under torchvision's only.
        object.__setattr__(self, "encoder", network.backbone)

    def encode(self, batch: Tensor) -> Features:
        """Return the batch and the maps that the head reads, from fine to coarse."""
        return [batch, *self.backbone(batch).values()]

    def decode(self, features: Features) -> Tensor:
        """Return what the last layer reads, (N, D, h, w)."""
        if len(features) == 2:
            decoded = features[1]
            for layer in list(self.classifier)[:-1]:
                decoded = layer(decoded)
            return decoded
        low, high = features[1:]  # LR-ASPP
        seen = self.classifier.cbr(high) * self.classifier.scale(high)
        size = low.shape[2:]
        seen = functional.interpolate(seen, size, mode="bilinear", align_corners=False)
        return torch.cat([low, seen], dim=1)

    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, h, w) at the decoder's own size."""
        if not hasattr(self.classifier, "low_classifier"):
            return cast(Tensor, self.classifier[-1](decoded))
        split = self.classifier.low_classifier.in_channels
        low, seen = decoded[:, :split], decoded[:, split:]
        logits = self.classifier.low_classifier(low) + self.classifier.high_classifier(seen)
        return cast(Tensor, logits)

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        return functional.interpolate(logits, size, mode="bilinear", align_corners=False)

"""Networks of segmentation-models-pytorch as others have saved them."""

from typing import Any

import torch
from torch import Tensor

from segstudio.models.library_network import PartsNetwork


class SavedLibraryNetwork(PartsNetwork):
    """A network of the library on any of its encoders, by the arguments it was saved with."""

    def __init__(
        self,
        class_name: str,
        encoder: str,
        classes: int,
        channels: int,
        *,
        is_binary: bool = False,
        **arguments: Any,
    ) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        class_name : str
            Of the library, such as ``"Unet"``.
        encoder : str
            As the library calls it: ``"resnet34"``, ``"tu-resnet34"``.
        is_binary : bool
            Whether its one output tells the second of two classes from the first.
        """
        import segmentation_models_pytorch as library  # seconds to import

        network = getattr(library, class_name)(
            encoder_name=encoder,
            encoder_weights=None,  # anything else would be a download
            classes=1 if is_binary else classes,
            in_channels=channels,
            **arguments,
        )
        super().__init__(network.encoder, network.decoder, network.segmentation_head)
        self.is_binary = is_binary

    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, h, w) at the decoder's own size."""
        logits = super().score(decoded)
        # A sigmoid of one value is a softmax of it and 0.
        return torch.cat([torch.zeros_like(logits), logits], 1) if self.is_binary else logits

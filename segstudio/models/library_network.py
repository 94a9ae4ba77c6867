"""Networks of segmentation-models-pytorch in the shape that all networks here have."""

from typing import Any, cast

from torch import Tensor

from segstudio.models.network import Features, SegmentationNetwork


class LibraryNetwork(SegmentationNetwork):
    """A network of the library; its weights keep the names that they have there."""

    def __init__(
        self, class_name: str, encoder: str, classes: int, channels: int, **arguments: Any
    ) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        class_name : str
            Of the library, such as ``"Unet"``.
        encoder : str
            Name of a timm model.
        """
        super().__init__()
        import segmentation_models_pytorch as library  # seconds to import

        network = getattr(library, class_name)(
            encoder_name=f"tu-{encoder}",
            encoder_weights=None,  # anything else would be a download
            classes=classes,
            in_channels=channels,
            **arguments,
        )
        self.encoder = network.encoder
        self.decoder = network.decoder
        self.segmentation_head = network.segmentation_head

    def encode(self, batch: Tensor) -> Features:
        """Return the maps of the encoder, from fine to coarse."""
        return cast(Features, self.encoder(batch))

    def decode(self, features: Features) -> Tensor:
        """Return what the decoder makes of an encoder's maps, (N, D, h, w)."""
        return cast(Tensor, self.decoder(features))

    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, h, w) at the decoder's own size."""
        return cast(Tensor, self.segmentation_head[0](decoded))

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        for layer in list(self.segmentation_head)[1:]:
            logits = layer(logits)
        return logits[:, :, : size[0], : size[1]]

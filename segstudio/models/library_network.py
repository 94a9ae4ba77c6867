"""Networks of segmentation-models-pytorch in the shape that all networks here have."""

from typing import Any, cast

from torch import Tensor, nn

from segstudio.models import backbones
from segstudio.models.network import Features, SegmentationNetwork


class PartsNetwork(SegmentationNetwork):
    """Encoder, decoder and head, named and called as the library does it."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, head: nn.Module) -> None:
        """Join the parts.

        Parameters
        ----------
        encoder : nn.Module
            As of `segstudio.models.backbones.build`.
        decoder : nn.Module
            From the encoder's maps to one map.
        head : nn.Sequential
            A convolution to the classes, and what enlarges its result.
        """
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.segmentation_head = head

    def encode(self, batch: Tensor) -> Features:
        """Return the maps of the encoder, from fine to coarse."""
        return cast(Features, self.encoder(batch))

    def decode(self, features: Features) -> Tensor:
        """Return what the decoder makes of an encoder's maps, (N, D, h, w)."""
        # some decoders of the library replace entries of the list they are given
        return cast(Tensor, self.decoder(list(features)))

    def score(self, decoded: Tensor) -> Tensor:
        """Return logits (N, K, h, w) at the decoder's own size."""
        return cast(Tensor, cast(nn.Sequential, self.segmentation_head)[0](decoded))

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        for layer in list(cast(nn.Sequential, self.segmentation_head))[1:]:
            logits = layer(logits)
        return logits[:, :, : size[0], : size[1]]


class LibraryNetwork(PartsNetwork):
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

        Raises
        ------
        ValueError
            When an output stride is asked for that this encoder does not know.
        """
        import segmentation_models_pytorch as library  # seconds to import

        try:
            network = getattr(library, class_name)(
                encoder_name=f"tu-{encoder}",
                encoder_weights=None,  # anything else would be a download
                classes=classes,
                in_channels=channels,
                **arguments,
                **backbones.options(encoder),
            )
        except AssertionError as error:
            if "encoder_output_stride" not in arguments:
                raise
            raise ValueError(
                f"encoder “{encoder}” has no other output stride than 32 here: set "
                "encoder_output_stride to 32."
            ) from error
        super().__init__(network.encoder, network.decoder, network.segmentation_head)

"""U-Net of segmentation-models-pytorch, with learned up-sampling where that is wanted.

Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.
"""

from collections.abc import Sequence
from typing import Any, cast

from torch import Tensor, nn

from segstudio.models.library_network import LibraryNetwork

LEARNED = "transposed"
"""The way of enlarging that the library lacks."""


class UnetNetwork(LibraryNetwork):
    """A U-Net or U-Net++; its weights are named as in the library."""

    def __init__(
        self,
        class_name: str,
        encoder: str,
        classes: int,
        channels: int,
        *,
        encoder_depth: int,
        decoder_channels: Sequence[int],
        decoder_interpolation: str,
        **arguments: Any,
    ) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        decoder_channels : sequence of int
            From coarse to fine; a network of fewer steps uses the last of them.
        decoder_interpolation : str
            A mode of interpolation, or ``"transposed"`` for a transposed convolution before each
            step's convolutions, as in the paper.
        """
        learned = decoder_interpolation == LEARNED
        widths = list(decoder_channels)[-encoder_depth:]
        super().__init__(
            class_name,
            encoder,
            classes,
            channels,
            encoder_depth=encoder_depth,
            decoder_channels=widths,
            decoder_interpolation="nearest" if learned else decoder_interpolation,
            **arguments,
        )
        if learned:
            coarsest = cast(Sequence[int], self.encoder.out_channels)[-1]
            decoder: Any = self.decoder
            blocks: nn.ModuleList = decoder.blocks
            for number, width in enumerate([coarsest, *widths[:-1]]):
                blocks[number] = _LearnedStep(width, blocks[number])


class _LearnedStep(nn.Module):
    """A step of the decoder behind a transposed convolution that has doubled its map."""

    def __init__(self, width: int, step: nn.Module) -> None:
        super().__init__()
        self.doubling = nn.ConvTranspose2d(width, width, 2, stride=2)
        self.step = step

    def forward(
        self, values: Tensor, height: int, width: int, skip_connection: Tensor | None = None
    ) -> Tensor:
        doubled = self.doubling(values)[:, :, :height, :width]
        # The step's own enlarging finds the size it wants and changes nothing.
        return cast(Tensor, self.step(doubled, height, width, skip_connection=skip_connection))

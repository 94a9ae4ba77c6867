"""PSPNet: the coarse map beside averages of itself over a few grids of the whole image.

Zhao et al., "Pyramid Scene Parsing Network", 2017. The last stages of the encoder are dilated. With
an encoder of depth 3 and the paper's grids it is the PSPNet of segmentation-models-pytorch, whose
names of weights are used.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from segstudio.models import backbones
from segstudio.models.library_network import PartsNetwork
from segstudio.models.network import Features


class GridAverage(nn.Module):
    """Averages over a grid of cells that overlap where the size is no multiple of the grid.

    The same as ``AdaptiveAvgPool2d``, but as two products of matrices, which ONNX knows for images
    of any size.
    """

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.cells = cells

    def forward(self, values: Tensor) -> Tensor:
        """Return (N, C, cells, cells) from (N, C, h, w)."""
        rows = self._weights(values.shape[2], values)
        columns = self._weights(values.shape[3], values)
        return rows @ values @ columns.transpose(0, 1)

    def _weights(self, size: int, like: Tensor) -> Tensor:
        """Return (cells, size): what each place contributes to each cell."""
        cell = torch.arange(self.cells, device=like.device)[:, None]
        place = torch.arange(size, device=like.device)[None]
        first = torch.div(cell * size, self.cells, rounding_mode="floor")
        last = torch.div((cell + 1) * size + self.cells - 1, self.cells, rounding_mode="floor")
        inside = ((place >= first) & (place < last)).to(like.dtype)
        return inside / inside.sum(dim=1, keepdim=True)


class PyramidDecoder(nn.Module):
    """The pyramid over the encoder's last map, after atrous pooling where that is wanted."""

    def __init__(
        self,
        channels: int,
        *,
        bins: Sequence[int],
        out_channels: int,
        dropout: float,
        norm: str,
        aspp_rates: Sequence[int],
    ) -> None:
        super().__init__()
        from segmentation_models_pytorch.base import Conv2dReLU
        from segmentation_models_pytorch.decoders.deeplabv3.decoder import ASPP

        self.aspp: nn.Module = nn.Identity()
        if aspp_rates:
            rates = tuple(aspp_rates)
            self.aspp = ASPP(channels, out_channels, rates, separable=True, dropout=dropout)
            channels = out_channels
        self.psp = _Pyramid(channels, bins, norm)
        width = channels + len(bins) * _bin_channels(channels, bins)
        self.conv = Conv2dReLU(width, out_channels, kernel_size=1, use_norm=norm)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, features: Features) -> Tensor:
        """Return (N, out_channels, h, w) of the last map."""
        return cast(Tensor, self.dropout(self.conv(self.psp(self.aspp(features[-1])))))


class _Pyramid(nn.Module):
    def __init__(self, channels: int, bins: Sequence[int], norm: str) -> None:
        super().__init__()
        width = _bin_channels(channels, bins)
        self.blocks = nn.ModuleList(_Bin(channels, width, cells, norm) for cells in bins)

    def forward(self, values: Tensor) -> Tensor:
        return torch.cat([*(block(values) for block in self.blocks), values], dim=1)


class _Bin(nn.Module):
    def __init__(self, channels: int, width: int, cells: int, norm: str) -> None:
        super().__init__()
        from segmentation_models_pytorch.base import Conv2dReLU

        # one average per image has no variance within a batch of one
        norm = "identity" if cells == 1 else norm
        convolution = Conv2dReLU(channels, width, kernel_size=1, use_norm=norm)
        self.pool = nn.Sequential(GridAverage(cells), convolution)

    def forward(self, values: Tensor) -> Tensor:
        size = values.shape[2], values.shape[3]
        return functional.interpolate(self.pool(values), size, mode="bilinear", align_corners=True)


def _bin_channels(channels: int, bins: Sequence[int]) -> int:
    return max(1, channels // len(bins))


def pspnet(
    encoder: str,
    classes: int,
    channels: int,
    *,
    encoder_depth: int,
    encoder_output_stride: int,
    psp_bins: Sequence[int],
    psp_out_channels: int,
    psp_dropout: float,
    psp_aspp_rates: Sequence[int],
    decoder_use_norm: str,
) -> PartsNetwork:
    """Build the network.

    Raises
    ------
    ValueError
        When atrous pooling is given one or two distances.
    """
    if len(psp_aspp_rates) not in (0, 3):
        raise ValueError("“psp_aspp_rates” must be three numbers, or none at all.")
    from segmentation_models_pytorch.base import SegmentationHead, initialization

    network: Any = backbones.build(encoder, channels, encoder_depth, encoder_output_stride)
    decoder = PyramidDecoder(
        network.out_channels[-1],
        bins=psp_bins,
        out_channels=psp_out_channels,
        dropout=psp_dropout,
        norm=decoder_use_norm,
        aspp_rates=psp_aspp_rates,
    )
    stride = min(encoder_output_stride, 2**encoder_depth)
    head = SegmentationHead(psp_out_channels, classes, kernel_size=3, upsampling=stride)
    initialization.initialize_decoder(decoder)
    initialization.initialize_head(head)
    return PartsNetwork(network, decoder, head)

"""Depthwise convolutions whose gradients do not take most of a step on a processor.

For kernels of 5 x 5 and for dilated ones, torch takes ten to a hundred times as long as for the
convolution itself. The gradient of the input is a convolution of the same kind, which is fast, and
that of a dilated kernel is a sum of products for each of its places.
"""

from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn import functional


class QuickDepthwise(nn.Module):
    """Takes the place of a depthwise convolution, and has its weights."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        self.weight = layer.weight
        self._dilation = int(layer.dilation[0])

    def forward(self, values: Tensor) -> Tensor:
        """Return what the convolution returns."""
        result: Tensor = _Depthwise.apply(values, self.weight, self._dilation)
        return result


def quicken(network: nn.Module) -> None:
    """Put quick convolutions into a network that is to learn on a processor.

    Names of weights, and what the network returns, stay the same.
    """
    for module in list(network.modules()):
        for name, layer in list(module.named_children()):
            if _is_slow(layer):
                setattr(module, name, QuickDepthwise(layer))


def _is_slow(layer: nn.Module) -> TypeGuard[nn.Conv2d]:
    if type(layer) is not nn.Conv2d or layer.bias is not None:
        return False
    side, dilation = layer.kernel_size[0], layer.dilation[0]
    return (
        layer.groups == layer.in_channels == layer.out_channels
        and layer.kernel_size == (side, side)
        and (side >= 5 or dilation > 1)
        and layer.stride == (1, 1)
        and layer.dilation == (dilation, dilation)
        and layer.padding == (side // 2 * dilation, side // 2 * dilation)
        and side % 2 == 1
        and layer.padding_mode == "zeros"
    )


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, dilation: int) -> Tensor:
        ctx.save_for_backward(values, weight)
        ctx.dilation = dilation
        return _convolved(values, weight, dilation)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        (gradient,) = gradients
        values, weight = ctx.saved_tensors
        of_values = of_weight = None
        if ctx.needs_input_grad[0]:
            turned = weight.flip(2, 3).to(gradient.dtype)
            of_values = _convolved(gradient, turned, ctx.dilation).to(values.dtype)
        if ctx.needs_input_grad[1]:
            of_weight = _of_weight(values, weight, gradient, ctx.dilation)
        return of_values, of_weight, None


def _convolved(values: Tensor, weight: Tensor, dilation: int) -> Tensor:
    padding = weight.shape[2] // 2 * dilation
    return functional.conv2d(
        values, weight, padding=padding, dilation=dilation, groups=weight.shape[0]
    )


def _of_weight(values: Tensor, weight: Tensor, gradient: Tensor, dilation: int) -> Tensor:
    if dilation == 1:  # torch is quick enough in full precision
        margin = weight.shape[2] // 2
        of_weight: Tensor = torch.ops.aten.convolution_backward(
            gradient.float(), values.float(), weight, None,
            (1, 1), (margin, margin), (1, 1), False, (0, 0), weight.shape[0], (False, True, False),
        )[1]  # fmt: skip
        return of_weight
    side, channels = weight.shape[2], weight.shape[0]
    margin = side // 2 * dilation
    around = functional.pad(values, (margin,) * 4).permute(0, 2, 3, 1)
    product = gradient.permute(0, 2, 3, 1).to(values.dtype)  # (N, h, w, C)
    height, width = product.shape[1:3]
    found = torch.empty(side, side, channels, dtype=weight.dtype)
    for row in range(side):
        for column in range(side):
            top, left = row * dilation, column * dilation
            seen = around[:, top : top + height, left : left + width]
            found[row, column] = (seen * product).sum((0, 1, 2), dtype=weight.dtype)
    return found.permute(2, 0, 1)[:, None].contiguous()

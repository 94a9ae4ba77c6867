"""Stopping places inside a network, for the time in which others go first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn


@contextmanager
def between_layers(network: nn.Module, pause: Callable[[], None]) -> Iterator[None]:
    """Have `pause` called before every layer of a network, and on the way back for gradients.

    A layer takes some milliseconds where a step of training takes some hundred.
    """

    def forward(_layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        pause()
        for values in inputs:
            if isinstance(values, Tensor) and values.requires_grad:
                values.register_hook(backward)  # type: ignore[no-untyped-call]

    def backward(_gradient: Tensor) -> None:
        pause()

    layers = [layer for layer in network.modules() if next(layer.children(), None) is None]
    handles = [layer.register_forward_pre_hook(forward) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()

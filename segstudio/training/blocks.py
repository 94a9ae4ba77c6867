"""Which parts of a network are trained: blocks of its encoder, and its batch norms."""

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from segstudio.core.errors import ModelError

_CHAIN = "blocks"
"""What timm calls a row of stages that stands as one part."""


def blocks_of(encoder: nn.Module) -> list[list[nn.Module]]:
    """Return the blocks of an encoder from its input on; a norm belongs to the block before it."""
    parts = dict(_trainable(encoder))
    while len(parts) == 1:  # a wrapper
        inner = dict(_trainable(next(iter(parts.values()))))
        if not inner:
            break
        parts = inner
    found: list[list[nn.Module]] = []
    for name, part in parts.items():
        if name == _CHAIN:
            found += [[stage] for _, stage in _trainable(part)]
        elif found and all(values.ndim < 2 for values in part.parameters()):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def freeze(encoder: nn.Module, last: int) -> None:
    """Keep an encoder as it is but for its last blocks: weights, statistics, and no dropout.

    Raises
    ------
    ModelError
        When it has fewer blocks.
    """
    blocks = blocks_of(encoder)
    if last > len(blocks):
        raise ModelError(
            f"The encoder has {len(blocks)} blocks, of which {last} cannot be trained. Give "
            f"--last-blocks 1 to {len(blocks)}, or leave it out to train all."
        )
    encoder.eval().requires_grad_(requires_grad=False)
    for block in blocks[len(blocks) - last :]:
        for part in block:
            part.train().requires_grad_(requires_grad=True)


def hold_statistics(network: nn.Module) -> None:
    """Let the batch norms of a network use the statistics that they have, and keep them."""
    for layer in network.modules():
        if isinstance(layer, _BatchNorm):
            layer.eval()


def _trainable(module: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(n, c) for n, c in module.named_children() if next(c.parameters(), None) is not None]

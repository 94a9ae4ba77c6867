"""The processes that train one network together: one, or those that torchrun started."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

from segstudio.core.errors import ModelError
from segstudio.inference import memory


@dataclass(frozen=True)
class Group:
    """The place of this process among all.

    Attributes
    ----------
    rank : int
        From 0; the first one reports and writes.
    size : int
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    def summed(self, values: Tensor) -> Tensor:
        """Return the sum over all processes."""
        if self.size == 1:
            return values
        total = values.detach().clone()
        distributed.all_reduce(total)
        return total

    def agreed(self, value: float, device: torch.device) -> float:
        """Return what the first process has, so that all come to the same decisions."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64, device=device)
        distributed.broadcast(shared, src=0)
        return float(shared)

    def joint(self, network: nn.Module, device: torch.device, *, reads_all: bool) -> nn.Module:
        """Return a network whose gradients are the mean over all processes.

        Parameters
        ----------
        reads_all : bool
            Whether every weight has a part in every result; where not, it takes longer.
        """
        if self.size == 1:
            return network
        places = [device] if device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(
            network, device_ids=places, find_unused_parameters=not reads_all
        )


@contextmanager
def joined(device: torch.device) -> Iterator[tuple[Group, torch.device]]:
    """Join the processes that torchrun started, each on a device of its own.

    Raises
    ------
    ModelError
        When another process of them ends while this one needs it.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Group(), device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    try:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        yield Group(distributed.get_rank(), size), device
    except RuntimeError as error:  # whatever the library for talking raises
        if memory.is_shortage(error):
            raise
        raise ModelError(
            f"The processes of this training lost each other ({_first_line(error)}). The same "
            "command with --resume goes on from what was kept."
        ) from error
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__

"""Where networks run: CPU, CUDA or Apple's MPS."""

import torch

from segstudio.core.errors import ModelError

CHOICES = ("auto", "cpu", "cuda", "mps")


def pick(name: str = "auto") -> torch.device:
    """Return the device of a name; ``auto`` takes the fastest that is there.

    Raises
    ------
    ModelError
        When the name is unknown or this machine has no such device.
    """
    there = available()
    if name == "auto":
        return torch.device(there[-1])
    if name not in CHOICES:
        raise ModelError(f"There is no device “{name}”. Choose one of {', '.join(CHOICES)}.")
    if name not in there:
        raise ModelError(
            f"This machine offers no {name} device to torch {torch.__version__}. "
            f"Available: {', '.join(there)}. Use --device auto."
        )
    return torch.device(name)


def available() -> list[str]:
    """Return the devices of this machine, slowest first."""
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.append("mps")
    if torch.cuda.is_available():
        there.append("cuda")
    return there

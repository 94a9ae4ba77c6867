"""The state of an interrupted training, in a safetensors file beside the model to come."""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialise
from torch import Tensor

from segstudio.core import atomic
from segstudio.core.errors import ModelError
from segstudio.training.settings import TrainSettings

_NOT_COMPARED = (
    *("out", "resume", "device", "name", "title", "licence", "note", "refine", "compact"),
)


@dataclass
class State:
    """Where a training stands.

    Attributes
    ----------
    run : int
        Number of the current run, from 0.
    step : int
        Steps of this run that are done.
    elapsed_s : float
        Seconds that this run has taken.
    earlier_s : float
        Seconds that the finished runs took.
    budget_s : float
        Seconds for each run; infinite when steps are counted.
    best_miou : float
        Of this run, on held-out images; below 0 before the first measurement.
    best_step : int
        When that was.
    confusion : (K, K + 1) int64 tensor
        Sum over the finished folds.
    tensors : dict of str to Tensor
        Weights, their averages, the best averages, and the optimizer's moments.
    """

    run: int = 0
    step: int = 0
    elapsed_s: float = 0.0
    earlier_s: float = 0.0
    budget_s: float = 0.0
    best_miou: float = -1.0
    best_step: int = 0
    confusion: Tensor = field(default_factory=lambda: torch.zeros(0, 0, dtype=torch.int64))
    tensors: dict[str, Tensor] = field(default_factory=dict)


_NUMBERS = ("run", "step", "elapsed_s", "earlier_s", "budget_s", "best_miou", "best_step")


def path_for(out: Path) -> Path:
    """Return the file that holds the state while `out` is being trained."""
    return out.with_name(out.name + ".resume")


def write(settings: TrainSettings, state: State) -> None:
    """Write the state, whole or not at all.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    numbers = {name: getattr(state, name) for name in _NUMBERS}
    metadata = {"state": json.dumps(numbers), "settings": fingerprint(settings)}
    tensors = {name: values.detach().cpu().contiguous() for name, values in state.tensors.items()}
    # Two names of one tensor cannot be stored: the clone gives each its own memory.
    tensors = {name: values.clone() for name, values in tensors.items()}
    tensors["confusion"] = state.confusion.clone()
    atomic.write_bytes(path_for(settings.out), serialise(tensors, metadata=metadata))


def read(settings: TrainSettings) -> State:
    """Read the state of the training that these settings describe.

    Raises
    ------
    ModelError
        When there is none, it is damaged, or it belongs to other settings.
    """
    path = path_for(settings.out)
    if not path.is_file():
        raise ModelError(
            f"There is nothing to resume: {path} does not exist. Start without --resume."
        )
    try:
        with safe_open(path, framework="pt") as stored:
            metadata: Mapping[str, str] = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        numbers: dict[str, Any] = json.loads(metadata["state"])
        confusion = tensors.pop("confusion")
        state = State(**{name: numbers[name] for name in _NUMBERS}, confusion=confusion)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path.name} is damaged ({error}). Delete it and start without --resume."
        ) from error
    if metadata.get("settings") != fingerprint(settings):
        raise ModelError(
            f"{path.name} belongs to a training with other settings. Give the same settings, or "
            "start without --resume."
        )
    state.tensors = tensors
    return state


def remove(settings: TrainSettings) -> None:
    """Delete the state of a training that has come to its end."""
    with contextlib.suppress(OSError):
        path_for(settings.out).unlink(missing_ok=True)


def fingerprint(settings: TrainSettings) -> str:
    """Return a hash of everything in the settings that changes the result."""
    values = asdict(settings)
    for name in _NOT_COMPARED:
        values.pop(name)
    values |= {n: str(v) for n, v in values.items() if isinstance(v, Path)}
    values["classes"] = [(c.index, c.name) for c in settings.classes]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

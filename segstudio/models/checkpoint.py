"""Model files: one safetensors file that holds weights and description. Nothing is unpickled."""

import json
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core import atomic
from segstudio.core.errors import ModelError
from segstudio.models import spec as specs
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from segstudio.models.network import SegmentationNetwork

SUFFIX = ".safetensors"
_RECORD_KEY = "training"
_LARGEST_HEADER_BYTES = 100_000_000
"""The limit of the safetensors format itself."""


def read_spec(path: Path) -> ModelSpec:
    """Read the description of a model file without its weights and without torch.

    Raises
    ------
    ModelError
        When the file is missing, truncated, of another kind or describes no model.
    """
    metadata = read_header(path).get("__metadata__", {})
    if not isinstance(metadata, dict):
        raise _not_a_model(path)
    return specs.from_metadata(metadata, path.name)


def read_header(path: Path) -> dict[str, Any]:
    """Read the table of contents of a safetensors file, without its weights.

    Raises
    ------
    ModelError
        When the file is missing, of another kind, or shorter than it says.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= length <= _LARGEST_HEADER_BYTES:
                raise _not_a_model(path)
            text = stream.read(length)
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read: {error.strerror or error} ({path})."
        ) from error
    if not text.startswith(b"{"):
        raise _not_a_model(path)
    if len(text) < length:
        raise _truncated(path)
    try:
        header: dict[str, Any] = json.loads(text)
        ends = [v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"]
        whole = 8 + length + max(ends, default=0)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise _not_a_model(path) from error
    if size < whole:
        raise _truncated(path)
    return header


def read_weights(path: Path) -> "dict[str, Tensor]":
    """Read the weights of a safetensors file, whatever they belong to.

    Raises
    ------
    ModelError
        When the file is damaged or of another kind.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"The weights in {path.name} are damaged ({error}). Copy the file again from its "
            "source or train it anew."
        ) from error


def read_record(path: Path) -> dict[str, Any]:
    """Return how a model was trained, as `save` was told; empty where nothing is known.

    Raises
    ------
    ModelError
        When the file is not a whole model file.
    """
    metadata = read_header(path).get("__metadata__", {})
    try:
        record = json.loads(metadata.get(_RECORD_KEY, "{}"))
    except (ValueError, TypeError, AttributeError):
        return {}
    return record if isinstance(record, dict) else {}


def save(
    path: Path,
    spec: ModelSpec,
    network: "nn.Module",
    record: Mapping[str, Any] | None = None,
    *,
    compact: bool = False,
) -> None:
    """Write a model file, whole or not at all.

    The encoder's weights are left out where the description says that they are not inside.

    Parameters
    ----------
    record : mapping, optional
        How it was trained, of JSON types. Older programs read the file and do not see it.
    compact : bool
        Keep weights in half precision, for a file of half the size. They run as before.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    from safetensors.torch import save as serialise

    state = {
        key: values.detach().cpu().contiguous()
        for key, values in network.state_dict().items()
        if spec.encoder_inside or not key.startswith("encoder.")
    }
    if compact:
        state = {key: _halved(values) for key, values in state.items()}
    metadata = specs.to_metadata(spec)
    if record:
        metadata[_RECORD_KEY] = json.dumps(record, ensure_ascii=False, sort_keys=True)
    atomic.write_bytes(path, serialise(state, metadata=metadata))


def _halved(values: "Tensor") -> "Tensor":
    """Return weights in half precision; what it would harm stays: statistics, and huge values."""
    if values.ndim < 2 or not values.is_floating_point():
        return values
    half = values.half()
    return half if bool(half.isfinite().all()) else values


def rewrite_spec(path: Path, spec: ModelSpec) -> None:
    """Give a model file another description; its weights are copied as they are.

    Raises
    ------
    ModelError
        When the file is not a whole model file.
    StorageError
        When it cannot be written.
    """
    header = read_header(path)
    header["__metadata__"] = {**header.get("__metadata__", {}), **specs.to_metadata(spec)}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # weights begin at a multiple of 8
    with atomic.replacing(path) as temporary, path.open("rb") as old, temporary.open("wb") as new:
        old.seek(8 + struct.unpack("<Q", old.read(8))[0])
        new.write(struct.pack("<Q", len(text)) + text)
        shutil.copyfileobj(old, new)


def load(path: Path) -> tuple[ModelSpec, "SegmentationNetwork"]:
    """Read a model file and build its network, in eval mode on the CPU.

    Raises
    ------
    ModelError
        When the file is missing, truncated or of another kind, when its weights do not fit its
        description or are not numbers, or when it was trained on another encoder than ours.
    """
    from segstudio.models import networks

    spec = read_spec(path)
    _check_encoder(path, spec)
    network = networks.build(spec)
    state = read_weights(path)
    _check_names(path, state, _expected_shapes(spec, network))
    check_finite(state, path.name)
    network.load_state_dict(state, strict=False)  # the names were checked; ours lack the encoder
    return spec, network.eval()


def _check_encoder(path: Path, spec: ModelSpec) -> None:
    if spec.encoder_inside:
        return
    from segstudio.models import encoders

    if not encoders.is_embedded(spec.encoder):
        raise ModelError(
            f"{path.name} was trained on encoder “{spec.encoder}” but does not hold it, and this "
            "program does not bring it. Ask for a file with the encoder inside."
        )
    if spec.encoder_sha256 != encoders.embedded_sha256(spec.encoder):
        raise ModelError(
            f"{path.name} was trained on another version of encoder “{spec.encoder}” than the one "
            "installed here. Train it anew, or ask for a file with the encoder inside."
        )


def _expected_shapes(spec: ModelSpec, network: "nn.Module") -> dict[str, tuple[int, ...]]:
    return {
        key: tuple(values.shape)
        for key, values in network.state_dict().items()
        if spec.encoder_inside or not key.startswith("encoder.")
    }


def _check_names(
    path: Path, state: "Mapping[str, Tensor]", expected: dict[str, tuple[int, ...]]
) -> None:
    found = {key: tuple(values.shape) for key, values in state.items()}
    if found == expected:
        return
    wrong = sorted(
        key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)
    )
    raise ModelError(
        f"The weights in {path.name} do not fit its description: {len(wrong)} of "
        f"{len(expected)} differ, the first is {wrong[0]}. Train it anew."
    )


def check_finite(state: "Mapping[str, Tensor]", file_name: str) -> None:
    """Refuse weights of which some are not numbers.

    Raises
    ------
    ModelError
    """
    for key, values in state.items():
        if values.is_floating_point() and not bool(values.isfinite().all()):
            raise ModelError(
                f"The weights in {file_name} contain values that are no numbers ({key}). Its "
                "training went wrong: train it anew with a lower learning rate, or ask for "
                "another file."
            )


def _not_a_model(path: Path) -> ModelError:
    return ModelError(
        f"{path.name} is not a model file. Choose a {SUFFIX} file that `segstudio train` wrote."
    )


def _truncated(path: Path) -> ModelError:
    return ModelError(f"The model file {path.name} ends too early. Copy it again from its source.")

"""Files of bare weights, read without running anything that is in them."""

import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint

State = dict[str, Tensor]

SUFFIXES = (".pth", ".pt", ".bin", ".ckpt", checkpoint.SUFFIX)

_BELOW = ("state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights")
"""Where training programs put weights in a file that holds other things as well."""

_WRAPPERS = ("module.", "_orig_mod.", "model.", "net.", "network.")
"""What wrapping a network puts before the names of its weights."""

_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
"""How the files that torch writes begin."""

_PIECE_BYTES = 2**20

_NAMED_CODE = re.compile(r"GLOBAL ([\w.]+)")


def read(path: Path) -> State:
    """Read the weights of a file, whatever they are nested in or wrapped by.

    Returns
    -------
    dict of str to Tensor
        On the CPU. What belongs to training only is left out.

    Raises
    ------
    ModelError
        When the file is damaged, of another kind, or would have to run code to be read.
    """
    if path.suffix == checkpoint.SUFFIX:
        checkpoint.read_header(path)  # says what is wrong with other files
        state = _unwrapped(checkpoint.read_weights(path))
    else:
        _check_kind(path)
        state = _unwrapped(_weights_below(_unpickled(path)))
    if not state:
        raise ModelError(f"{path.name} holds no weights of a network.")
    for key, values in state.items():
        if values.layout != torch.strided or values.is_quantized or values.is_complex():
            raise ModelError(
                f"{path.name} holds weights of a kind that this program does not read "
                f"({key}: {values.dtype}). Save them as plain 32-bit numbers."
            )
    return state


def _check_kind(path: Path) -> None:
    """Refuse other files, stored programs, and what torch would unpack to more than it is."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
        if not start.startswith((_ZIP, _PICKLE)):
            raise ModelError(f"{path.name} is no file of weights. Choose a file that torch wrote.")
        if start.startswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                _check_archive(path, archive)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, struct.error) as error:
        raise _damaged(path, error) from error


def _check_archive(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.rpartition("/")[2] for entry in entries]
    if "constants.pkl" in names:
        raise ModelError(
            f"{path.name} is a TorchScript program, not weights: using it means to run the code "
            "in it, which this program never does. Export the network as ONNX instead."
        )
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ModelError(
            f"{path.name} is a compressed archive, not a file that torch wrote. Unpack it first."
        )
    for entry in entries:
        if entry.CRC:  # torch does not compare it, and can be told not to write it
            _read_through(archive, entry)


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read a part of an archive to its end, where its check sum is compared."""
    with archive.open(entry) as stream:
        while stream.read(_PIECE_BYTES):
            pass


def _unpickled(path: Path) -> Any:
    # Mapped, an archive takes no memory of its own, and cannot claim to hold more than it does.
    is_mapped = zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about how it was written
            return torch.load(path, map_location="cpu", weights_only=True, mmap=is_mapped)
    except Exception as error:
        # torch raises a dozen kinds for a damaged file; each means the same to a person
        code = _NAMED_CODE.search(str(error))
        if code is not None or "weights_only" in str(error).lower():
            raise ModelError(
                f"{path.name} holds more than weights{_code_in_words(code)}: reading it would run "
                "code, which this program never does. Save the weights alone where it comes "
                "from: torch.save(network.state_dict(), …)."
            ) from error
        raise _damaged(path, error) from error


def _weights_below(stored: Any) -> Mapping[str, Any]:
    """Return the mapping that holds weights, going down where it is nested."""
    for _ in range(3):
        if not isinstance(stored, Mapping):
            return {}
        if any(isinstance(values, Tensor) for values in stored.values()):
            break
        stored = next((stored[key] for key in _BELOW if isinstance(stored.get(key), Mapping)), {})
    return stored if isinstance(stored, Mapping) else {}


def _unwrapped(stored: Mapping[str, Any]) -> State:
    state = {str(key): values for key, values in stored.items() if isinstance(values, Tensor)}
    prefix = next((p for p in _WRAPPERS if all(key.startswith(p) for key in state)), None)
    while prefix is not None and state:
        state = {key.removeprefix(prefix): values for key, values in state.items()}
        prefix = next((p for p in _WRAPPERS if all(key.startswith(p) for key in state)), None)
    return state


def _code_in_words(code: re.Match[str] | None) -> str:
    return f" (a whole {code.group(1)})" if code is not None else ""


def _damaged(path: Path, error: Exception) -> ModelError:
    reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else ""
    return ModelError(
        f"{path.name} is damaged, or no file of weights ({type(error).__name__}: {reason}). "
        "Copy it again from its source."
    )

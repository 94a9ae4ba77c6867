"""Networks in ONNX files in the shape that all networks here have."""

from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from segstudio.core.errors import ModelError
from segstudio.models.whole_network import WholeNetwork

Output = Literal["logits", "probabilities", "binary logits", "binary probabilities", "indices"]
"""What an output says of a pixel: a value per class, one value for the second of two classes, or
the class itself."""

Layout = Literal["nchw", "nhwc", "nhw"]

_LEAST = 1e-7
"""Probabilities below it are taken for it: the logarithm of 0 is no number."""

_SHORTAGE = ("failed to allocate", "bad_alloc", "bad allocation", "out of memory")
"""How ONNX Runtime says that memory is not enough; it has no error of its own for that."""

_CERTAIN = 20.0
"""A logit that leaves the other classes nothing that counts."""


class OnnxNetwork(WholeNetwork):
    """A network that ONNX Runtime runs; its file is kept among the weights, as bytes."""

    graph: Tensor

    def __init__(
        self,
        encoder: str,  # noqa: ARG002 - a file is one whole
        classes: int,
        channels: int,
        *,
        file_bytes: int,
        output: Output = "logits",
        output_name: str = "",
        layout: Layout = "nchw",
        output_layout: Layout = "nchw",
        input_size: list[int] | None = None,
        one_by_one: bool = True,
    ) -> None:
        """Make room for a file.

        Parameters
        ----------
        file_bytes : int
            Its size.
        input_size : list of two int, optional
            The only height and width that it takes.
        one_by_one : bool
            Whether it takes one image at a time only.
        """
        super().__init__()
        if output not in get_args(Output) or {layout, output_layout} - set(get_args(Layout)):
            raise ValueError("its output is described in no known way")
        self.classes, self.channels = classes, channels
        self.output, self.output_name = output, output_name
        self.layout, self.output_layout = layout, output_layout
        self.input_size = (input_size[0], input_size[1]) if input_size else None
        self.one_by_one = one_by_one
        self.encoder = torch.nn.Identity()  # there is nothing that could be kept frozen
        self.register_buffer("graph", torch.zeros(file_bytes, dtype=torch.uint8))
        self._session: tuple[str, Any] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the session, which cannot be copied; a copy opens its own."""
        return {**self.__dict__, "_session": None}

    def logits(self, batch: Tensor) -> Tensor:
        """Return logits (N, K, h, w) of a batch (N, channels, H, W)."""
        if self.input_size is not None and batch.shape[2:] != self.input_size:
            batch = functional.interpolate(
                batch, self.input_size, mode="bilinear", align_corners=False, antialias=True
            )
        session = self._open(batch.device)
        parts = torch.split(batch, 1) if self.one_by_one else (batch,)
        results = [self._meaning(self._run(session, part)) for part in parts]
        return torch.cat(results).to(batch.device)

    def enlarge(self, logits: Tensor, size: tuple[int, int]) -> Tensor:
        """Return logits at the size (H, W) of the network's input."""
        if self.output == "indices":  # between two classes there is no third
            return functional.interpolate(logits, size, mode="nearest")
        return super().enlarge(logits, size)

    def _open(self, device: torch.device) -> Any:
        """Return the session on this device, opened when it is needed first."""
        if self._session is None or self._session[0] != device.type:
            self._session = device.type, open_session(self.graph.cpu().numpy().tobytes(), device)
        return self._session[1]

    def _run(self, session: Any, part: Tensor) -> NDArray[Any]:
        values = part.detach().float().cpu().numpy()
        if self.layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        return run(session, values, self.output_name)

    def _meaning(self, found: NDArray[Any]) -> Tensor:
        """Turn what came out into logits (N, K, h, w)."""
        if self.output_layout == "nhwc":
            found = found.transpose(0, 3, 1, 2)
        elif self.output_layout == "nhw":
            found = found[:, None]
        values = torch.from_numpy(np.ascontiguousarray(found, np.float32))
        if self.output == "indices":
            return self._certain(values[:, 0])
        if self.output == "probabilities":
            return values.clamp_min(_LEAST).log()
        if self.output == "binary probabilities":
            values = torch.logit(values, eps=_LEAST)
        if self.output != "logits":
            values = torch.cat([torch.zeros_like(values), values], dim=1)
        return values

    def _certain(self, indices: Tensor) -> Tensor:
        chosen = indices.long()
        if int(chosen.min()) < 0 or int(chosen.max()) >= self.classes:
            raise ModelError(
                f"This model found class {int(chosen.max())}, and {self.classes} classes were "
                "named when it was taken in. Take it in again and name them all."
            )
        one_hot = functional.one_hot(chosen, self.classes)  # (N, h, w, K)
        return one_hot.permute(0, 3, 1, 2).float() * _CERTAIN


def open_session(content: bytes, device: torch.device, name: str = "this model") -> Any:
    """Open the content of an ONNX file for running it.

    Parameters
    ----------
    name : str
        What to call it when it is refused.

    Raises
    ------
    ModelError
        When ONNX Runtime is not installed or refuses the content.
    """
    runtime = _runtime()
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = torch.get_num_threads()
    # Threads that wait must not spin beside a live window.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = ["CPUExecutionProvider"]
    if device.type == "cuda" and "CUDAExecutionProvider" in runtime.get_available_providers():
        wanted.insert(0, "CUDAExecutionProvider")
    try:
        # Its own way of trying a second time prints to the console.
        return runtime.InferenceSession(content, options, providers=wanted, enable_fallback=0)
    except Exception as error:
        # ONNX Runtime has an error type for each part of itself, without a common one
        raise ModelError(f"ONNX Runtime cannot open {name}: {first_line(error)}") from error


def run(session: Any, values: NDArray[np.float32], output_name: str) -> NDArray[Any]:
    """Run one batch in the layout and type that the network wants.

    Raises
    ------
    ModelError
        When it fails.
    MemoryError
        When memory is not enough for it.
    """
    taken = session.get_inputs()[0]
    kinds = {"tensor(float16)": np.float16, "tensor(double)": np.float64, "tensor(uint8)": np.uint8}
    kind = kinds.get(taken.type, np.float32)
    if kind is np.uint8:
        values = values.round().clip(0, 255)
    try:
        found = session.run([output_name], {taken.name: values.astype(kind)})[0]
    except Exception as error:
        if any(text in str(error).lower() for text in _SHORTAGE):
            raise MemoryError("It needs more memory than there is") from error
        raise ModelError(f"ONNX Runtime cannot run this model: {first_line(error)}") from error
    return np.asarray(found)


def first_line(error: Exception) -> str:
    """Return the part of an error of ONNX Runtime that a person can use."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    line = lines[0].rpartition(" : ")[2] if lines else type(error).__name__
    return line[:200].rstrip(".")


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            "ONNX models need ONNX Runtime, which is not installed. "
            'Run: pip install "segstudio[onnx]"'
        ) from error
    return onnxruntime

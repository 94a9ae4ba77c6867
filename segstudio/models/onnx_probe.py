"""What an ONNX network takes and gives, found out by its description and by running it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import ModelError
from segstudio.models import onnx_network
from segstudio.models.onnx_network import Layout, Output

_CHANNELS = (1, 3, 4)
_SIZES = (((97, 131), 1), ((64, 96), 32), ((256, 384), 128))
"""Heights and widths to try where any is allowed, and what they are multiples of."""

_LARGEST_PIXELS = 4096 * 4096
_NUMBERS = ("tensor(float)", "tensor(float16)", "tensor(double)", "tensor(uint8)")
_SUM_TOLERANCE = 5e-3


@dataclass(frozen=True)
class Probe:
    """What was found out.

    Attributes
    ----------
    channels, classes : int
        Of input and output; two classes where the output is one value. Where it is the class
        itself, one more than the largest that was seen.
    input_size : tuple of int or None
        The only height and width that it takes.
    multiple : int
        Heights and widths have to be multiples of it.
    """

    channels: int
    classes: int
    layout: Layout
    output_name: str
    output: Output
    output_layout: Layout
    input_size: tuple[int, int] | None
    multiple: int
    one_by_one: bool


def probe(session: Any, file_name: str) -> Probe:
    """Run a network on noise and look at what comes out.

    Raises
    ------
    ModelError
        When it takes no image, or gives no value per pixel.
    """
    channels, layout, size, one_by_one = _input(session, file_name)
    trials = ((size, 1),) if size is not None else _SIZES
    failure: ModelError | MemoryError | None = None
    for (height, width), multiple in trials:
        noise = _noise(channels, height, width, layout)
        try:
            name, found = _per_pixel(session, noise, (height, width), file_name)
        except (ModelError, MemoryError) as error:
            failure = error
            continue
        again = onnx_network.run(session, np.zeros_like(noise), name)
        output_layout = _layout(found, (height, width))
        output, classes = _meaning(np.stack([found, again]), output_layout)
        return Probe(
            *(channels, classes, layout, name, output, output_layout, size, multiple, one_by_one)
        )
    assert failure is not None
    if file_name in str(failure):
        raise failure
    raise ModelError(f"{file_name} runs at none of the sizes that were tried. {failure}.")


def _input(session: Any, file_name: str) -> tuple[int, Layout, tuple[int, int] | None, bool]:
    """Return channels, layout, the only size if there is one, and whether N is 1."""
    taken = session.get_inputs()
    if len(taken) != 1 or len(taken[0].shape) != 4 or taken[0].type not in _NUMBERS:
        kinds = ", ".join(f"{t.name} {t.shape}" for t in taken[:3])
        raise ModelError(
            f"{file_name} does not take one batch of images (N x channels x height x width); it "
            f"takes {kinds or 'nothing'}."
        )
    number, *sizes = (v if isinstance(v, int) and v > 0 else None for v in taken[0].shape)
    is_last = sizes[2] in _CHANNELS and sizes[0] not in _CHANNELS
    layout: Layout = "nhwc" if is_last else "nchw"
    channels, height, width = (sizes[2], *sizes[:2]) if is_last else sizes
    if channels is None:
        channels = 3
    if (height is None) != (width is None) or channels > 16 or number not in (None, 1):
        raise ModelError(
            f"{file_name} takes batches of {taken[0].shape}; only one image at a time of any size "
            "or of one size can be shown to it."
        )
    if height is None or width is None:
        return channels, layout, None, number == 1
    if height * width > _LARGEST_PIXELS:
        raise ModelError(
            f"{file_name} wants images of {height} x {width} pixels, which is too many."
        )
    return channels, layout, (height, width), number == 1


def _noise(channels: int, height: int, width: int, layout: Layout) -> NDArray[np.float32]:
    shape = (1, channels, height, width) if layout == "nchw" else (1, height, width, channels)
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def _per_pixel(
    session: Any, noise: NDArray[np.float32], size: tuple[int, int], file_name: str
) -> tuple[str, NDArray[Any]]:
    """Return name and values of the first output that has a value for each pixel."""
    seen = []
    for given in session.get_outputs():
        if not given.type.startswith("tensor("):
            continue
        found = onnx_network.run(session, noise, given.name)
        if found.ndim in (3, 4) and _layout_or_none(found, size) is not None:
            return given.name, found
        seen.append(" x ".join(map(str, found.shape)))
    raise ModelError(
        f"{file_name} gives no class per pixel: for an image of {size[0]} x {size[1]} it gives "
        f"{', '.join(seen) or 'nothing'}. A network that segments gives N x classes x height x "
        "width."
    )


def _layout(found: NDArray[Any], size: tuple[int, int]) -> Layout:
    layout = _layout_or_none(found, size)
    assert layout is not None
    return layout


def _layout_or_none(found: NDArray[Any], size: tuple[int, int]) -> Layout | None:
    """Return where height and width stand in an output; None where it has no such axes."""
    if found.ndim == 3:
        return "nhw" if _is_alike(found.shape[1:], size) else None
    if _is_alike(found.shape[2:], size):
        return "nchw"
    return "nhwc" if _is_alike(found.shape[1:3], size) else None


def _is_alike(shape: tuple[int, ...], size: tuple[int, int]) -> bool:
    """Tell whether a map is an image of this size, or one reduced by a whole number."""
    if min(shape) < 1:
        return False
    step = max(1, round(size[0] / shape[0]))
    return all(abs(n / step - m) <= 1 for n, m in zip(size, shape, strict=True)) and step <= 32


def _meaning(found: NDArray[Any], layout: Layout) -> tuple[Output, int]:
    """Return what values mean, and how many classes they tell apart.

    Parameters
    ----------
    found : array of two outputs
    """
    axis = {"nchw": 2, "nhwc": 4, "nhw": 1}[layout]
    count = 1 if layout == "nhw" else found.shape[axis]
    if np.issubdtype(found.dtype, np.integer):
        return "indices", max(2, int(found.max()) + 1)
    are_shares = bool(found.min() >= 0.0 and found.max() <= 1.0)
    if count == 1:
        return ("binary probabilities" if are_shares else "binary logits"), 2
    return ("probabilities" if are_shares else "logits"), count

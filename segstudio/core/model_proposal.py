"""How a model from elsewhere would be taken in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelProposal:
    """How a model from elsewhere would be taken in; a person may change it before that.

    Attributes
    ----------
    path : str
    kind : {"segstudio", "torchvision", "library", "hub", "onnx", "weights"}
        What was found there: a file of this program, of torchvision, of
        segmentation-models-pytorch, of transformers, an ONNX file, or bare weights.
    name, title : str
    architecture, encoder : str
        Names as in `segstudio.models.networks.ARCHITECTURES`; empty where they are to be chosen.
    choices : tuple of str
        Architectures that fit the weights, where there are several.
    classes : tuple of str
        Names by output channel.
    mean, std : tuple of float
        By input channel, for inputs of 0 to 1.
    channel_order : {"rgb", "bgr"}
    short_side : int
        Working short side in pixels.
    assumed : tuple of str
        Names of those fields of which the file says nothing.
    licence : str
    is_commercial : bool
    source : str
        The address that it was fetched from; empty for what was on this computer already.
    """

    path: str
    kind: str
    name: str
    title: str
    architecture: str
    encoder: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    channel_order: str = "rgb"
    short_side: int = 448
    choices: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    licence: str = ""
    is_commercial: bool = True
    source: str = ""

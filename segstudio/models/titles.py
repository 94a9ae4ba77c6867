"""What encoders are called in lists, known before torch is loaded."""

from segstudio.models.encoder_table import ENCODERS

_ENCODERS_ELSEWHERE = {"mobilenet_v3_large": "MobileNetV3 large"}
"""Names that torchvision gives to encoders."""


def of_encoder(name: str) -> str:
    """Return what an encoder is called; its name where it has no title."""
    if name in ENCODERS:
        return ENCODERS[name].title
    return _ENCODERS_ELSEWHERE.get(name, name.removeprefix("tu-"))

"""What encoders are called in lists, known before torch is loaded."""

from segstudio.models.encoder_table import ENCODERS

_ENCODERS_ELSEWHERE = {"mobilenet_v3_large": "MobileNetV3 large"}
"""Names that torchvision gives to encoders."""


def of_encoder(name: str) -> str:
    """Return what an encoder is called; its name where it has no title."""
    plain = name.removeprefix("tu-")
    if plain in ENCODERS:
        return ENCODERS[plain].title
    return _ENCODERS_ELSEWHERE.get(plain, plain)

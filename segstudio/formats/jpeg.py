"""Small pictures for the program's own cache."""

import io

from PIL import Image as PillowImage

from segstudio.core.arrays import Image

_QUALITY = 85


def encode_jpeg(image: Image) -> bytes:
    """Encode an (H, W, 3) uint8 RGB image as JPEG."""
    buffer = io.BytesIO()
    PillowImage.fromarray(image).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()

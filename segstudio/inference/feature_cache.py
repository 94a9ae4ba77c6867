"""What encoders saw in the last few images, for other heads on the same encoder."""

import hashlib
from collections import OrderedDict

from segstudio.core.arrays import Image
from segstudio.inference.predictor import EncodedImage, Predictor

MOST_BYTES = 256 * 2**20
"""EfficientNet-Lite0 leaves about 40 bytes a pixel: 12 MB for a photo at short side 448."""

FREE_SHARE = 0.125
"""Of the memory that is free, where that is less."""

Key = tuple[str, str, tuple[int, int], str, bool]


class FeatureCache:
    """Keeps features in their device's memory; for one thread.

    An image is known by its pixels at working size, an encoder by its weights and its shape: two
    models on the same encoder find each other's features, whatever the files are called.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, EncodedImage] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """Bytes that are kept."""
        return sum(encoded.nbytes for encoded in self._kept.values())

    def encoded(self, predictor: Predictor, image: Image, *, half: bool = False) -> EncodedImage:
        """Return what a predictor's encoder sees in an image, computed where it is not known.

        Parameters
        ----------
        image : (h, w, 3) uint8, RGB
            At working size.
        """
        size = image.shape[0], image.shape[1]
        content = hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()
        key = (predictor.encoder_id, content, size, str(predictor.device), half)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        encoded = predictor.encode(image, half=half)
        budget = min(self._most_bytes, int(FREE_SHARE * predictor.means().free_bytes))
        if encoded.nbytes <= budget:
            self._kept[key] = encoded
            while self.nbytes > budget:
                self._kept.popitem(last=False)
        return encoded

    def clear(self) -> None:
        """Forget everything, as memory is short."""
        self._kept.clear()

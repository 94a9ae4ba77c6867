"""Models that are loaded, and what their encoders saw in the last images."""

from collections import OrderedDict
from typing import TYPE_CHECKING

from segstudio.core.arrays import Image
from segstudio.models import catalogue

if TYPE_CHECKING:
    from segstudio.inference.feature_cache import FeatureCache
    from segstudio.inference.predictor import EncodedImage, Predictor

KEPT_MODELS = 2


class Predictors:
    """Loads models when they are asked for and keeps the last few; for one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Predictor] = OrderedDict()
        self._features: FeatureCache | None = None

    @property
    def features(self) -> "FeatureCache":
        """What encoders saw, for all models alike."""
        if self._features is None:
            from segstudio.inference.feature_cache import FeatureCache  # which needs torch

            self._features = FeatureCache()
        return self._features

    def get(self, model: str, device: str) -> "Predictor":
        """Return a model by its name or path, on a device.

        Raises
        ------
        ModelError
            When it is not there or cannot be used.
        """
        from segstudio.inference import predictor

        path = catalogue.find(model)
        facts = path.stat()
        # Two changes may fall into one moment of the clock, but they make two files.
        key = (f"{path}:{facts.st_mtime_ns}:{facts.st_ino}", device)
        if key not in self._kept:
            self._kept[key] = predictor.load(path, device)
            while len(self._kept) > KEPT_MODELS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def encoded(self, predictor: "Predictor", image: Image) -> "EncodedImage":
        """Return what a model's encoder sees in an image (h, w, 3) at working size."""
        return self.features.encoded(predictor, image)

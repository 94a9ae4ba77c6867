"""Measuring a network in training on whole images that it does not train on."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio.core import metrics
from segstudio.core.arrays import LabelMap
from segstudio.inference import labelling, preprocess
from segstudio.inference.predictor import EncodedImage, Predictor
from segstudio.training.crops import Photos
from segstudio.training.group import Group

FEATURES_BUDGET_BYTES = 1_000_000_000
"""Encoder features of held-out images that are kept between two measurements."""


class HeldOut:
    """The images of one run that are held out; each process measures on its share of them.

    Attributes
    ----------
    count : int
        Of the images.
    """

    def __init__(
        self, photos: Photos, numbers: Sequence[int], group: Group, *, keep_features: bool
    ) -> None:
        self.count = len(numbers)
        self._photos = photos
        self._group = group
        self._keep = keep_features
        self._numbers = numbers[group.rank :: group.size]
        self._kept: dict[int, EncodedImage] = {}

    def confusion(self, predictor: Predictor) -> NDArray[np.int64]:
        """Return the confusion matrix (K, K + 1) over these images, at their own size.

        The way is that of Segment without refinement.
        """
        classes = len(predictor.spec.classes)
        total = np.zeros((classes, classes + 1), np.int64)
        for number in self._numbers:
            mask = self._photos.get(number).labels
            channels = self.channels(number, predictor)
            total += metrics.confusion_matrix(mask, channels, classes=classes)
        shared = self._group.summed(torch.from_numpy(total).to(predictor.device))
        return shared.cpu().numpy()

    def channels(self, number: int, predictor: Predictor) -> LabelMap:
        """Return what a network sees in an image, as channel numbers at the image's own size.

        Features are kept for all predictors alike: they have to share an encoder.
        """
        probabilities = predictor.decode(self._encoded(number, predictor)).probabilities
        channels, _ = labelling.labelled(probabilities, *self._photos.get(number).labels.shape)
        return channels

    def _encoded(self, number: int, predictor: Predictor) -> EncodedImage:
        if number in self._kept:
            return self._kept[number]
        image = self._photos.get(number).image
        size = preprocess.working_size(image.shape[0], image.shape[1], predictor.spec)
        encoded = predictor.encode(preprocess.scaled(image, size))
        with torch.inference_mode():
            features = predictor.network.tapped(encoded.features)
        small = EncodedImage(features, encoded.height, encoded.width)
        used = sum(other.nbytes for other in self._kept.values())
        if self._keep and used + small.nbytes <= FEATURES_BUDGET_BYTES:
            self._kept[number] = small
        return small

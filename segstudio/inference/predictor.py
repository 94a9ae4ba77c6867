"""A network at work: images in, probabilities out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio.core.arrays import Image
from segstudio.inference import device as devices
from segstudio.inference import preprocess
from segstudio.models import checkpoint
from segstudio.models.network import Features, SegmentationNetwork
from segstudio.models.spec import ModelSpec


@dataclass(frozen=True)
class EncodedImage:
    """What an encoder saw in one image; several heads on the same encoder can read it.

    Attributes
    ----------
    features : list of (1, C, h, w) tensors
        From fine to coarse; the first is the padded input.
    height, width : int
        Of the image at working size, without padding.
    """

    features: Features
    height: int
    width: int

    @property
    def nbytes(self) -> int:
        """Memory that the features take."""
        return sum(values.nbytes for values in self.features)


@dataclass(frozen=True)
class DecodedImage:
    """What a network makes of one image.

    Attributes
    ----------
    probabilities : (K, h, w) float32
        At working size, sum 1 over K.
    features : (D, h2, w2) float16
        What its last layer reads them from, as coarse as the decoder leaves them.
    """

    probabilities: NDArray[np.float32]
    features: NDArray[np.float16]


class Predictor:
    """A network on a device. Takes images at working size, of any height and width."""

    def __init__(self, spec: ModelSpec, network: SegmentationNetwork, device: torch.device) -> None:
        self.spec = spec
        self.device = device
        self.network = network.eval().to(device)
        self.network.to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def encode(self, image: Image) -> EncodedImage:
        """Run the encoder on one image.

        Parameters
        ----------
        image : (h, w, 3) uint8, RGB
            At working size; it is padded here.
        """
        height, width = image.shape[:2]
        batch = preprocess.to_batch([image], self.spec, self.device)  # (1, C, H, W)
        return EncodedImage(self.network.encode(batch), height, width)

    @torch.inference_mode()
    def decode(self, encoded: EncodedImage) -> DecodedImage:
        """Run the rest of the network."""
        size = encoded.features[0].shape[2], encoded.features[0].shape[3]
        decoded = self.network.decode(encoded.features)  # (1, D, h2, w2)
        logits = self.network.classify(decoded, size)  # (1, K, H, W)
        cropped = logits[0, :, : encoded.height, : encoded.width].float()
        probabilities: NDArray[np.float32] = cropped.softmax(dim=0).contiguous().cpu().numpy()
        # The padding, at the bottom and on the right, is taken off as far as the grid allows.
        rows = -(-decoded.shape[2] * encoded.height // logits.shape[2])
        columns = -(-decoded.shape[3] * encoded.width // logits.shape[3])
        features: NDArray[np.float16] = decoded[0, :, :rows, :columns].half().cpu().numpy()
        return DecodedImage(probabilities, features)

    def predict(self, image: Image) -> NDArray[np.float32]:
        """Return probabilities (K, h, w) float32 of an image (h, w, 3) at working size."""
        return self.decode(self.encode(image)).probabilities


def load(path: Path, device: str = "auto") -> Predictor:
    """Read a model file and put its network on a device.

    Raises
    ------
    ModelError
        When the file cannot be used or the device is not there.
    """
    target = devices.pick(device)
    spec, network = checkpoint.load(path)
    return Predictor(spec, network, target)

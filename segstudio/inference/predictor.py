"""A network at work: images in, probabilities out."""

import copy
import hashlib
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.core.arrays import Image
from segstudio.inference import device as devices
from segstudio.inference import footprint, memory, precision, preprocess
from segstudio.inference.precision import Precision
from segstudio.inference.way import Means, Way
from segstudio.models import checkpoint, encoders, networks
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
    half : bool
        Whether it ran in half precision; the rest of the network then does as well.
    """

    features: Features
    height: int
    width: int
    half: bool = False

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
    """A network on a device. Takes images at working size, of any height and width.

    Attributes
    ----------
    known_ways : dict
        By what was asked for, the way that memory was enough for when it had not been at first.
    """

    def __init__(
        self,
        spec: ModelSpec,
        network: SegmentationNetwork,
        device: torch.device,
        free_bytes: Callable[[torch.device], int] = memory.free_bytes,
    ) -> None:
        """Take a network over.

        Parameters
        ----------
        free_bytes : callable
            Tells how much memory of a device may still be taken.
        """
        self.spec = spec
        self.device = device
        self.network = network.eval().to(device)
        self.network.to(memory_format=torch.channels_last)
        self.known_ways: dict[object, Way] = {}
        self._free_bytes = free_bytes
        self._half_pays: bool | None = None
        self._on_cpu: Predictor | None = None
        self._trial = threading.Lock()

    @torch.inference_mode()
    def encode(self, image: Image, *, half: bool = False) -> EncodedImage:
        """Run the encoder on one image.

        Parameters
        ----------
        image : (h, w, 3) uint8, RGB
            At working size; it is padded here.
        half : bool
            In half precision.
        """
        height, width = image.shape[:2]
        batch = preprocess.to_batch([image], self.spec, self.device)  # (1, C, H, W)
        with precision.running(self.device, half=half):
            return EncodedImage(self.network.encode(batch), height, width, half)

    @torch.inference_mode()
    def decode(self, encoded: EncodedImage) -> DecodedImage:
        """Run the rest of the network."""
        size = encoded.features[0].shape[2], encoded.features[0].shape[3]
        with precision.running(self.device, half=encoded.half):
            decoded = self.network.decode(encoded.features)  # (1, D, h2, w2)
            logits = self.network.classify(decoded, size)  # (1, K, H, W)
        probabilities = self._probabilities(logits, encoded.height, encoded.width)[0]
        # The padding, at the bottom and on the right, is taken off as far as the grid allows.
        rows = -(-decoded.shape[2] * encoded.height // logits.shape[2])
        columns = -(-decoded.shape[3] * encoded.width // logits.shape[3])
        features: NDArray[np.float16] = decoded[0, :, :rows, :columns].half().cpu().numpy()
        return DecodedImage(probabilities, features)

    @torch.inference_mode()
    def predict_all(self, images: Sequence[Image], *, half: bool = False) -> NDArray[np.float32]:
        """Return probabilities (N, K, h, w) of N images (h, w, 3) at working size, all alike."""
        height, width = images[0].shape[:2]
        batch = preprocess.to_batch(list(images), self.spec, self.device)  # (N, C, H, W)
        size = int(batch.shape[2]), int(batch.shape[3])
        with precision.running(self.device, half=half):
            decoded = self.network.decode(self.network.encode(batch))
            logits = self.network.classify(decoded, size)  # (N, K, H, W)
        return self._probabilities(logits, height, width)

    def predict(self, image: Image, *, half: bool = False) -> NDArray[np.float32]:
        """Return probabilities (K, h, w) float32 of an image (h, w, 3) at working size."""
        planes: NDArray[np.float32] = self.predict_all([image], half=half)[0]
        return planes

    def runs_half(self, wish: Precision) -> bool:
        """Tell whether to run in half precision; the first time that takes a trial."""
        if wish != "auto":
            return wish == "half" and precision.half_type(self.device) is not None
        with self._trial:
            if self._half_pays is None:
                self._half_pays = self._tries_half()
        return self._half_pays

    def _tries_half(self) -> bool:
        image = precision.probe_image()
        try:
            return precision.pays(lambda half: self.predict(image, half=half), self.device)
        except Exception as error:
            if not memory.is_shortage(error):
                raise
        return self.device.type != "cpu"  # it takes less memory

    def get_ready(self, wish: Precision) -> None:
        """Find out how the network runs best, if that is not known yet.

        To be called before it is handed to threads that may be held in the middle of it: others
        would wait for what they are finding out.
        """
        self.runs_half(wish)
        self.means()

    def means(self, sharers: int = 1) -> Means:
        """Return what there is to run the network with, for each of some that run it at once."""
        return Means(
            free_bytes=self._free_bytes(self.device) // sharers,
            bytes_per_pixel=self._bytes_per_pixel,
            is_processor=self.device.type == "cpu",
            can_half=precision.half_type(self.device) is not None,
        )

    def on_cpu(self) -> "Predictor":
        """Return the same model on the processor, for what its own device has no room for."""
        if self.device.type == "cpu":
            return self
        if self._on_cpu is None:
            cpu = torch.device("cpu")
            network = copied_to_cpu(self.network)
            self._on_cpu = Predictor(self.spec, network, cpu, self._free_bytes)
        return self._on_cpu

    def _probabilities(self, logits: Tensor, height: int, width: int) -> NDArray[np.float32]:
        """Return (N, K, height, width) probabilities of (N, K, H, W) logits, without padding."""
        cropped = logits[:, :, :height, :width].float()
        if self.spec.temperature != 1.0:
            cropped = cropped / self.spec.temperature
        planes: NDArray[np.float32] = cropped.softmax(dim=1).contiguous().cpu().numpy()
        return planes

    @cached_property
    def encoder_id(self) -> str:
        """Another one means that the encoder may see something else in the same image."""
        spec = self.spec
        encoder = self.network.encoder
        weights = spec.encoder_sha256
        if not weights and spec.architecture in networks.ARCHITECTURES:
            weights = encoders.state_sha256(encoder.state_dict())
        elif not weights:  # what those of others give as maps may follow from more than that
            weights = str(uuid.uuid4())
        shape = hashlib.sha256(repr(encoder).encode()).hexdigest()
        colours = f"{spec.mean} {spec.std} {spec.channel_order}"
        return f"{weights} {shape} {colours} {spec.channels} {spec.multiple}"

    @cached_property
    def _bytes_per_pixel(self) -> float:
        try:
            return footprint.bytes_per_pixel(self.spec, self.network, self.device)
        except Exception as error:
            if not memory.is_shortage(error):
                raise
        return footprint.LEAST_BYTES_PER_PIXEL  # what is not enough is found out by running


def copied_to_cpu(network: SegmentationNetwork) -> SegmentationNetwork:
    """Return a copy of a network on the processor; on its own device nothing is allocated.

    Whatever watches the layers of the network does not watch those of the copy.
    """
    known: dict[int, object] = {id(v): v.detach().cpu() for v in network.buffers()}
    for values in network.parameters():
        known[id(values)] = nn.Parameter(values.detach().cpu(), values.requires_grad)
    for layer in network.modules():
        known[id(layer._forward_pre_hooks)] = OrderedDict()
        known[id(layer._forward_hooks)] = OrderedDict()
    return copy.deepcopy(network, known)


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

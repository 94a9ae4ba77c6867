"""What a worker of a Dask cluster does with an image, and what it has to be given for that.

The scheduler imports this module too, so that what is heavy is imported by the work itself.
"""

import contextlib
import hashlib
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from segstudio.cli import batch
from segstudio.cli.batch import Made
from segstudio.core import atomic
from segstudio.core.errors import EngineError, ImageError, SegstudioError
from segstudio.core.file_facts import FileStamp

if TYPE_CHECKING:
    from segstudio.inference.pipeline import Lanes
    from segstudio.inference.predictor import Predictor
    from segstudio.inference.segmenter import SegmentSettings

_loading = threading.Lock()


@dataclass(frozen=True)
class Wish:
    """What to do with every image of a run.

    Attributes
    ----------
    model, digest : str
        The name of the model file, and the SHA-256 of its content.
    device : str
    settings : dict of str to Any
        Of `SegmentSettings`; as plain values, for which the scheduler needs no torch.
    more : tuple of str
        Suffixes of what is made besides the labels.
    """

    model: str
    digest: str
    device: str
    settings: dict[str, Any]
    more: tuple[str, ...]


@dataclass(frozen=True)
class SentImage:
    """An image on its way to a worker: where the caller sees it, or what is in it."""

    path: str
    stamp: FileStamp
    content: bytes | None = None


@dataclass(frozen=True)
class Lacks:
    """What a worker has to be given before it can do its work."""

    worker: str
    model: bool


Reply = Made | Lacks | str
"""What a worker answers; a text is the sentence that says why an image cannot be segmented."""


def segment_image(sent: SentImage, wish: Wish) -> Reply:
    """Segment one image, on a worker.

    Raises
    ------
    ModelError
        When the model or the device cannot be used.
    """
    from distributed import get_worker

    from segstudio.inference.segmenter import SegmentSettings

    worker = get_worker()
    model = _place_of(wish, worker.local_directory)
    if not model.is_file():
        return Lacks(worker.address, model=True)
    if sent.content is None and not _sees(sent):
        return Lacks(worker.address, model=False)
    with _loading:
        predictor = _predictor(model, wish.device)
        lanes = _lanes(worker.state.nthreads)
    settings = SegmentSettings(**wish.settings)
    if settings.precision == "auto" and predictor.device.type == "cpu":
        # A trial by time ends one way here and another way there, and labels differ with it.
        settings = replace(settings, precision="full")
    with _file_of(sent, worker.local_directory) as path:
        work = partial(_make, path, predictor, settings, lanes, wish.more)
        try:
            return lanes.submit(work, threading.Event()).result()
        except SegstudioError as error:
            return str(error)
        except MemoryError:
            return batch.too_large(path)


def has_model(wish: Wish, dask_worker: Any) -> bool:
    """Tell whether a worker has the model; Dask fills in `dask_worker`."""
    return _place_of(wish, dask_worker.local_directory).is_file()


def keep_model(content: bytes, wish: Wish, dask_worker: Any) -> None:
    """Keep the model on a worker for as long as the worker is there.

    Raises
    ------
    EngineError
        When it arrived damaged.
    StorageError
        When the worker cannot write.
    """
    if hashlib.sha256(content).hexdigest() != wish.digest:
        raise EngineError(f"The model {wish.model} arrived damaged at {dask_worker.address}.")
    atomic.write_bytes(_place_of(wish, dask_worker.local_directory), content)


def prepare(path: Path, *, with_content: bool) -> SentImage:
    """Make an image ready to be sent, on the caller's machine.

    Raises
    ------
    ImageError
        When the file cannot be read.
    """
    try:
        facts = path.stat()
        content = path.read_bytes() if with_content else None
    except OSError as error:
        from segstudio.formats.images import image_size

        image_size(path)  # says what is wrong with it
        raise ImageError(f"{path.name} could not be read: {error.strerror or error}.") from error
    stamp = FileStamp(facts.st_size, facts.st_mtime_ns)
    return SentImage(str(path.absolute()), stamp, content)


def _sees(sent: SentImage) -> bool:
    """Tell whether this machine has the same file at the same path."""
    path = Path(sent.path)
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return False
    return FileStamp(facts.st_size, facts.st_mtime_ns) == sent.stamp and os.access(path, os.R_OK)


@contextlib.contextmanager
def _file_of(sent: SentImage, folder: str) -> Iterator[Path]:
    """Give the path of an image, of a copy that is there for the time being if need be."""
    if sent.content is None:
        yield Path(sent.path)
        return
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / PurePath(sent.path).name
        path.write_bytes(sent.content)
        yield path


def _place_of(wish: Wish, folder: str) -> Path:
    return Path(folder) / "segstudio-models" / wish.digest / wish.model


@lru_cache(maxsize=2)
def _predictor(model: Path, device: str) -> "Predictor":
    from segstudio.inference import predictor as predictors

    return predictors.load(model, device)


@lru_cache(maxsize=1)
def _lanes(count: int) -> "Lanes":
    from segstudio.inference.pipeline import Lanes

    return Lanes(count)


def _make(
    path: Path,
    predictor: "Predictor",
    settings: "SegmentSettings",
    lanes: "Lanes",
    more: Sequence[str],
) -> Made:
    import torch

    # Dask's nanny makes its worker a daemon, which may have no children: the CRF runs in one.
    multiprocessing.current_process().daemon = False
    # A lane has its share of the cores. Dask's nanny says how many a thread may use where several
    # workers share a machine.
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdigit():
        torch.set_num_threads(max(1, int(told)))
    return batch.make(path, predictor, settings, lanes, more)

"""Segmenting many files on a Dask cluster.

A few images at a time are sent, and what comes back is written here. A worker opens an image by
its path where it sees the same file, and is sent the content where it does not. The model goes to
each worker once, by the hash of its content. Dask has another worker do what one leaves undone.
The scheduler and the workers need the program too, in the same version.
"""

import contextlib
import hashlib
import logging
import pkgutil
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segstudio
from segstudio.cli import batch
from segstudio.cli.batch import Failure
from segstudio.cli.cluster_worker import (
    Lacks,
    Reply,
    Wish,
    has_model,
    keep_model,
    prepare,
    segment_image,
)
from segstudio.cli.outcome import Outcome
from segstudio.cli.sources import Source
from segstudio.core.errors import EngineError, ImageError, SegstudioError

if TYPE_CHECKING:
    from distributed import Client, Future

    from segstudio.inference.segmenter import SegmentSettings

CONNECT_S = 10.0
PATIENCE_S = 60.0
"""A cluster without any worker is given up after this long: a nanny needs seconds for a new one."""
RETRIES = 2
"""Of an image whose work failed for a reason that is not the image's own."""
AHEAD = 2
"""Images under way for each thread of the workers, so that none waits for the caller."""
MOST_CONTENT_BYTES = 512 * 2**20
"""Content of images under way at a time; the scheduler holds it until they are done."""
_SCHEMES = frozenset({"tcp", "tls", "ucx", "ws", "wss"})
_VERSION = "segstudio:__version__"
_QUIET = ("distributed", "distributed.client", "tornado.application")

log = logging.getLogger(__name__)


def segment_all(
    sources: Sequence[Source],
    model: Path,
    settings: "SegmentSettings",
    out: Path,
    address: str,
    *,
    device: str = "auto",
    more: Sequence[str] = (),
) -> Iterator[Outcome | Failure]:
    """Segment images on a cluster, write the files of each, and tell in order what came of them.

    Closing the iterator takes back what no worker has begun.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.
    more : sequence of str
        Suffixes of what is written besides the labels.

    Raises
    ------
    EngineError
        When the cluster cannot be used, or is lost.
    ModelError
        When the model file cannot be used.
    StorageError
        When the output folder cannot be written.
    """
    from segstudio.core.classes import write_classes
    from segstudio.models import checkpoint

    classes = checkpoint.read_spec(model).classes
    content = model.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    wish = Wish(model.name, digest, device, asdict(settings), tuple(more))
    with _connected(address) as client:
        write_classes(out / "classes.json", classes)
        yield from _Run(client, sources, content, wish, out).results()


def check_versions(versions: Mapping[str, object]) -> None:
    """Refuse a cluster whose parts do not have the version of this program.

    Parameters
    ----------
    versions : mapping of str to object
        By what has it; an exception where asking for it failed.

    Raises
    ------
    EngineError
        With a sentence that names the first of them that differs.
    """
    ours = segstudio.__version__
    for name, version in versions.items():
        if isinstance(version, ImportError):
            raise EngineError(f"The {name} lacks segstudio. Install version {ours} there.")
        if isinstance(version, str) and version != ours:  # else it went away meanwhile
            raise EngineError(
                f"The {name} has segstudio {version}, and this program is {ours}. "
                "Install the same version everywhere."
            )


class _Run:
    """One run: what waits, what is under way, and what is done and not yet told."""

    def __init__(
        self, client: "Client", sources: Sequence[Source], model: bytes, wish: Wish, out: Path
    ) -> None:
        self._client = client
        self._sources = sources
        self._model = model
        self._wish = wish
        self._out = out
        self._waiting = deque(range(len(sources)))
        self._under_way: dict[Future[Reply], tuple[int, int]] = {}  # number and bytes of content
        self._done: dict[int, Outcome | Failure] = {}
        self._sends_content = False
        self._told_of_refinement = False

    def results(self) -> Iterator[Outcome | Failure]:
        """Yield what came of each image, in order; it is written as soon as it is there."""
        for number in range(len(self._sources)):
            while number not in self._done:
                self._send()
                for future in self._finished():
                    self._take(future)
            yield self._done.pop(number)

    def _send(self) -> None:
        """Send as many images as the workers can do with."""
        most = AHEAD * max(1, sum(self._client.nthreads().values()))
        held = sum(size for _, size in self._under_way.values())
        while self._waiting and len(self._under_way) < most and held < MOST_CONTENT_BYTES:
            number = self._waiting.popleft()
            try:
                sent = prepare(self._sources[number].path, with_content=self._sends_content)
            except ImageError as error:
                self._done[number] = Failure(self._sources[number], str(error))
                continue
            future = self._client.submit(
                segment_image, sent, self._wish, pure=False, retries=RETRIES
            )
            size = len(sent.content or b"")
            self._under_way[future] = (number, size)
            held += size

    def _finished(self) -> "Iterable[Future[Reply]]":
        """Wait until something under way is done, if anything is."""
        from distributed import wait

        if not self._under_way:
            return ()
        try:
            with self._client.as_current():
                found = wait(list(self._under_way), PATIENCE_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            self._check_workers()
            return ()
        return list(found.done)

    def _take(self, future: "Future[Reply]") -> None:
        """Write what came of an image, or give the worker what it lacks."""
        try:
            reply = _reply_of(future)
        except TimeoutError:  # its worker went away with it, so that it is under way again
            self._check_workers()
            return
        number, _ = self._under_way.pop(future)
        source = self._sources[number]
        if isinstance(reply, Lacks):
            self._give(reply)
            self._waiting.appendleft(number)
        elif isinstance(reply, str):
            self._done[number] = Failure(source, reply)
        else:
            self._tell_refinement(reply.figures.refined_by)
            self._done[number] = batch.write(source, reply, self._out)

    def _give(self, lack: Lacks) -> None:
        if not lack.model:
            self._sends_content = True
            return
        worker = lack.worker
        ask = partial(self._client.run, workers=[worker], on_error="return")
        # Other images of the same worker may have asked before.
        if ask(has_model, self._wish)[worker] is not False:
            return
        check_versions({f"worker {worker}": ask(pkgutil.resolve_name, _VERSION)[worker]})
        problem = ask(keep_model, self._model, self._wish)[worker]
        if problem is not None and worker in self._client.nthreads():  # else it went away
            raise EngineError(f"The worker {worker} could not take the model: {problem}")

    def _check_workers(self) -> None:
        if not self._client.nthreads():
            raise EngineError("All workers are gone. Start new ones, then start again.")

    def _tell_refinement(self, refined_by: str) -> None:
        wanted = self._wish.settings["refine"]
        if refined_by != wanted and not self._told_of_refinement:
            self._told_of_refinement = True
            log.warning(
                f"A worker used {refined_by} for want of {wanted}. Give all the same extras."
            )


@contextlib.contextmanager
def _connected(address: str) -> "Iterator[Client]":
    """Connect to a cluster; when the connection ends, the scheduler drops what was asked for."""
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise EngineError(
            "--scheduler needs Dask, which is not installed here: pip install 'segstudio[cluster]'."
        ) from error
    for name in _QUIET:  # what matters is told by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        _check_address(address)
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"There is no Dask scheduler at {address}. Start one with `dask scheduler`, and give "
            "the address that it tells, such as tcp://host:8786."
        ) from error
    # Content of images is meant to be in what is sent.
    with client, dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
        try:
            _check(client, address)
            yield client
        except (CancelledError, OSError) as error:
            raise EngineError(
                f"The connection to the scheduler at {address} was lost. Start again."
            ) from error


def _check_address(address: str) -> None:
    """Raise ValueError for what Dask would try for a long time."""
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or not parts.hostname or not parts.port:
        raise ValueError(address)


def _check(client: "Client", address: str) -> None:
    ask = partial(client.run, pkgutil.resolve_name, _VERSION, on_error="return")
    workers = {f"worker {worker}": version for worker, version in ask().items()}
    if not workers:
        raise EngineError(
            f"The scheduler at {address} has no workers. Start some with `dask worker {address}`."
        )
    try:
        version = client.run_on_scheduler(pkgutil.resolve_name, _VERSION)
    except ImportError as error:
        version = error
    check_versions({"scheduler": version, **workers})


def _reply_of(future: "Future[Reply]") -> Reply:
    """Fetch what came of an image from the worker that has it.

    Raises
    ------
    TimeoutError
        When no worker has it any more.
    SegstudioError
        When no image can be segmented.
    """
    from distributed import KilledWorker

    if future.status != "error":
        reply: Reply = future.result(timeout=PATIENCE_S)
        return reply
    error = future.exception()
    if isinstance(error, SegstudioError):
        raise error
    if isinstance(error, KilledWorker):
        return "The workers that had it went away one by one. It may be too large for their memory."
    return f"The worker failed: {type(error).__name__}: {error}"

"""What runs in the child process of `segstudio.inference.crf_process`.

Imports nothing but numpy and the CRF library, so that the process starts in a fraction of a
second and takes no more memory than its arrays. Messages are small tuples; arrays follow as plain
bytes, one class plane at a time.
"""

import contextlib
import importlib
import signal
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegstudioError
from segstudio.inference.mean_field import CrfSettings, mean_field

READY = "ready"
STEP = "step"
RESULT = "result"
FAILED = "failed"


def serve(connection: Connection) -> None:
    """Answer requests until the other end of the connection is closed."""
    # Ctrl+C reaches every process of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The parent ended or gave up: there is nobody to tell.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
        try:
            importlib.import_module("pydensecrf.densecrf")
        except ImportError as error:
            connection.send((FAILED, f"pydensecrf2 cannot be loaded: {error}."))
            return
        connection.send((READY,))
        while True:
            _answer(connection)


def flat(array: NDArray[Any]) -> memoryview:
    """Return the bytes of a contiguous array; a connection counts the rows of anything else."""
    return memoryview(array.reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _answer(connection: Connection) -> None:
    settings, (height, width), classes = connection.recv()
    assert isinstance(settings, CrfSettings)
    image = np.empty((height, width, 3), np.uint8)
    connection.recv_bytes_into(flat(image))
    unary = np.empty((classes, height, width), np.float32)
    for plane in unary:
        connection.recv_bytes_into(flat(plane))
    try:
        run = mean_field(image, unary, settings)
        while True:
            try:
                connection.send((STEP, next(run)))
            except StopIteration as end:
                beliefs = end.value
                break
    except (SegstudioError, ValueError, MemoryError) as error:
        connection.send((FAILED, str(error) or "The memory is full."))
        return
    connection.send((RESULT,))
    for plane in beliefs:
        connection.send_bytes(flat(plane))

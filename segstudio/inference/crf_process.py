"""The CRF's mean field in a process of its own.

pydensecrf2 holds Python's global lock for its whole run and can take its process down with it.
In a child neither reaches the caller: it goes on serving others between the steps, cancelling
kills the child, and a crash becomes a sentence. The child is started when first needed, kept for
the next image, and ends by itself when its pipe does, so it never outlives its parent.

Arrays travel through the pipe, a class plane at a time: 3 ms a plane, no shared block that a
small /dev/shm could refuse, and no file to clean up after a crash.
"""

import atexit
import multiprocessing
import threading
from collections.abc import Generator
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import EngineError
from segstudio.inference import crf_child
from segstudio.inference.mean_field import CrfSettings

PATIENCE_S = 0.03
"""How long one wait for the child lasts before the caller gets control back."""
GOODBYE_S = 2.0
SENT = 0.1
"""Share of the work that is done when all arrays are in the child."""

MOST_IDLE = 2
"""Children that are kept for the next image: with several images under way each has its own."""

_idle: list["_Child"] = []
_lock = threading.Lock()


def mean_field(
    image: NDArray[np.uint8], unary: NDArray[np.float32], settings: CrfSettings
) -> Generator[float, None, NDArray[np.float32]]:
    """Do what `segstudio.inference.mean_field.mean_field` does, in the child process.

    Control comes back at least every few hundredths of a second. Closing the generator kills
    the child.

    Raises
    ------
    EngineError
        When the child cannot be started, refuses its input, or ends before the result is there.
    """
    child = _take()
    finished = False
    try:
        yield 0.0
        yield from child.send(image, unary, settings)
        beliefs = yield from child.receive(unary.shape)
        finished = True
    except (EOFError, OSError) as error:
        raise EngineError(
            f"The CRF's process ended unexpectedly (exit code {child.exit_code()}). "
            "The image and its labels are untouched; try again or refine with the guided filter."
        ) from error
    finally:
        # A child that was left in the middle of its work would answer the next image with it.
        if not (finished and _keep(child)):
            child.end()
    return beliefs


def close() -> None:
    """End the children that wait."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for child in waiting:
        child.end()


atexit.register(close)


def _take() -> "_Child":
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
        if child is None:
            return _Child()
        if child.is_alive():
            return child
        child.end()


def _keep(child: "_Child") -> bool:
    """Keep a child for the next image and tell whether there was room."""
    with _lock:
        has_room = len(_idle) < MOST_IDLE
        if has_room:
            _idle.append(child)
    return has_room


class _Child:
    """One child process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._connection: Connection[Any, Any] = ours
        self._ready = False
        # A daemon, or the parent would wait for it at its own end before closing the pipe.
        self._process = context.Process(
            target=crf_child.serve, args=(theirs,), name="segstudio-crf", daemon=True
        )
        try:
            self._process.start()
        except OSError as error:
            ours.close()
            raise EngineError(
                f"The CRF's process could not be started: {error.strerror or error}. "
                "Close other programs and try again."
            ) from error
        finally:
            # With this end open here too, the pipe would not end when the child does.
            theirs.close()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def exit_code(self) -> int | None:
        self._process.join(GOODBYE_S)
        return self._process.exitcode

    def send(
        self, image: NDArray[np.uint8], unary: NDArray[np.float32], settings: CrfSettings
    ) -> Generator[float, None, None]:
        while not self._ready:
            if self._connection.poll(PATIENCE_S):
                _checked(self._connection.recv())
                self._ready = True
            yield 0.0
        self._connection.send((settings, image.shape[:2], len(unary)))
        self._connection.send_bytes(crf_child.flat(np.ascontiguousarray(image)))
        for number, plane in enumerate(np.ascontiguousarray(unary, np.float32)):
            self._connection.send_bytes(crf_child.flat(plane))
            yield SENT * (number + 1) / len(unary)

    def receive(self, shape: tuple[int, ...]) -> Generator[float, None, NDArray[np.float32]]:
        done = SENT
        while True:
            if self._connection.poll(PATIENCE_S):
                message = _checked(self._connection.recv())
                if message[0] == crf_child.RESULT:
                    break
                done = SENT + (1.0 - 2 * SENT) * message[1]
            yield done
        beliefs = np.empty(shape, np.float32)
        for number, plane in enumerate(beliefs):
            self._connection.recv_bytes_into(crf_child.flat(plane))
            yield 1.0 - SENT * (1.0 - (number + 1) / len(beliefs))
        return beliefs

    def end(self) -> None:
        self._connection.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join(GOODBYE_S)
        if self._process.exitcode is not None:
            self._process.close()


def _checked(message: tuple[Any, ...]) -> tuple[Any, ...]:
    if message[0] == crf_child.FAILED:
        raise EngineError(f"The CRF could not run. {message[1]}")
    return message

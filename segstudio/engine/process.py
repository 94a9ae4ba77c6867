"""Starting the engine: a spawned process that imports torch only on its own side."""

import importlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

ENVIRONMENT = {
    # Spinning OpenMP threads starve the window: under load from another process a tile took
    # 2.4 s with spinning and 0.23 s without.
    "OMP_WAIT_POLICY": "PASSIVE",
    "KMP_BLOCKTIME": "0",
}


def start() -> "tuple[BaseProcess, Connection]":
    """Start an engine and return it with this side of its pipe.

    Not daemonic, because the engine has a child of its own; it ends when the pipe is closed.
    """
    import multiprocessing  # here: the window is painted before any engine is started

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_run, args=(theirs, os.getpid()), name="segstudio-engine", daemon=False
    )
    process.start()
    theirs.close()
    return process, ours


def _run(connection: "Connection", parent: int) -> None:
    # Ctrl+C in the window's terminal reaches every process there; the window ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(ENVIRONMENT)
    # By name: the window's side of this package must have no way to torch.
    server = importlib.import_module("segstudio.engine.server")
    server.serve(connection, parent)

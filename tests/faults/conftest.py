"""Painters to be killed, and what their logs say."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.project.checking import check
from segstudio.project.project import Project

SIZE = (40, 60)
HERE = Path(__file__).resolve().parent


@dataclass
class Told:
    """The log of one painter.

    `planes` are the labels of each image by the number of the change after which they were told;
    `begun` the images that a last change may have altered without telling any more.
    """

    acknowledged: int = 0
    planes: dict[str, list[tuple[int, np.ndarray]]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)


def read_log(path: Path) -> Told:
    told = Told()
    text = path.read_text("utf-8") if path.exists() else ""
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        content = json.loads(line)
        match content["kind"]:
            case "intent":
                told.begun = set(content["images"])
            case "state":
                told.begun = set()
                for name, data in content["planes"].items():
                    planes = zlib.decompress(base64.b64decode(data))
                    pair = np.frombuffer(planes, np.uint8).reshape(2, *SIZE)
                    told.planes.setdefault(name, []).append((content["number"], pair))
            case "ack":
                told.acknowledged = content["number"]
    return told


class Workshop:
    """A folder of images, a project, and painters that work on it."""

    def __init__(self, root: Path) -> None:
        self.images, self.home, self.root = root / "photos", root / "home", root
        self.images.mkdir()
        for name in ("a.png", "b.png", "c.png"):
            Image.fromarray(np.full((*SIZE, 3), 128, np.uint8)).save(self.images / name)
        self.file = self.images / "project.segstudio"
        self.known: dict[str, np.ndarray] = {}
        self.changes = 0
        self._child: int | None = None
        self._painters = subprocess.Popen(
            [sys.executable, str(HERE / "painter.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        )

    def start(self, seed: int) -> tuple[int, Path]:
        """Let a painter begin, and return its number and log once it paints."""
        log = self.root / f"log-{seed}.jsonl"
        order = {"images": self.images, "home": self.home, "log": log, "seed": seed}
        self._painters.stdin.write(json.dumps(order, default=str) + "\n")
        self._painters.stdin.flush()
        child = self._child = int(self._painters.stdout.readline())
        end = time.monotonic() + 60
        while not (log.exists() and "ready" in log.read_text()):
            assert time.monotonic() < end, "the painter does not paint"
            time.sleep(0.01)
        return child, log

    def kill(self, child: int) -> None:
        self._child = None
        os.kill(child, signal.SIGKILL)
        assert self._painters.stdout.readline() == "ended\n"

    def paint_and_kill(self, seed: int, chance: random.Random) -> Told:
        child, log = self.start(seed)
        time.sleep(chance.uniform(0.0, 0.6))
        self.kill(child)
        return read_log(log)

    def compare(self, told: Told) -> None:
        """Every acknowledged change is in the project, and nothing that nobody did."""
        project = Project(self.images, self.home)
        assert project.held_by == "", "a dead window holds nothing"
        for name in ("a.png", "b.png", "c.png"):
            stored = project.load(name, SIZE)
            if stored is None:
                found = np.stack([np.full(SIZE, 255, np.uint8), np.zeros(SIZE, np.uint8)])
            else:
                found = np.stack([stored.planes.labels, stored.planes.ink])
            self._compare_one(name, found, told)
            self.known[name] = found
        project.end()
        if self.file.exists():
            assert check(self.file) == []
        self.changes += told.acknowledged

    def _compare_one(self, name: str, found: np.ndarray, told: Told) -> None:
        states = told.planes.get(name, [])
        before = [planes for number, planes in states if number <= told.acknowledged]
        allowed = [before[-1]] if before else [self.known[name]] if name in self.known else []
        allowed += [planes for number, planes in states if number > told.acknowledged]
        is_told = any(np.array_equal(found, planes) for planes in allowed)
        # What had begun without having been told of: the labels cannot be known from the log.
        assert is_told or not allowed or name in told.begun, f"{name} has other labels"

    def end(self) -> None:
        if self._child is not None:
            self.kill(self._child)
        self._painters.stdin.close()
        self._painters.wait(10)
        self._painters.stdout.close()


@pytest.fixture
def workshop(tmp_path: Path):
    made = Workshop(tmp_path)
    yield made
    made.end()

"""A child that labels images through the real session until somebody kills it.

It reads one JSON object a line (``images``, ``home``, ``log``, ``seed``) and forks a painter for
each, whose number it prints: what is imported once is not imported for each kill. A painter writes
its own log, with fsync: ``state`` lines say what labels an image must have after a change,
``ack`` lines that the project said the changes until that number are stored.
"""

import base64
import json
import os
import random
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop
from stub_engine import StubClient

from segstudio.core.classes import ClassTable
from segstudio.editing.tool import Modifiers
from segstudio.session import segmenting
from segstudio.session.session import Session

NAMES = ("cat", "dog", "grass", "sky")
BURST = 4
"""So many changes at most are under way when an acknowledgement is waited for."""


def packed(labels, ink) -> str:
    """Return planes as text."""
    return base64.b64encode(zlib.compress(np.stack([labels, ink]).tobytes(), 1)).decode()


class Log:
    """Lines that are on the disk when `write` returns."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end

    def write(self, **line) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Painter:
    """Does one random change after the other."""

    def __init__(self, images: Path, log: Log, seed: int) -> None:
        self.random = random.Random(seed)
        self.log = log
        self.number = 0
        self.session = Session()
        self.errors: list[str] = []
        self.session.noticed.connect(lambda notice: self.errors.append(notice.text))
        self.session.open([images])
        self.until(lambda: self.session.document is not None)
        assert not self.session.is_read_only, self.session.project.held_by
        self.states = {}
        for row in range(len(self.session.images)):
            self.show(row)

    @property
    def document(self):
        return self.session.document

    def until(self, condition) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, self.errors
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def show(self, row: int) -> None:
        self.session.show_image(row)
        images = self.session.images
        self.until(lambda: self.document is not None and self.document.path == images.path)
        self.states[self.name] = (self.document.label_map.copy(), self.document.ink.copy())

    @property
    def name(self) -> str:
        return self.session.images.name_of(self.document.path)

    def run(self) -> None:
        if len(self.session.classes) < len(NAMES):
            self.session.set_classes(ClassTable.named(NAMES))
        self.log.write(kind="ready")
        while True:
            for _ in range(self.random.randint(1, BURST)):
                self.change()
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            ticket = self.session.saver.last_ticket
            if ticket is not None and ticket.wait(30):
                self.log.write(kind="ack", number=self.number)

    def change(self) -> None:
        self.number += 1
        ways = (self.stroke, self.undo, self.redo, self.turn, self.class_step)
        (way,) = self.random.choices(ways, weights=(60, 15, 10, 10, 5))
        if way == self.class_step:
            self.class_step()
            return
        if way == self.turn:
            self.show(self.random.randrange(len(self.session.images)))
            return
        self.log.write(kind="intent", number=self.number, images=[self.name])
        way()
        self.states[self.name] = (self.document.label_map.copy(), self.document.ink.copy())
        self.tell([self.name])

    def tell(self, names) -> None:
        planes = {name: packed(*self.states[name]) for name in names}
        self.log.write(kind="state", number=self.number, planes=planes)

    def stroke(self) -> None:
        editor, chance = self.session.editor, self.random
        index = chance.choice(self.session.classes.indices)
        editor.change(tool=chance.choice(("brush", "brush", "eraser")), class_index=index)
        editor.set_size(chance.randint(1, 25))
        height, width = self.document.height, self.document.width
        editor.press((chance.uniform(0, width), chance.uniform(0, height)), Modifiers())
        for _ in range(chance.randint(0, 4)):
            editor.move((chance.uniform(-5, width + 5), chance.uniform(-5, height + 5)))
        editor.release()

    def undo(self) -> None:
        self.session.undo()

    def redo(self) -> None:
        self.session.redo()

    def turn(self) -> None:
        """Go to another image."""

    def class_step(self) -> None:
        """Merge two classes in all images, and now and then take it back at once."""
        indices = self.session.classes.indices
        if len(indices) < 3:
            self.session.add_class(f"class {self.random.random()}")
            return
        source, target = self.random.sample(indices, 2)
        before = dict(self.states)
        self.log.write(kind="intent", number=self.number, images=list(self.states))
        self.session.merge_classes(source, target)
        self.until(lambda: not self.session.class_steps.under_way)
        for name, (labels, ink) in before.items():
            merged = np.where(labels == source, np.uint8(target), labels)
            self.states[name] = (merged, ink)
        self.tell(self.states)
        if self.random.random() < 0.4:
            self.number += 1
            self.log.write(kind="intent", number=self.number, images=list(self.states))
            self.session.undo_class_step()
            self.until(lambda: not self.session.class_steps.under_way)
            self.states = before
            self.tell(self.states)
        self.until(lambda: self.document is not None)


def paint(order: dict) -> None:
    """Be one painter."""
    os.environ["SEGSTUDIO_HOME"] = order["home"]
    segmenting.EngineClient = StubClient
    app = QCoreApplication([])
    Painter(Path(order["images"]), Log(order["log"]), order["seed"]).run()
    del app


def tell(word) -> None:
    """Say something to whoever started this."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork a painter for each line."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                paint(json.loads(line))
            except BaseException as error:
                sys.stderr.write(f"painter: {error!r}\n")
                raise
            finally:
                os._exit(1)
        tell(child)
        os.waitpid(child, 0)
        tell("ended")


if __name__ == "__main__":
    main()

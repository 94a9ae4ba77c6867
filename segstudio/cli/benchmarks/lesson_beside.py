"""A lesson that the engine gives while something else is measured."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np

from segstudio.cli.benchmarks import pictures
from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, SegstudioError
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.labels import Ink
from segstudio.core.lesson import Lesson, LessonNews
from segstudio.core.patch import Planes
from segstudio.engine.client import EngineClient
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.models import catalogue
from segstudio.project.project import Project

CLASSES = ClassTable.named(["upper", "lower"])
IMAGES, SIZE = 6, (480, 640)
PATIENCE_S = 120.0


@contextmanager
def lesson_beside(client: EngineClient, folder: Path, size: tuple[int, int]) -> Iterator[None]:
    """Have a model learn again and again, from its first step on until the block is left.

    Parameters
    ----------
    folder : Path
        Empty; gets a project of labelled photos.
    size : (height, width)
        Of the photos.

    Raises
    ------
    SegstudioError
        When nothing is learned.
    """
    lesson = _prepared(folder, size)
    stop, learning = threading.Event(), threading.Event()
    failed: list[SegstudioError] = []

    def hear(news: object) -> None:
        if isinstance(news, LessonNews) and news.step:
            learning.set()

    def teach() -> None:
        with suppress(Cancelled):
            while not stop.is_set():
                try:
                    client.request(TeachRequest(lesson), cancelled=stop, tell=hear)
                except Cancelled:
                    raise
                except SegstudioError as error:
                    failed.append(error)
                    break
        learning.set()

    thread = threading.Thread(target=teach, name="benchmark-lesson")
    thread.start()
    try:
        learning.wait(PATIENCE_S)
        yield
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


def _prepared(folder: Path, size: tuple[int, int]) -> Lesson:
    height, width = size
    labels = np.zeros(size, np.uint8)
    labels[height // 2 :] = 1
    photo = cv2.cvtColor(pictures.photo(height, width), cv2.COLOR_RGB2BGR)
    content = cv2.imencode(".jpg", photo)[1].tobytes()
    names = [f"{number}.jpg" for number in range(IMAGES)]
    project = Project(folder, folder)
    project.keep_classes(CLASSES)
    for name in names:
        (folder / name).write_bytes(content)
        record = ImageRecord(
            name, ImageState.DONE, part=Part.TRAINING, classes=((0, 1), (1, 1)),
            width=width, height=height,
        )  # fmt: skip
        project.keep_planes(record, Planes(labels, np.full(size, Ink.PERSON, np.uint8)))
    project.end()
    return Lesson(
        project=str(project.file),
        root=str(folder),
        training=tuple(names[1:]),
        held_out=(names[0],),
        classes=CLASSES,
        ignored=(),
        start=catalogue.DEFAULT,
        targets=(),
        name="benchmark",
        title="Benchmark",
        out=str(folder / "benchmark.safetensors"),
    )

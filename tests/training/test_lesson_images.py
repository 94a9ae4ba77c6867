from dataclasses import dataclass

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import Part
from segstudio.training import crops, lesson_images
from segstudio.training.labelled import Labelled

CLASSES = ClassTable.named(["left", "right"])


@dataclass(frozen=True)
class Stored:
    """An image that notes when it is read."""

    name: str
    reads: list[str]
    part: Part = Part.NONE

    def read(self, _classes):
        self.reads.append(self.name)
        labels = np.zeros((4, 6), np.uint8)
        labels[:, 3:] = 1
        return Labelled(np.zeros((4, 6, 3), np.uint8), labels)


@pytest.fixture
def read():
    return []


@pytest.fixture
def training(read):
    return [Stored(f"t{number}.png", read) for number in range(30)]


@pytest.fixture
def held_out(read):
    return [Stored(f"h{number}.png", read) for number in range(4)]


def test_each_image_is_read_once_however_little_can_be_kept(monkeypatch, read, training, held_out):
    monkeypatch.setattr(crops, "MEMORY_BUDGET_BYTES", 0)
    asked = []
    images = lesson_images.read(training, held_out, CLASSES, asked.append)
    assert sorted(read) == sorted(example.name for example in [*training, *held_out])
    assert len(asked) == len(read)  # every one can be held up
    assert images.training == list(range(30))
    assert images.held_out == [30, 31, 32, 33]
    assert (images.pixels == 12).all()
    assert not images.told


def test_what_is_measured_on_again_and_again_is_what_is_kept(monkeypatch, read, training, held_out):
    room = Stored("one.png", []).read(CLASSES).nbytes * len(held_out)
    monkeypatch.setattr(crops, "MEMORY_BUDGET_BYTES", room)
    images = lesson_images.read(training, held_out, CLASSES, lambda _done: None)
    read.clear()
    for number in images.held_out:
        images.labels(number)
    assert read == []


def test_when_time_is_up_a_mixture_of_the_images_has_to_do(read, training, held_out):
    images = lesson_images.read(training, held_out, CLASSES, lambda _done: None, seconds=0.0)
    assert len(images.held_out) == len(held_out)
    assert len(images.training) == lesson_images.LEAST_READ
    assert images.training != list(range(lesson_images.LEAST_READ))
    assert images.unread == len(training) - lesson_images.LEAST_READ
    assert images.skipped == {}
    assert images.told == (
        "There was time to read 24 of 34 images. Give it more minutes to learn from more.",
    )

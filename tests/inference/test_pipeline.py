import threading

import numpy as np
import pytest
from PIL import Image

from segstudio.core.errors import Cancelled, ImageError
from segstudio.inference import pipeline


@pytest.fixture
def lanes():
    made = pipeline.Lanes(2)
    yield made
    made.close()


def test_results_come_in_the_order_of_the_items_with_errors_in_place(lanes):
    def work(number):
        if number == 3:
            raise ImageError("three is broken")
        return number

    futures = list(pipeline.in_order(range(8), work, lanes))
    assert [f.exception() is not None for f in futures] == [n == 3 for n in range(8)]
    assert [f.result() for f in futures if not f.exception()] == [0, 1, 2, 4, 5, 6, 7]


def test_items_are_under_way_beside_each_other_but_not_all_at_once(lanes):
    meeting = threading.Barrier(2)
    begun = []

    def work(number):
        begun.append(number)
        meeting.wait(10)  # two lanes have to be here, or this breaks

    finished = pipeline.in_order(range(20), work, lanes)
    next(finished).result()
    assert len(begun) < 10
    for future in finished:
        future.result()


def test_held_lanes_wait_and_go_on(lanes):
    begun, reached, over = threading.Event(), threading.Event(), threading.Event()

    def work():
        lanes.step()
        begun.set()
        reached.wait(10)
        lanes.step()
        over.set()

    future = lanes.submit(work, threading.Event())
    assert begun.wait(10)
    lanes.hold(True)
    reached.set()
    assert not over.wait(0.1)
    lanes.hold(False)
    future.result(10)
    assert over.is_set()


def test_work_that_is_stopped_ends_at_its_next_step_even_while_held(lanes):
    stop, begun = threading.Event(), threading.Event()

    def work():
        begun.set()
        while True:
            lanes.step()

    lanes.hold(False)
    future = lanes.submit(work, stop)
    assert begun.wait(10)
    lanes.hold(True)
    stop.set()
    assert isinstance(future.exception(10), Cancelled)


def test_outside_the_lanes_a_step_is_nothing(lanes):
    lanes.hold(True)
    lanes.step()


def test_a_jpeg_is_read_as_small_as_it_may_be_and_upright(tmp_path):
    from segstudio.formats.images import read_image, read_reduced

    ramp = np.linspace(0, 255, 400).astype(np.uint8)
    picture = Image.fromarray(np.repeat(np.tile(ramp, (240, 1))[..., None], 3, axis=2))
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    picture.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    asked = []

    def enough(height, width):
        asked.append((height, width))
        return 100, 60

    image, size = read_reduced(tmp_path / "turned.jpg", enough)
    assert asked == [(400, 240)]
    assert size == (400, 240)
    assert image.shape == (100, 60, 3)
    whole = read_image(tmp_path / "turned.jpg")
    assert abs(image.astype(int) - whole[2::4, 2::4].astype(int)).max() < 6
    assert read_reduced(tmp_path / "turned.jpg", lambda h, w: (h, w))[0].shape == whole.shape

import contextlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from segstudio.core import shared
from segstudio.core.errors import Cancelled, ImageError, SegstudioError
from segstudio.engine.messages import (
    PrepareRequest,
    RefineRequest,
    SegmentFileRequest,
    SegmentReply,
    SegmentRequest,
    urgency,
)
from segstudio.engine.options import Options


@pytest.fixture
def photo_file(tmp_path):
    """Return a function that writes a photo of noise and returns image and path."""

    def write(name="photo.png", height=120, width=90):
        image = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
        Image.fromarray(image).save(tmp_path / name)
        return image, tmp_path / name

    return write


# Half precision adds up coarsely: another number of threads would be seen in the labels.
EXACTLY = {"refine": "none", "precision": "full"}


def file_request(path, model, **settings):
    return SegmentFileRequest(str(path), Options(str(model), **{**EXACTLY, **settings}))


def planes(reply):
    assert isinstance(reply, SegmentReply)
    taken = reply.label_map.open(), reply.confidence.open()
    reply.label_map.remove()
    reply.confidence.remove()
    return taken


def segmented(client, image, path, model, **settings):
    with shared.shared(image) as block:
        request = SegmentRequest(block, str(path), Options(str(model), **{**EXACTLY, **settings}))
        return planes(client.request(request))


@pytest.mark.parametrize("refine", ["none", "guided"])
def test_a_file_gets_the_labels_that_its_image_gets(client, tiny_model, photo_file, refine):
    image, path = photo_file()
    expected = segmented(client, image, path, tiny_model, refine=refine)
    found = planes(client.request(file_request(path, tiny_model, refine=refine)))
    assert np.array_equal(found[0], expected[0])
    # Another number of threads adds up in another order: rounding may differ by one.
    assert np.abs(found[1].astype(int) - expected[1].astype(int)).max() <= 1


def test_a_file_that_is_no_image_is_a_sentence_and_the_next_one_is_fine(
    client, tiny_model, photo_file, tmp_path
):
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(SegstudioError, match="broken"):
        client.request(file_request(tmp_path / "broken.jpg", tiny_model))
    planes(client.request(file_request(photo_file()[1], tiny_model)))


def test_a_prepared_image_is_answered_without_the_model(client, tiny_model, photo_file, tmp_path):
    image, path = photo_file()
    model = tmp_path / "gone.safetensors"
    shutil.copy(tiny_model, model)
    expected = segmented(client, image, path, model)
    assert client.request(PrepareRequest(file_request(path, model))) == ""
    model.unlink()
    assert np.array_equal(segmented(client, image, path, model)[0], expected[0])
    planes(client.request(RefineRequest(str(path), "guided", 0.5)))


@pytest.mark.parametrize("change", ["settings", "file", "size"])
def test_what_was_prepared_for_something_else_is_not_used(
    client, tiny_model, photo_file, tmp_path, change
):
    image, path = photo_file()
    model = tmp_path / "gone.safetensors"
    shutil.copy(tiny_model, model)
    client.request(PrepareRequest(file_request(path, model)))
    model.unlink()
    if change == "file":
        photo_file(height=121)
    if change == "size":
        image = image[1:]
    with pytest.raises(SegstudioError):
        segmented(client, image, path, model, refine="guided" if change == "settings" else "none")


def test_the_hand_is_served_while_files_are_under_way(client, tiny_model, photo_file):
    image, path = photo_file()
    segmented(client, image, path, tiny_model)
    _, large = photo_file("large.png", 2000, 2000)
    stop, begun = threading.Event(), threading.Event()

    def ask():
        request = file_request(large, tiny_model, detail="native", refine="guided")
        client.request(request, report=lambda *_: begun.set(), cancelled=stop)

    with ThreadPoolExecutor(4) as pool:
        batch = [pool.submit(ask) for _ in range(4)]
        assert begun.wait(60)
        planes(client.request(RefineRequest(str(path), "guided", 0.5)))
        assert not any(future.done() for future in batch)
        stop.set()
        for future in batch:
            assert isinstance(future.exception(), Cancelled)
    planes(client.request(file_request(path, tiny_model)))
    assert not list(shared._MEMORY_FOLDER.glob(f"{shared.PREFIX}{client.pid}-*"))


def test_what_nobody_waits_for_comes_last():
    files = SegmentFileRequest("", Options(""))
    order = [RefineRequest("", "", 0), files, PrepareRequest(files)]
    assert sorted(order, key=urgency) == order
    assert urgency(order[0]) == 0


def test_nothing_is_left_to_find_out_when_a_lane_begins(tiny_model):
    """A lane that is held while it finds something out would hold whoever needs it next."""
    from segstudio.engine.bell import Bell
    from segstudio.engine.file_work import FileWork
    from segstudio.inference import predictor as predictors

    model, files = predictors.load(tiny_model, "cpu"), FileWork(Bell())
    request = SegmentFileRequest("missing.png", Options(str(tiny_model)))
    steps = files.segment(request, model)
    with contextlib.suppress(ImageError):  # where the lane was quick
        next(steps)
    try:
        assert model._half_pays is not None
        assert "_bytes_per_pixel" in vars(model)
    finally:
        steps.close()
        files.close()

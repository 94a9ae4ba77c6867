"""A scribble's way to the engine and back."""

import os

import numpy as np
import pytest

from segstudio.core import shared
from segstudio.engine.messages import (
    DRAWN,
    FREE,
    ScribbleReply,
    ScribbleRequest,
    SegmentRequest,
)
from segstudio.engine.options import Options


def photo(size=(96, 128)):
    """Dark at the left, bright at the right."""
    image = np.random.default_rng(0).integers(0, 30, (*size, 3), np.uint8)
    image[:, size[1] // 2 :] += 180
    return image


def ask(client, image, *, key="photo", model="", with_image=True, stamp="1", **fields):
    height, width = image.shape[:2]
    planes = np.stack([np.full((height, width), FREE), np.full((height, width), 255)])
    planes = planes.astype(np.uint8)
    planes[0, height // 2, 5 : width // 3] = DRAWN
    columns = (np.arange(5, width // 3) + 0.5) / width
    stroke = np.column_stack([np.full(len(columns), 0.5), columns, np.full(len(columns), 3)])
    with shared.shared(planes) as block, shared.shared(image) as pixels:
        request = ScribbleRequest(
            key=key,
            stamp=stamp,
            is_segmented=fields.pop("is_segmented", False),
            image=pixels if with_image else None,
            planes=block,
            stroke=stroke.astype(np.float32),
            ink=np.zeros((0, 3), np.float32),
            label=3,
            model=str(model),
            targets=(3, 1, 2),
            everywhere=False,
            refine=True,
        )
        reply = client.request(request)
    assert isinstance(reply, ScribbleReply)
    if reply.taken is None:
        return reply, None
    taken = reply.taken.open()
    reply.taken.remove()
    return reply, taken


def segment(client, image, key, model):
    with shared.shared(image) as block:
        request = SegmentRequest(image=block, key=key, options=Options(str(model), refine="none"))
        reply = client.request(request)
    reply.label_map.remove()
    reply.confidence.remove()


def blocks_left(pid):
    return [p for folder in shared._folders() for p in folder.glob(f"{shared.PREFIX}{pid}-*")]


def test_an_image_that_is_not_known_is_asked_for_and_kept(client):
    image = photo()
    reply, taken = ask(client, image, key="kept", with_image=False)
    assert reply.is_image_wanted
    assert taken is None
    ask(client, image, key="kept")
    reply, taken = ask(client, image, key="kept", with_image=False)
    assert not reply.is_image_wanted
    reply, _ = ask(client, image, key="kept", with_image=False, stamp="2")
    assert reply.is_image_wanted


def test_without_a_model_the_dark_half_is_taken_and_only_that_travels(client):
    image = photo()
    reply, taken = ask(client, image)
    assert taken.shape == (reply.region.height, reply.region.width)
    whole = np.zeros(image.shape[:2], np.uint8)
    whole[reply.region.slices] = taken
    assert (whole[:, :58] >= 128).mean() > 0.95
    assert (whole[:, 70:] >= 128).mean() < 0.02
    assert reply.region.width < 80
    assert not blocks_left(client.pid)
    assert not blocks_left(os.getpid())


@pytest.mark.parametrize("segments", [False, True])
def test_a_model_is_looked_through_whether_or_not_it_has_segmented(client, tiny_model, segments):
    image = photo()
    key = f"through-{segments}"
    if segments:
        segment(client, image, key, tiny_model)
    reply, taken = ask(client, image, key=key, model=tiny_model, is_segmented=segments)
    assert not reply.is_image_wanted
    assert taken.max() == 255


def test_another_segment_of_the_same_image_is_another_look_at_it(client, tiny_model):
    for image in (photo(), photo(), photo((80, 60))):
        segment(client, image, "again", tiny_model)
        _, taken = ask(client, image, key="again", model=tiny_model, is_segmented=True)
        assert taken.max() == 255
        reply, _ = ask(
            client, image, key="again", model=tiny_model, is_segmented=True, with_image=False
        )
        assert not reply.is_image_wanted


def test_one_pixel_is_an_image(client):
    image = np.zeros((1, 1, 3), np.uint8)
    planes = np.array([[[DRAWN]], [[255]]], np.uint8)
    stroke = np.array([[0.5, 0.5, 0]], np.float32)
    with shared.shared(planes) as block, shared.shared(image) as pixels:
        request = ScribbleRequest(
            "one", "1", False, pixels, block, stroke, stroke[:0], 0, "", (), True, True
        )
        reply = client.request(request)
    assert reply.taken.open().tolist() == [[255]]
    reply.taken.remove()

import multiprocessing
import threading

import numpy as np
import pytest

from segstudio.core import shared
from segstudio.core.errors import SegstudioError
from segstudio.core.shared import SharedArray
from segstudio.engine import server
from segstudio.engine.envelopes import Ask, Failed, Finish, Update
from segstudio.engine.messages import DoubtReply, DoubtRequest, RefineRequest, SegmentRequest
from segstudio.engine.options import Options


def large(height=200, width=260):
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)


def ask(client, model, key, **events):
    with shared.shared(large()) as block:
        request = SegmentRequest(
            block, key, Options(str(model), refine="none", detail="native", precision="full")
        )
        return client.request(request, **events)


def labels_of(reply):
    labels = reply.label_map.open()
    reply.label_map.remove()
    reply.confidence.remove()
    return labels


def test_a_large_image_is_shown_meanwhile_and_ends_early_on_request(client, tiny_model):
    finish, seen = threading.Event(), []

    def show(preview):
        labels = preview.labels.open()
        seen.append((labels.shape, float((labels != 255).mean()), preview.finished, preview.total))
        finish.set()

    reply = ask(client, tiny_model, "large", finish=finish, show=show)
    labels = labels_of(reply)
    facts = reply.facts
    assert facts.is_stopped
    assert 1 <= facts.finished < facts.tiles == seen[0][3]
    assert facts.side == 96
    assert set(np.unique(labels)) <= {0, 1, 2, 255}
    assert (labels[:60, :60] != 255).all()
    assert (labels[-60:, -60:] == 255).all()
    assert seen[0][0] == (200, 260)
    assert 0 < seen[0][1] < 0.5
    # Nothing is kept that could be taken for the whole image.
    with pytest.raises(SegstudioError, match="too long ago"):
        client.request(RefineRequest("large", "guided", 0.5))


def test_without_any_part_an_early_end_is_the_end():
    ours, theirs = multiprocessing.Pipe()
    served = server.Server(theirs)
    served._accept(
        Ask(1, SegmentRequest(SharedArray("", (1, 1), "u1"), "photo", Options("scenes")))
    )
    served._step(1)
    served._accept(Finish(1))
    assert isinstance(ours.recv(), Update)
    assert ours.recv() == Failed(1, "Cancelled.", cancelled=True)


def test_measures_of_doubt_come_from_the_last_segment(client, tiny_model):
    reply = ask(client, tiny_model, "doubtful")  # nobody looks at the previews
    assert (labels_of(reply) != 255).all()
    planes = {}
    for measure in ("confidence", "margin", "entropy"):
        reply = client.request(DoubtRequest("doubtful", measure))
        assert isinstance(reply, DoubtReply)
        planes[measure] = reply.sureness.open()
        reply.sureness.remove()
        assert planes[measure].shape == (200, 260)
    assert (planes["margin"] <= planes["confidence"]).all()
    with pytest.raises(SegstudioError, match="too long ago"):
        client.request(DoubtRequest("never seen", "margin"))
    left = [p for f in shared._folders() for p in f.glob(f"{shared.PREFIX}{client.pid}-*")]
    assert left == []

import numpy as np
import pytest
from PIL import Image

from segstudio.core import png, shared
from segstudio.core.errors import SegstudioError
from segstudio.engine.evaluation_messages import CalibrateRequest, EvaluateRequest
from segstudio.engine.messages import SegmentFileRequest
from segstudio.engine.options import Options

EXACTLY = {"refine": "none", "precision": "full"}
TARGETS = (7, -1, 3)
"""The model's first class is our 7, its third our 3; the second is none of ours."""


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    image = np.random.default_rng(1).integers(0, 255, (96, 120, 3), np.uint8)
    Image.fromarray(image).save(path)
    return path


def evaluated(client, photo, model, truth):
    with shared.shared(truth) as block:
        request = EvaluateRequest(
            str(photo), block, (3, 7, 9), TARGETS, Options(str(model), **EXACTLY)
        )
        return client.request(request)


def test_a_model_is_measured_in_the_classes_of_the_project(client, tiny_model, photo):
    reply = client.request(SegmentFileRequest(str(photo), Options(str(tiny_model), **EXACTLY)))
    said = np.array([7, 255, 3], np.uint8)[reply.label_map.open()]
    reply.label_map.remove()
    reply.confidence.remove()
    truth = said.copy()
    truth[said == 255] = 9
    truth[:10] = 255
    found = evaluated(client, photo, tiny_model, truth)
    said[:10] = 255
    assert np.array_equal(png.decode(found.said, "said"), said)
    confusion = found.score.confusion
    assert confusion.sum() == np.count_nonzero(truth != 255)
    assert confusion[0, 0] == np.count_nonzero(truth == 3)
    assert confusion[1, 1] == np.count_nonzero(truth == 7)
    assert confusion[2, 3] == np.count_nonzero(truth == 9)  # the model gave it no class of ours
    assert found.score.samples.right.any(axis=1).all()


def test_a_file_that_cannot_be_read_is_a_sentence(client, tiny_model, tmp_path):
    truth = np.zeros((4, 4), np.uint8)
    with pytest.raises(SegstudioError, match=r"none\.png"):
        evaluated(client, tmp_path / "none.png", tiny_model, truth)
    with pytest.raises(SegstudioError, match="nowhere"):
        client.request(CalibrateRequest("nowhere", None))

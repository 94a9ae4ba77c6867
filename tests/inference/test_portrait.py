from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from segstudio import assets
from segstudio.inference import predictor, segmenter
from segstudio.models import importing

pytest.importorskip("onnx", reason="onnx is not installed (extra “onnx”)")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra “onnx”)")


@pytest.mark.model
def test_a_network_nobody_here_wrote_finds_the_person_in_a_portrait(shared_data, tmp_path):
    """Its file says nothing about its input; its authors' values are those of their program."""
    path = shared_data.parent / "models" / "portrait_sinet.onnx"
    if not path.is_file():
        pytest.skip("the network of ../shared/models is not on this machine")
    proposal = importing.inspect(path)
    assert proposal.short_side == 320
    asked = replace(
        proposal,
        channel_order="bgr",
        mean=(102.890434 / 255, 111.25247 / 255, 126.91212 / 255),
        std=(62.93292, 62.82138, 66.355705),  # and their program divides by 255 once more
    )
    model = predictor.load(importing.take_in(asked, tmp_path), "cpu")
    with Image.open(assets.path("samples/astronaut.jpg")) as picture:
        image = np.asarray(picture.convert("RGB"))
    step = segmenter.segment(image, model, segmenter.SegmentSettings(refine="none"))
    labels = _result(step).label_map
    height, width = labels.shape
    person = labels == 1
    assert 0.4 < person.mean() < 0.65
    assert person[height // 4, int(width * 0.45)]  # the face
    assert person[int(height * 0.75), width // 3]  # the suit
    assert not person[: height // 8, : width // 5].any()  # the flag
    assert not person[: height // 2, int(width * 0.7) :].any()  # the rocket


def _result(step):
    try:
        while True:
            next(step)
    except StopIteration as end:
        return end.value

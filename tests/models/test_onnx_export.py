import numpy as np
import pytest
import torch

from segstudio.models import networks, onnx_export
from segstudio.models import spec as specs

onnx = pytest.importorskip("onnx", reason="onnx is not installed (extra “onnx”)")
onnxruntime = pytest.importorskip(
    "onnxruntime", reason="onnxruntime is not installed (extra “onnx”)"
)


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", [n for n, r in networks.ARCHITECTURES.items() if not r.no_export])
def test_others_get_the_same_logits_at_any_size(name, spec_of, build, tmp_path):
    spec = spec_of(name)
    network = build(spec)
    path = tmp_path / "model.onnx"
    onnx_export.export(spec, network, path)
    running = session(path)
    for shape in [(2, 3, 33, 65), (1, 3, 1, 1), (1, 3, 130, 70)]:
        batch = torch.randn(*shape)
        with torch.inference_mode():
            expected = network(batch).numpy()
        (logits,) = running.run(["logits"], {"image": batch.numpy()})
        np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_the_description_is_inside(spec_of, build, tmp_path):
    spec = spec_of("plain", channels=1, title="Nerve cells", arguments={"layers": 1, "width": 4})
    path = tmp_path / "model.onnx"
    onnx_export.export(spec, build(spec), path)
    metadata = {p.key: p.value for p in onnx.load(path).metadata_props}
    assert specs.from_metadata(metadata, path.name) == spec


def test_the_network_stays_as_it_was(spec_of, build, tmp_path):
    spec = spec_of("upernet")
    network = build(spec)
    kinds = [type(layer) for layer in network.modules()]
    onnx_export.export(spec, network, tmp_path / "model.onnx")
    assert [type(layer) for layer in network.modules()] == kinds

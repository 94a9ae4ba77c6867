import copy

import numpy as np
import pytest
import torch
from torch import nn

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing, onnx_export, onnx_network

onnx = pytest.importorskip("onnx", reason="onnx is not installed (extra “onnx”)")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra “onnx”)")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

FREE = ("n", 3, "h", "w")


def file_of(path, *, classes=3, shape=FREE, last=None, metadata=None, weights=None, to=1, opset=17):
    """Write a 3 x 3 convolution, and perhaps one step after it, as an ONNX file."""
    rng = np.random.default_rng(0)
    if weights is None:
        weights = rng.standard_normal((classes, 3, 3, 3)).astype(np.float32)
    nodes = []
    source = "image"
    if shape[1] != 3:  # N x H x W x C
        nodes.append(helper.make_node("Transpose", ["image"], ["first"], perm=[0, 3, 1, 2]))
        source = "first"
    steps = last or []
    result = "logits" if steps else "out"
    nodes.append(helper.make_node("Conv", [source, "w"], [result], pads=[1] * 4, strides=[to] * 2))
    for number, (kind, attributes) in enumerate(steps):
        name = "out" if number == len(steps) - 1 else f"step{number}"
        nodes.append(helper.make_node(kind, [result], [name], **attributes))
        result = name
    is_index = bool(steps) and steps[-1][0] == "ArgMax"
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(
                "out", TensorProto.INT64 if is_index else TensorProto.FLOAT, None
            )
        ],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, path)
    return torch.from_numpy(weights)


def taken(path):
    proposal = importing.inspect(path)
    model = importing.take_in(proposal, path.parent / "own")
    return proposal, *checkpoint.load(model)


def convolved(batch, weights):
    return nn.functional.conv2d(batch, weights, padding=1)


def refused(path, sentence):
    with pytest.raises(ModelError, match=sentence) as caught:
        importing.take_in(importing.inspect(path), path.parent / "own")
    assert path.name in str(caught.value)


def test_logits_are_what_torch_gives_at_any_size(tmp_path):
    path = tmp_path / "net.onnx"
    weights = file_of(path)
    proposal, spec, network = taken(path)
    assert (proposal.kind, spec.multiple, spec.input_size) == ("onnx", 1, None)
    assert {"mean", "std", "channel_order", "classes"} <= set(proposal.assumed)
    for size in [(1, 1), (33, 65), (2, 3)]:
        batch = torch.randn(2, 3, *size)
        torch.testing.assert_close(network(batch), convolved(batch, weights), atol=1e-5, rtol=0)


def test_a_copy_gives_the_same(tmp_path):
    path = tmp_path / "net.onnx"
    file_of(path)
    _, _, network = taken(path)
    batch = torch.randn(1, 3, 20, 30)
    before = network(batch)
    assert torch.equal(copy.deepcopy(network)(batch), before)


def test_probabilities_are_told_from_logits(tmp_path):
    path = tmp_path / "net.onnx"
    weights = file_of(path, last=[("Softmax", {"axis": 1})])
    _, _, network = taken(path)
    batch = torch.randn(1, 3, 20, 30)
    expected = convolved(batch, weights).softmax(dim=1)
    torch.testing.assert_close(network(batch).softmax(dim=1), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("last", [[], [("Sigmoid", {})]])
def test_one_output_becomes_two_classes(last, tmp_path):
    path = tmp_path / "net.onnx"
    weights = file_of(path, classes=1, last=last)
    proposal, _, network = taken(path)
    assert proposal.classes == ("background", "foreground")
    batch = torch.randn(1, 3, 20, 30)
    expected = convolved(batch, weights).sigmoid()
    torch.testing.assert_close(network(batch).softmax(dim=1)[:, 1:], expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("keepdims", [0, 1])
def test_classes_themselves_become_certain(keepdims, tmp_path):
    path = tmp_path / "net.onnx"
    last = [("ArgMax", {"axis": 1, "keepdims": keepdims})]
    weights = file_of(path, last=last, metadata={"names": "['sky', 'tree', 'road']"})
    proposal, _, network = taken(path)
    assert proposal.classes == ("sky", "tree", "road")
    batch = torch.randn(1, 3, 20, 30)
    probabilities = network(batch).softmax(dim=1)
    assert torch.equal(probabilities.argmax(dim=1), convolved(batch, weights).argmax(dim=1))
    assert float(probabilities.max(dim=1).values.min()) > 0.99


def test_channels_may_come_last(tmp_path):
    path = tmp_path / "net.onnx"
    last = [("Transpose", {"perm": [0, 2, 3, 1]})]
    weights = file_of(path, shape=(1, "h", "w", 3), last=last)
    _, _, network = taken(path)
    batch = torch.randn(2, 3, 20, 30)
    torch.testing.assert_close(network(batch), convolved(batch, weights), atol=1e-5, rtol=0)


def test_a_network_of_one_size_sees_every_image_at_that_size(tmp_path):
    path = tmp_path / "net.onnx"
    weights = file_of(path, shape=(1, 3, 24, 32))
    proposal, spec, network = taken(path)
    assert (spec.input_size, proposal.short_side) == ((24, 32), 24)
    batch = torch.randn(2, 3, 24, 32)
    torch.testing.assert_close(network(batch), convolved(batch, weights), atol=1e-5, rtol=0)
    for size in [(1, 1), (100, 37)]:
        assert network(torch.randn(1, 3, *size)).shape == (1, 3, *size)


def test_coarse_logits_are_enlarged(tmp_path):
    path = tmp_path / "net.onnx"
    file_of(path, to=4)
    _, _, network = taken(path)
    batch = torch.randn(1, 3, 64, 96)
    assert network.score(network.decode(network.encode(batch))).shape == (1, 3, 16, 24)
    assert network(batch).shape == (1, 3, 64, 96)


def test_the_file_says_how_its_input_is_made(tmp_path):
    path = tmp_path / "net.onnx"
    metadata = {
        "mean": "[127.5, 127.5, 127.5]",
        "std": "0.5, 0.25, 0.5",
        "names": "{0: 'sky', 1: 'tree', 2: 'tree'}",
        "color_space": "BGR",
        "license": "CC-BY-NC-4.0",
    }
    file_of(path, metadata=metadata)
    proposal, spec, _ = taken(path)
    assert proposal.assumed == ("short_side",)
    assert (spec.mean, spec.std, spec.channel_order) == ((0.5,) * 3, (0.5, 0.25, 0.5), "bgr")
    assert proposal.classes == ("sky", "tree", "tree 2")
    assert not proposal.is_commercial


def test_weights_in_other_files_are_read_from_the_folder_only(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "net.onnx"
    weights = file_of(path)
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location="net.bin", size_threshold=0)
    _, _, network = taken(path)
    batch = torch.randn(1, 3, 8, 8)
    torch.testing.assert_close(network(batch), convolved(batch, weights), atol=1e-5, rtol=0)
    (folder / "net.bin").rename(tmp_path / "net.bin")
    refused(path, "not beside it")
    model = onnx.load(path, load_external_data=False)
    for place in ("../net.bin", str(tmp_path / "net.bin")):
        for entry in model.graph.initializer[0].external_data:
            if entry.key == "location":
                entry.value = place
        path.write_bytes(model.SerializeToString())
        refused(path, "outside of its folder")


def test_files_that_do_not_segment_are_refused(tmp_path):
    path = tmp_path / "net.onnx"
    file_of(path, last=[("GlobalAveragePool", {})])
    refused(path, "no class per pixel")
    file_of(path, shape=(4, 3, "h", "w"))
    refused(path, "only one image at a time")
    file_of(path, classes=10_000, shape=(1, 3, 8, 8))
    refused(path, "10000 classes.*at most 255")
    file_of(path, weights=np.full((3, 3, 3, 3), np.nan, np.float32))
    refused(path, "no numbers")
    file_of(path, weights=np.zeros((3, 5, 3, 3), np.float32))
    refused(path, "runs at none of the sizes")


def test_more_memory_than_there_is_is_told_from_other_faults(tmp_path):
    path = tmp_path / "net.onnx"
    file_of(path, last=[("Upsample", {"scales": [1.0, 1.0, 1e5, 1e5]})], opset=7)
    refused(path, "more memory than there is")
    session = onnx_network.open_session(path.read_bytes(), torch.device("cpu"))
    with pytest.raises(MemoryError):
        onnx_network.run(session, np.zeros((1, 3, 64, 64), np.float32), "out")


@pytest.mark.parametrize("content", [b"", b"some text, and no more", bytes(1000), b"\x08\x06"])
def test_files_of_another_kind_are_refused(content, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    refused(path, "no ONNX file")


def test_truncated_files_are_refused(tmp_path):
    path = tmp_path / "net.onnx"
    file_of(path)
    content = path.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ModelError):
            importing.inspect(path)


def test_classes_that_nobody_named_are_told(tmp_path):
    path = tmp_path / "net.onnx"
    last = [("ArgMax", {"axis": 1, "keepdims": 0})]
    file_of(path, last=last, metadata={"names": "['sky', 'tree']"})
    _, _, network = taken(path)
    with pytest.raises(ModelError, match="2 classes were named"):
        network(torch.randn(1, 3, 20, 30))


def test_an_exported_file_is_the_one_that_was_taken_in(tmp_path):
    path = tmp_path / "net.onnx"
    weights = file_of(path)
    _, spec, network = taken(path)
    again = tmp_path / "again.onnx"
    onnx_export.export(spec, network, again)
    proposal = importing.inspect(again)
    assert proposal.assumed == ()
    _, network = checkpoint.load(importing.take_in(proposal, tmp_path / "others"))
    batch = torch.randn(1, 3, 20, 30)
    torch.testing.assert_close(network(batch), convolved(batch, weights), atol=1e-5, rtol=0)

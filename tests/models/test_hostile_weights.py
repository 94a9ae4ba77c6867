import io
import logging
import os
import pickle
import struct
import zipfile
from dataclasses import replace

import pytest
import segmentation_models_pytorch as library
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing, weights_fit


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def weights():
    torch.manual_seed(0)
    network = library.Linknet("mobilenet_v2", encoder_weights=None, classes=3)
    return network.state_dict()


def refused(path, sentence):
    with pytest.raises(ModelError, match=sentence) as caught:
        importing.take_in(importing.inspect(path), path.parent / "own")
    assert path.name in str(caught.value)
    assert not (path.parent / "own").exists()


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("name", ["bomb.pth", "bomb.pt", "bomb.bin"])
def test_no_pickle_is_run(name, protocol, tmp_path):
    path, mark = tmp_path / name, tmp_path / "mark"
    path.write_bytes(pickle.dumps({"weight": Bomb(mark)}, protocol))
    refused(path, "would run code|no file of weights|damaged")
    assert not mark.exists()


@pytest.mark.parametrize("new", [True, False])
def test_no_pickle_is_run_inside_of_a_file_of_torch(new, tmp_path):
    path, mark = tmp_path / "bomb.pth", tmp_path / "mark"
    stored = {"state_dict": {"a": torch.zeros(2)}, "more": Bomb(mark)}
    torch.save(stored, path, _use_new_zipfile_serialization=new)
    refused(path, "would run code")
    assert not mark.exists()


def test_whole_networks_are_refused_with_the_reason(tmp_path):
    path = tmp_path / "whole.pth"
    torch.save(nn.Sequential(nn.Conv2d(3, 2, 1)), path)
    refused(path, r"torch\.nn\.modules\.container\.Sequential.*state_dict")


def test_stored_programs_are_refused_with_the_reason(tmp_path):
    path = tmp_path / "program.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("program/data.pkl", b"")
        archive.writestr("program/constants.pkl", b"")
        archive.writestr("program/code/network.py", "print()", zipfile.ZIP_DEFLATED)
    refused(path, "TorchScript")


def test_archives_that_grow_are_refused(tmp_path):
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", b"")
        archive.writestr("bomb/data/0", bytes(50_000_000))
    assert path.stat().st_size < 100_000
    refused(path, "compressed")


def test_archives_that_claim_more_than_they_hold_are_refused(tmp_path):
    path = tmp_path / "claims.pth"
    whole = io.BytesIO()
    torch.save({"segmentation_head.0.weight": torch.zeros(1_000_000)}, whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(path, "w") as written:
        for entry in archive.infolist():
            content = archive.read(entry)
            is_values = entry.filename.endswith("/data/0")
            written.writestr(entry.filename, content[:64] if is_values else content)
    refused(path, "damaged")


def test_tensors_that_claim_to_be_huge_take_no_memory(weights, tmp_path):
    path = tmp_path / "huge.pth"
    weights["segmentation_head.0.weight"] = torch.zeros(1).expand(200, 10**6, 10**6, 1)
    torch.save(weights, path)
    refused(path, "do not fit|not part|not known")
    header = b'{"encoder.conv1.weight":{"dtype":"F32","shape":[1000000,1000000],'
    header += b'"data_offsets":[0,4000000000000]}}'
    path = tmp_path / "huge.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    refused(path, "ends too early|damaged")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_truncated_files_are_refused(suffix, share, weights, tmp_path):
    path = tmp_path / f"cut{suffix}"
    if suffix == ".pth":
        torch.save(weights, path)
    else:
        save_file(weights, path)
    os.truncate(path, int(path.stat().st_size * share))
    refused(path, "damaged|no file of weights|ends too early|not a model file|no weights")


def test_a_changed_bit_is_noticed(weights, tmp_path):
    path = tmp_path / "changed.pth"
    torch.save(weights, path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refused(path, "is damaged")


def test_a_file_without_check_sums_is_read(weights, tmp_path):
    path = tmp_path / "fast.pth"
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(weights, path)
    finally:
        torch.serialization.set_crc32_options(True)
    assert importing.inspect(path).architecture == "library_linknet"


@pytest.fixture(scope="module")
def small_files(tmp_path_factory):
    """A file of each kind, of a few weights."""
    folder = tmp_path_factory.mktemp("small")
    state = {f"layer.{k}.weight": torch.full((2, 3), float(k)) for k in range(4)}
    torch.save(state, folder / "new.pth")
    torch.save(state, folder / "old.pth", _use_new_zipfile_serialization=False)
    save_file(state, folder / "weights.safetensors")
    return sorted(folder.iterdir())


@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data, small_files, tmp_path_factory):
    whole = data.draw(st.sampled_from(small_files))
    content = bytearray(whole.read_bytes())
    places = st.integers(0, len(content) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        content[place] = value
    path = tmp_path_factory.mktemp("damaged") / whole.name
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    told = path.name
    try:
        importing.inspect(path)
    except ModelError as error:
        told = str(error)
    assert path.name in told


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".onnx"])
def test_texts_are_refused(suffix, tmp_path):
    path = tmp_path / f"notes{suffix}"
    path.write_text("These are notes and no model.\n" * 40)
    refused(path, "no file of weights|not a model file|no ONNX file|not installed")


def test_weights_that_are_no_numbers_are_refused(weights, tmp_path):
    path = tmp_path / "broken.pth"
    weights["encoder.features.0.0.weight"][0, 0, 0, 0] = float("nan")
    torch.save(weights, path)
    refused(path, "no numbers")


def test_too_many_classes_are_refused(weights, tmp_path):
    path = tmp_path / "many.pth"
    weights["segmentation_head.0.weight"] = torch.zeros(10_000, 32, 1, 1)
    weights["segmentation_head.0.bias"] = torch.zeros(10_000)
    torch.save(weights, path)
    refused(path, "10000 classes.*at most 255")


def test_every_mismatch_is_listed_in_words(weights, tmp_path):
    path = tmp_path / "other.pth"
    del weights["decoder.blocks.0.block.0.0.weight"]
    weights["decoder.more"] = torch.zeros(2)
    weights["encoder.features.0.0.weight"] = torch.zeros(32, 5, 3, 3)
    torch.save(weights, path)
    proposal = replace(
        importing.inspect(path), architecture="library_linknet", encoder="mobilenet_v2"
    )
    with pytest.raises(ModelError) as caught:
        importing.take_in(replace(proposal, mean=(0.5,) * 5, std=(0.5,) * 5), tmp_path / "own")
    told = str(caught.value)
    assert "1 is missing (decoder.blocks.0.block.0.0.weight)" in told
    assert "1 is not part of it (decoder.more)" in told


def test_the_log_names_what_the_sentence_leaves_out(caplog):
    found = {f"more{number}": (1,) for number in range(9)}
    with caplog.at_level(logging.INFO):
        told = weights_fit.in_words(found, {})
    assert "9 are not part of it (more0, more1, more2, …)" in told
    assert all(name in caplog.text for name in found)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"state_dict": {f"module.model.{k}": v for k, v in state.items()}, "at": 3},
        lambda state: {"model": {k: v.half() for k, v in state.items()}, "optimizer": {"lr": 0.1}},
    ],
)
def test_wrapped_weights_are_found(wrap, weights, tmp_path):
    path = tmp_path / "wrapped.pth"
    torch.save(wrap(weights), path)
    proposal = importing.inspect(path)
    assert (proposal.architecture, proposal.encoder) == ("library_linknet", "mobilenet_v2")
    _, network = checkpoint.load(importing.take_in(proposal, tmp_path / "own"))
    for key, values in network.state_dict().items():
        torch.testing.assert_close(values, weights[key], atol=1e-3, rtol=1e-3)


def test_weights_of_a_network_nobody_knows_wait_for_a_choice(tmp_path):
    path = tmp_path / "unknown.safetensors"
    save_file({"layer.weight": torch.zeros(4, 3, 3, 3)}, path)
    proposal = importing.inspect(path)
    assert proposal.architecture == ""
    assert {"unet", "torchvision_fcn"} <= set(proposal.choices)
    with pytest.raises(ModelError, match="Choose its architecture"):
        importing.take_in(proposal, tmp_path / "own")
    chosen = replace(proposal, architecture="unet", encoder="resnet18")
    with pytest.raises(ModelError, match="are missing"):
        importing.take_in(chosen, tmp_path / "own")


@pytest.mark.parametrize("class_name", ["DeepLabV3Plus", "UPerNet"])
def test_the_architecture_is_seen_in_the_weights(class_name, tmp_path):
    path = tmp_path / "weights.pth"
    with torch.device("meta"):
        network = getattr(library, class_name)("resnet34", encoder_weights=None, classes=5)
    torch.save({k: torch.zeros(v.shape) for k, v in network.state_dict().items()}, path)
    proposal = importing.inspect(path)
    found = proposal.architecture, proposal.encoder, len(proposal.classes)
    assert found == (f"library_{class_name.lower()}", "resnet34", 5)

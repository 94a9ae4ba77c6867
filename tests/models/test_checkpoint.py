import copy
import dataclasses
import json
import pickle
import struct

import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError, StorageError
from segstudio.models import catalogue, checkpoint, networks
from segstudio.models.spec import ModelSpec

SPEC = ModelSpec(
    name="small",
    architecture="pspnet",
    arguments={"psp_out_channels": 16},
    classes=ClassTable.named(["a", "b"]),
    encoder="resnet18",
    encoder_inside=True,
    multiple=8,
)


class Bomb:
    """Sets a mark when it is unpickled."""

    exploded = False

    def __reduce__(self):
        return _explode, ()


def _explode():
    Bomb.exploded = True


@pytest.fixture(scope="module")
def network():
    return networks.build(SPEC)


@pytest.fixture
def path(tmp_path, network):
    path = tmp_path / "small.safetensors"
    checkpoint.save(path, SPEC, network)
    return path


def header_of(data):
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def with_header(header, weights):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + weights


def test_compact_file_is_half_as_large_and_says_the_same(tmp_path, path, network):
    compact = tmp_path / "compact.safetensors"
    checkpoint.save(compact, SPEC, network, compact=True)
    assert compact.stat().st_size < 0.55 * path.stat().st_size
    spec, loaded = checkpoint.load(compact)
    assert spec == SPEC
    assert {values.dtype for values in loaded.parameters()} == {torch.float32}
    image = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = network(image)
        assert torch.allclose(loaded(image), expected, atol=0.01 * float(expected.abs().max()))


def test_compact_file_keeps_what_half_precision_cannot_hold(tmp_path, network):
    huge = copy.deepcopy(network)
    with torch.no_grad():
        huge.segmentation_head[0].weight.fill_(1e6)
    checkpoint.save(tmp_path / "huge.safetensors", SPEC, huge, compact=True)
    _, loaded = checkpoint.load(tmp_path / "huge.safetensors")
    assert bool((loaded.segmentation_head[0].weight == 1e6).all())


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.001, 0.5, 0.999])
def test_a_truncated_file_is_refused(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    for read in (checkpoint.read_spec, checkpoint.load):
        with pytest.raises(ModelError, match=r"small\.safetensors"):
            read(path)


NESTED = b'{"a":' * 50_000


@pytest.mark.parametrize(
    "data",
    [
        b"not a model at all, but some text",
        b"\x89PNG\r\n\x1a\n" * 9,
        struct.pack("<Q", len(NESTED)) + NESTED,
    ],
    ids=["text", "image", "nested"],
)
def test_a_file_of_another_kind_is_refused(path, data):
    path.write_bytes(data)
    with pytest.raises(ModelError, match="is not a model file"):
        checkpoint.load(path)


def test_nothing_is_unpickled(path):
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelError):
        checkpoint.load(path)
    torch.save({"weights": Bomb()}, path)
    with pytest.raises(ModelError):
        checkpoint.load(path)
    assert not Bomb.exploded


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.safetensors"):
        checkpoint.load(tmp_path / "nowhere.safetensors")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ModelError):
        checkpoint.load(tmp_path)


def test_weights_that_do_not_fit_the_description_are_refused(path, network):
    more = dataclasses.replace(SPEC, classes=ClassTable.named(["a", "b", "c"]))
    checkpoint.save(path, more, network)
    with pytest.raises(ModelError, match="do not fit"):
        checkpoint.load(path)


def test_renamed_weights_are_refused(path):
    header, weights = header_of(path.read_bytes())
    name = next(k for k in header if k.startswith("segmentation_head"))
    header["other"] = header.pop(name)
    path.write_bytes(with_header(header, weights))
    with pytest.raises(ModelError, match="do not fit"):
        checkpoint.load(path)


def test_weights_that_are_no_numbers_are_refused(path):
    broken = networks.build(SPEC)
    with torch.no_grad():
        broken.get_submodule("segmentation_head")[0].bias[0] = float("nan")
    checkpoint.save(path, SPEC, broken)
    with pytest.raises(ModelError, match="no numbers"):
        checkpoint.load(path)


def test_another_encoder_than_ours_is_refused(path, network):
    outside = dataclasses.replace(
        SPEC, encoder="lite0", encoder_inside=False, encoder_sha256="0" * 64
    )
    checkpoint.save(path, outside, network)
    with pytest.raises(ModelError, match="another version"):
        checkpoint.load(path)


def test_a_failed_save_leaves_the_old_file(path, network, monkeypatch):
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segstudio.core.atomic.Path.replace", full)
    with pytest.raises(StorageError):
        checkpoint.save(path, SPEC, network)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_model_is_found_by_its_file(path):
    assert catalogue.find(str(path)) == path


def test_an_unknown_model_is_answered_with_the_names(tmp_path):
    names = [entry.name for entry in catalogue.installed()]
    with pytest.raises(ModelError) as caught:
        catalogue.find("senes")
    assert all(name in str(caught.value) for name in names)
    with pytest.raises(ModelError, match="is not there"):
        catalogue.find(str(tmp_path / "gone.safetensors"))


def test_a_model_of_another_program_has_to_be_taken_in_first(tmp_path):
    (tmp_path / "theirs.pth").touch()
    for path in (tmp_path / "theirs.pth", tmp_path):
        with pytest.raises(ModelError, match=f"segstudio models import {path}"):
            catalogue.find(str(path))

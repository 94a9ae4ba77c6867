import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, exporting, networks
from segstudio.models.spec import ModelSpec


@pytest.fixture
def file(tmp_path):
    torch.manual_seed(0)
    spec = ModelSpec(
        "tiny",
        "pspnet",
        ClassTable.named(["ground", "sky"]),
        encoder="resnet18",
        encoder_inside=True,
        multiple=8,
    )
    checkpoint.save(tmp_path / "tiny.safetensors", spec, networks.build(spec))
    return tmp_path / "tiny.safetensors"


def test_an_onnx_file_goes_into_a_folder_under_the_name_of_the_model(file, tmp_path):
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    written = exporting.export(str(file), tmp_path, "onnx")
    assert written == tmp_path / "tiny.onnx"
    onnx.checker.check_model(str(written))


def test_the_name_of_a_target_says_what_is_meant(tmp_path):
    names = {"a.onnx": "onnx", "b.SAFETENSORS": "segstudio", "folder": "library"}
    assert {name: exporting.form_of(tmp_path / name) for name in names} == names


def test_a_damaged_file_and_an_unknown_form_are_not_written(file, tmp_path):
    with pytest.raises(ModelError, match=r"onnx.*library.*segstudio"):
        exporting.export(str(file), tmp_path / "x", "tensorflow")
    file.write_bytes(file.read_bytes()[:3000])
    with pytest.raises(ModelError, match="too early"):
        exporting.export(str(file), tmp_path / "copy.safetensors", "segstudio")
    assert not (tmp_path / "copy.safetensors").exists()

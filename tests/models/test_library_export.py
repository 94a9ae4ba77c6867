from dataclasses import replace

import pytest
import segmentation_models_pytorch as library
import torch

from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, importing, library_export, networks

IN_LIBRARY = [name for name, row in networks.ARCHITECTURES.items() if row.library_class]


@pytest.mark.parametrize("name", IN_LIBRARY)
def test_the_library_reads_it_and_gets_the_same_logits(name, spec_of, build, tmp_path):
    spec = spec_of(name, classes=40, channels=4)
    network = build(spec)
    library_export.save(spec, network, tmp_path)
    theirs = library.from_pretrained(tmp_path).eval()
    batch = torch.randn(1, 4, 128, 128)
    with torch.inference_mode():
        torch.testing.assert_close(theirs(batch), network(batch), atol=1e-5, rtol=0)


def test_a_folder_that_was_written_is_taken_in_as_the_model_that_it_was(spec_of, build, tmp_path):
    spec = replace(spec_of("unet", arguments={"encoder_depth": 3}), short_side=96)
    network = build(spec)
    library_export.save(spec, network, tmp_path / "theirs")
    path = importing.take_in(importing.inspect(tmp_path / "theirs"), tmp_path)
    read, loaded = checkpoint.load(path)
    assert (read.classes, read.mean, read.short_side) == (spec.classes, spec.mean, 96)
    batch = torch.randn(1, 3, 40, 30)
    with torch.inference_mode():
        assert torch.equal(loaded(batch), network(batch))


def test_its_weights_are_a_model_file_of_ours(spec_of, build, tmp_path):
    spec = spec_of("unet", arguments={"encoder_depth": 3})
    network = build(spec)
    library_export.save(spec, network, tmp_path)
    read, loaded = checkpoint.load(tmp_path / library_export.WEIGHTS)
    assert read == spec
    batch = torch.randn(1, 3, 40, 30)
    with torch.inference_mode():
        assert torch.equal(loaded(batch), network(batch))


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("fcn8s", {}, "no such network"),
        ("unet", {"decoder_interpolation": "transposed"}, "enlarge"),
        ("pspnet", {"psp_bins": [1, 2]}, "grids"),
        ("pspnet", {"psp_aspp_rates": [2, 4, 6]}, "atrous"),
    ],
)
def test_what_the_library_lacks_is_a_sentence(name, arguments, sentence, spec_of, build, tmp_path):
    spec = spec_of(name, arguments=arguments)
    with pytest.raises(ModelError, match=sentence):
        library_export.save(spec, build(spec), tmp_path)
    assert not list(tmp_path.iterdir())

from dataclasses import replace

import pytest

from segstudio.core.architecture_info import title_of
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models import checkpoint, foreign_networks, importing, networks
from segstudio.models.spec import ModelSpec

SPEC = ModelSpec(
    name="small",
    architecture="pspnet",
    arguments={"psp_out_channels": 16},
    classes=ClassTable.named(["a", "b"]),
    encoder="resnet18",
    encoder_inside=True,
    multiple=8,
    source="a friend",
    channel_order="bgr",
    is_commercial=False,
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "small.safetensors"
    checkpoint.save(path, SPEC, networks.build(SPEC))
    return path


def test_a_file_of_this_program_is_taken_in_under_another_name(path, tmp_path):
    proposal = importing.inspect(path)
    assert (proposal.kind, proposal.classes, proposal.assumed) == ("segstudio", ("a", "b"), ())
    changed = replace(proposal, name="other", title="Other", classes=("a", "c"))
    taken = importing.take_in(changed, tmp_path / "own")
    spec, network = checkpoint.load(taken)
    expected = replace(SPEC, name="other", title="Other", classes=spec.classes)
    assert (spec, [c.name for c in spec.classes]) == (expected, ["a", "c"])
    before = checkpoint.load(path)[1].state_dict()
    assert all(before[key].equal(values) for key, values in network.state_dict().items())


def test_no_model_is_written_over_another_or_outside_of_its_folder(path, tmp_path):
    proposal = importing.inspect(path)
    own = tmp_path / "own"
    importing.take_in(proposal, own)
    with pytest.raises(ModelError, match="already"):
        importing.take_in(proposal, own)
    for name in ("../small2", "", ".", "a/b"):
        with pytest.raises(ModelError, match="cannot be the name"):
            importing.take_in(replace(proposal, name=name), own)
    assert [p.name for p in own.iterdir()] == ["small.safetensors"]


def test_what_is_no_model_is_refused_by_name(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("nothing")
    for path in (text, tmp_path, tmp_path / "gone.pth"):
        with pytest.raises(ModelError, match=path.name):
            importing.inspect(path)


def test_every_network_from_elsewhere_has_a_title():
    for name in foreign_networks.FOREIGN:
        assert title_of(name) != name
        assert name not in networks.ARCHITECTURES

"""``segstudio models``: lists, cards, taking in, changing, fetching from a server here."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
import segmentation_models_pytorch as smp
from file_server import FileServer
from hub_server import REPOSITORY, HubServer

from segstudio.cli.main import main
from segstudio.cli.model_choice import model_file as model_file_of
from segstudio.models import checkpoint, encoder_table, encoders, fetching, published, store
from segstudio.models.encoder_table import ENCODERS, IMAGENET_MEAN, IMAGENET_STD


@pytest.fixture
def run(bundled, capsys):
    """Run a command and return its exit code, its output and its messages."""

    def call(*words):
        code = main(["models", *map(str, words)])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = FileServer(bytes(range(256)) * 400)
    monkeypatch.setenv("SEGSTUDIO_MIRROR", server.address.removesuffix("/model.bin"))
    yield server
    server.close()


@pytest.fixture
def own(run, model_file):
    """A model of the person's own, called tiny."""
    assert run("import", model_file)[0] == 0
    return store.find("tiny")


def test_the_list_has_models_of_the_program_own_ones_and_those_to_be_fetched(run, own):
    code, shown, _ = run()
    assert code == 0
    for words in ("scenes (default)", "tiny", "to be fetched", "ground, animal, sky", "0.250"):
        assert words in shown
    code, lines, _ = run("--json")
    rows = {row["name"]: row for row in map(json.loads, lines.splitlines())}
    assert list(rows)[:2] == ["scenes", "tiny"]
    assert rows["tiny"]["kind"] == "own"
    assert not rows["fcn-resnet50"]["is_installed"]
    assert (code, lines) == run("list", "--json")[:2] == run("--json", "list")[:2]


def test_the_list_needs_no_torch():
    code = (
        "import sys\n"
        "from segstudio.cli.main import main\n"
        "assert main(['models']) == 0\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_the_card_has_every_argument_also_those_that_the_model_leaves_at_their_default(run, own):
    code, shown, _ = run("info", "tiny")
    assert code == 0
    assert "decoder_channels 16" in shown
    assert "encoder_output_stride" in shown
    by_name, by_file = (json.loads(run("info", name, "--json")[1]) for name in ("tiny", own))
    assert by_name == by_file
    assert by_name["parameters"] > 1e6
    assert run("info", "fcn-resnet50")[0] == 0
    assert run("info", "nonsense")[0] == 2


def test_a_model_is_taken_in_under_what_the_command_line_says(run, model_file, tmp_path):
    (tmp_path / "names.txt").write_text("earth\nbeast\nheaven\n", encoding="utf-8")
    code, shown, _ = run(
        *("import", model_file, "--name", "mine", "--title", "My model"),
        *("--classes", tmp_path / "names.txt", "--short-side", 96, "--json"),
    )
    assert code == 0
    card = json.loads(shown)
    assert (card["name"], card["title"], card["short_side"]) == ("mine", "My model", 96)
    assert [entry["name"] for entry in card["classes"]] == ["earth", "beast", "heaven"]
    assert run("import", model_file, "--name", "mine")[0] == 2
    assert "third is here" in run("import", model_file, "--name", "third")[1]


def test_a_model_is_taken_in_by_the_name_of_its_repository(run, tmp_path, monkeypatch):
    network = smp.Unet("tu-test_resnet", encoder_weights=None, decoder_channels=[16, 16, 8, 8, 8])
    network.save_pretrained(tmp_path / "saved")
    hub = HubServer()
    hub.fill(tmp_path / "saved")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    try:
        code, shown, told = run("import", REPOSITORY, "--mean", 0.5, "--json")
    finally:
        hub.close()
    card = json.loads(shown)
    assert (code, card["name"], card["mean"]) == (0, "model", [0.5] * 3)
    assert card["source"] == f"{hub.address}/{REPOSITORY}"
    assert "100%  someone/model" in told
    assert not list((store.folder() / ".fetched").iterdir())


def test_what_may_not_be_sold_is_taken_in_by_those_who_agree(run, model_file, tmp_path, capsys):
    spec, network = checkpoint.load(model_file)
    limited = tmp_path / "limited.safetensors"
    spec = replace(spec, name="limited", licence="CC BY-NC 4.0", is_commercial=False)
    checkpoint.save(limited, spec, network)
    code, _, told = run("import", limited)
    assert code == 2
    assert "CC BY-NC 4.0" in told
    assert "--yes" in told
    assert store.names() == []
    assert run("import", limited, "--yes")[0] == 0
    assert "non-commercial" in run()[1]
    assert model_file_of("limited") == store.find("limited")
    assert "not for commercial use" in capsys.readouterr().err


def test_own_models_are_renamed_chosen_written_and_removed(run, own, tmp_path):
    assert run("rename", "tiny", "Small one")[0] == 0
    assert "Small one" in run("info", "tiny")[1]
    assert "tiny (Small one): ground" in run()[1]
    assert run("default")[1] == "scenes\n"
    assert run("default", "tiny")[1] == "tiny\n"
    copy = tmp_path / "copy.safetensors"
    assert json.loads(run("export", "tiny", "--to", copy, "--json")[1])["form"] == "segstudio"
    assert checkpoint.read_spec(copy).title == "Small one"
    assert run("export", "tiny", "--to", tmp_path / "folder")[0] == 0
    assert json.loads((tmp_path / "folder" / "config.json").read_text())["classes"] == 3
    assert run("remove", "tiny")[0] == 2  # nobody can be asked
    assert run("remove", "tiny", "--yes")[0] == 0
    assert run("default")[1] == "scenes\n"
    assert run("remove", "scenes", "--yes")[0] == 2


def test_what_a_model_expects_is_changed_afterwards(run, own):
    code, shown, _ = run(
        *("set", "tiny", "--mean", 0.5, "--std", 0.25, 0.5, 1, "--channel-order", "bgr")
    )
    assert code == 0
    assert "(BGR), short side 64 px, mean 0.5 0.5 0.5, deviation 0.25 0.5 1" in shown
    assert json.loads(run("set", "tiny", "--short-side", 96, "--json")[1])["short_side"] == 96
    assert checkpoint.read_spec(own).std == (0.25, 0.5, 1.0)
    for words in (
        ["tiny"],
        ["tiny", "--std", 0],
        ["scenes", "--mean", 0],
        ["nothing", "--mean", 0],
    ):
        assert run("set", *words)[0] == 2


def test_segment_uses_own_models_by_name(run, own, photo, tmp_path, capsys):
    path = photo(tmp_path / "a.png", (20, 30))
    words = ["segment", str(path), "--json", "--out", str(tmp_path / "out")]
    assert main([*words, "--model", "tiny"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "tiny"
    assert main([*words, "--model", "fcn-resnet50"]) == 2
    assert "models fetch fcn-resnet50" in capsys.readouterr().err


def test_commands_use_the_default_and_say_when_it_is_gone(run, own, capsys):
    run("default", "tiny")
    assert model_file_of(None) == own
    run("remove", "tiny", "--yes")
    (store.folder() / "default.txt").write_text("tiny\n", encoding="utf-8")
    assert model_file_of(None).stem == "scenes"
    assert "not there any more" in capsys.readouterr().err


def test_weights_of_an_encoder_are_fetched_to_where_training_looks(run, server, monkeypatch):
    row = ENCODERS["resnet18"]
    weights = replace(row.weights, sha256_prefix=server.sha256[:8])
    monkeypatch.setitem(encoder_table.ENCODERS, "resnet18", replace(row, weights=weights))
    code, _, told = run("fetch", "resnet18")
    assert code == 0
    assert "100%" in told
    assert encoders.weights_file("resnet18").read_bytes() == server.content


def test_without_a_network_the_encoder_that_is_here_is_offered(run, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SEGSTUDIO_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    code, _, told = run("fetch", "resnet18")
    assert code == 2
    assert "may be offline" in told
    assert "lite0 comes with the program" in told


def test_a_file_may_be_fetched_for_another_computer(run, server, monkeypatch, tmp_path):
    row = published.MODELS["fcn-resnet50"]
    row = replace(row, file_name=f"fcn-{server.sha256[:8]}.pth")
    monkeypatch.setitem(published.MODELS, row.name, row)
    code, shown, told = run("fetch", row.name, "--folder", tmp_path / "stick", "--json")
    assert code == 0
    assert json.loads(shown)["path"] == str(tmp_path / "stick" / row.file_name)
    assert "BSD" in told
    assert store.names() == []


def test_what_cannot_be_fetched_names_what_can(run):
    code, _, told = run("fetch", "nonsense")
    assert code == 2
    assert "fcn-resnet50" in told
    assert run("fetch", "lite0")[0] == 2
    assert "models import someone/model" in run("fetch", "someone/model")[2]


def test_what_is_assumed_is_said_and_what_is_told_is_not(run, model_file, capsys, monkeypatch):
    bare = replace(
        store.inspect(model_file),
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        assumed=("mean", "std", "channel_order", "short_side"),
    )
    monkeypatch.setattr(store, "inspect", lambda _path: bare)
    code, _, told = run("import", model_file, "--channel-order", "rgb", "--mean", "0.5")
    assert code == 0
    assert "assumed: ImageNet deviation, short side 64 px\n" in told
